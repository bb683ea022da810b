/**
 * Slack on this machine: the methods of the Web API that Signalbox uses, with their state, their rules and their errors,
 * and people who click and type, behind a real HTTP server. Point `SLACK_API_URL` at `url`.
 */
import type { Clock, Instant } from "../../src/clock.ts";
import { Faults } from "../faults.ts";
import { type HttpReply, type HttpRequest, startServer } from "../http.ts";
import { createSlackApi } from "./api.ts";
import { type AppAnswer, AppConnection, type AppOptions, type SentRequest } from "./app-connection.ts";
import type { SlackRules } from "./call.ts";
import { CallLog, type SlackCall } from "./call-log.ts";
import { chatMethods } from "./chat.ts";
import { conversationMethods } from "./conversations.ts";
import { Installations, type OAuthClient } from "./installations.ts";
import { urlVerification } from "./payloads.ts";
import { peopleMethods } from "./people.ts";
import { ResponseUrls } from "./response-url.ts";
import { type ChannelOptions, createTeam, type SlackTeam, type UserOptions } from "./team.ts";
import { viewMethods } from "./view-methods.ts";
import { Views } from "./views.ts";
import { countIds, type Installation, type SlackUserGroup, Workspace } from "./workspace.ts";

/** Everything Signalbox can make use of, the optional scopes too. */
export const ALL_SCOPES: readonly string[] = [
  "chat:write",
  "chat:write.public",
  "commands",
  "im:write",
  "im:history",
  "im:read",
  "users:read",
  "users:read.email",
  "channels:read",
  "channels:history",
  "channels:join",
  "groups:read",
  "groups:history",
  "usergroups:read",
  "reactions:write",
  "app_mentions:read",
];

interface WorldOptions {
  /** Default: one public channel, `#ci-alerts`. */
  readonly channels?: readonly ChannelOptions[];
  readonly users?: readonly UserOptions[];
  readonly userGroups?: readonly SlackUserGroup[];
}

export interface SlackOptions extends WorldOptions, Partial<SlackRules> {
  /** Of the first workspace, where the app is installed from the start. */
  readonly token?: string;
  /** What that token may do; default: everything. */
  readonly scopes?: readonly string[];
  /** Default: starts in November 2023 and moves on by a millisecond each time it is read. */
  readonly clock?: Clock;
  readonly port?: number;
  /** The app's own credentials, for OAuth. */
  readonly oauth?: OAuthClient;
  /** Called when a call has been carried out or refused, just before it is answered. */
  readonly onCall?: (call: SlackCall) => void;
}

interface TeamOptions extends WorldOptions {
  readonly id: string;
  /** Its domain. */
  readonly name: string;
  /** With a token, the app is installed there from the start. */
  readonly token?: string;
}

/** The first workspace, and what all of them share. */
export interface SlackStandIn extends SlackTeam, AsyncDisposable {
  /** For `SLACK_API_URL`; ends in `/api/`. */
  readonly url: string;
  /** Where the person is sent to install the app; says yes at once, in the team of `?team=` or else in the first. */
  readonly authorizeUrl: string;
  readonly oauth: OAuthClient;
  readonly faults: Faults;
  /** Every call since the start or the last `takeCalls`. */
  readonly calls: readonly SlackCall[];
  /** Methods that were called and that Slack, or this stand-in, does not have. */
  readonly unknownMethods: readonly string[];
  /** Returns the calls, or those of one method, and forgets them. */
  takeCalls(method?: string): readonly SlackCall[];
  /** Tells where the app takes interactions, commands and events, and what they are signed with. */
  connect(app: AppOptions): void;
  /** What Slack asks when the request URL is saved; the app must give the challenge back. */
  verifyUrl(challenge: string): Promise<AppAnswer>;
  /** The same request once more, signature and all. */
  resend(request: SentRequest): Promise<AppAnswer>;
  /** Another workspace, into which the app can be installed. */
  addTeam(team: TeamOptions): SlackTeam;
  /** As a redirect after somebody said yes carries it. */
  issueCode(teamId: string, scopes?: readonly string[]): string;
  stop(): Promise<void>;
}

/** The first workspace's ids, the same in every run. */
const first: Installation = {
  teamId: "T0SANDBOX",
  team: "sandbox",
  appId: "A0SIGNALBOX",
  botId: "B0SIGNALBOX",
  botUserId: "U0SIGNALBOX",
  botName: "signalbox",
};

const ownClient: OAuthClient = { clientId: "sandbox-client-id", clientSecret: "sandbox-client-secret" };

export async function startSlack(options: SlackOptions = {}): Promise<SlackStandIn> {
  const { token = "xoxb-sandbox-token", scopes = ALL_SCOPES, clock = countingClock(), oauth = ownClient } = options;
  const { editWindowSeconds = null, orphanReplies = "refuse", onCall = () => {}, port } = options;
  const newId = countIds();
  const faults = new Faults();
  const log = new CallLog(clock, onCall);
  const app = new AppConnection(clock);
  const installations = new Installations(clock, oauth);
  const responseUrls = new ResponseUrls({ clock, faults, log, origin: () => server.url });
  const api = createSlackApi({
    installations,
    methods: { ...chatMethods, ...conversationMethods, ...peopleMethods, ...viewMethods, ...installations.methods },
    rules: { editWindowSeconds, orphanReplies },
    faults,
    log,
  });

  function handle(request: HttpRequest): HttpReply | Promise<HttpReply> {
    const method = /^\/api\/([A-Za-z0-9.]+)$/.exec(request.path)?.[1];
    if (method !== undefined) return api.answer(method, request);
    if (responseUrls.owns(request.path)) return responseUrls.handle(request);
    if (request.path === "/oauth/v2/authorize") return installations.authorizePage(request);
    return { status: 404, body: "not a method of the Web API" };
  }

  function addTeam(installation: Installation, world: WorldOptions): SlackTeam {
    const workspace = new Workspace(clock, installation, newId);
    const views = new Views(workspace);
    installations.add({ workspace, views });
    const team = createTeam({ workspace, views, app, responseUrls, installations });
    for (const user of world.users ?? []) team.addUser(user);
    for (const channel of world.channels ?? [{ name: "ci-alerts" }]) team.addChannel(channel);
    for (const group of world.userGroups ?? []) team.addUserGroup(group);
    return team;
  }

  const team = addTeam(first, options);
  installations.grant(first.teamId, token, scopes);
  const server = await startServer(handle, port === undefined ? {} : { port });
  return {
    ...team,
    get token() {
      return team.token;
    },
    get views() {
      return team.views;
    },
    url: `${server.url}/api/`,
    authorizeUrl: `${server.url}/oauth/v2/authorize`,
    oauth,
    faults,
    calls: log.calls,
    unknownMethods: api.unknownMethods,
    takeCalls: (method) => log.take(method),
    connect: (target) => app.connect(target),
    verifyUrl: (challenge) => app.sendJson({ ...urlVerification, challenge }),
    resend: (request) => app.resend(request),
    addTeam({ id, name, token: installed, ...world }) {
      const bot = { botId: `B${id.slice(1)}BOT`, botUserId: `U${id.slice(1)}BOT` };
      const added = addTeam({ ...first, ...bot, teamId: id, team: name }, world);
      if (installed !== undefined) installations.grant(id, installed, scopes);
      return added;
    },
    issueCode: (teamId, granted = ALL_SCOPES) => installations.issueCode(teamId, granted, null),
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

function countingClock(): Clock {
  let now: Instant = 1_700_000_000_000;
  return {
    now() {
      now += 1;
      return now;
    },
  };
}
