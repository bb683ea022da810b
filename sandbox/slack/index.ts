/**
 * A Slack workspace on this machine: the methods of the Web API that Signalbox uses, with their state, their rules and
 * their errors, behind a real HTTP server. Point `SLACK_API_URL` at `url`.
 */
import type { Clock, Instant } from "../../src/clock.ts";
import { Faults } from "../faults.ts";
import { startServer } from "../http.ts";
import { createSlackApi, type SlackCall } from "./api.ts";
import type { SlackRules } from "./call.ts";
import { chatMethods } from "./chat.ts";
import { conversationMethods } from "./conversations.ts";
import { peopleMethods } from "./people.ts";
import { type SlackChannel, showChannel } from "./transcript.ts";
import { type SlackView, Views } from "./views.ts";
import {
  findMessage,
  installation,
  type NewChannel,
  type SlackUser,
  type SlackUserGroup,
  type StoredChannel,
  Workspace,
} from "./workspace.ts";

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

export interface SlackOptions extends Partial<SlackRules> {
  /** The only token that is taken. */
  readonly token?: string;
  /** What the token may do; default: everything. */
  readonly scopes?: readonly string[];
  /** Default: starts in November 2023 and moves on by a millisecond each time it is read. */
  readonly clock?: Clock;
  readonly port?: number;
  /** Default: one public channel, `#ci-alerts`. */
  readonly channels?: readonly ChannelOptions[];
  readonly users?: readonly UserOptions[];
  readonly userGroups?: readonly SlackUserGroup[];
  /** Called when a call has been carried out or refused, just before it is answered. */
  readonly onCall?: (call: SlackCall) => void;
}

interface ChannelOptions extends Pick<NewChannel, "name"> {
  readonly id?: string;
  readonly private?: boolean;
  /** Whether the bot is in it; default: yes. */
  readonly member?: boolean;
  /** People in it; default: everybody who is there when it is added. */
  readonly people?: readonly string[];
}

type UserOptions = Pick<SlackUser, "id" | "name"> & Partial<SlackUser>;

export interface SlackStandIn extends AsyncDisposable {
  /** For `SLACK_API_URL`; ends in `/api/`. */
  readonly url: string;
  readonly token: string;
  readonly faults: Faults;
  /** Every call since the start or the last `takeCalls`. */
  readonly calls: readonly SlackCall[];
  /** Methods that were called and that Slack, or this stand-in, does not have. */
  readonly unknownMethods: readonly string[];
  readonly views: readonly SlackView[];
  /** Returns the calls, or those of one method, and forgets them. */
  takeCalls(method?: string): readonly SlackCall[];
  /** What the channel shows now. */
  channel(idOrName: string): SlackChannel;
  home(user: string): SlackView | undefined;
  addChannel(channel: ChannelOptions): SlackChannel;
  addUser(user: UserOptions): SlackUser;
  archive(channel: string): void;
  unarchive(channel: string): void;
  /** Takes the bot out of a channel. */
  removeBot(channel: string): void;
  /** A person writes; returns the ts. */
  say(channel: string, message: { readonly user: string; readonly text: string; readonly threadTs?: string }): string;
  /** A person, who may delete anything, deletes it. */
  deleteMessage(channel: string, ts: string): void;
  issueTrigger(): string;
  stop(): Promise<void>;
}

export async function startSlack(options: SlackOptions = {}): Promise<SlackStandIn> {
  const { token = "xoxb-sandbox-token", scopes = ALL_SCOPES, clock = countingClock() } = options;
  const { editWindowSeconds = null, orphanReplies = "refuse", onCall = () => {} } = options;
  const workspace = new Workspace(clock);
  const views = new Views(workspace);
  const faults = new Faults();
  const { handle, calls, unknownMethods } = createSlackApi({
    token,
    scopes,
    workspace,
    methods: { ...chatMethods, ...conversationMethods, ...peopleMethods, ...views.methods },
    rules: { editWindowSeconds, orphanReplies },
    faults,
    onCall,
  });

  function known(idOrName: string): StoredChannel {
    const channel = workspace.findChannel(idOrName);
    if (channel === undefined) throw new Error(`Cannot find channel ${idOrName}: add it with addChannel`);
    return channel;
  }

  function addUser(user: UserOptions): SlackUser {
    const ordinary = { realName: user.name, email: null, deleted: false, bot: false, restricted: false };
    const stored: SlackUser = { ...ordinary, timeZone: "Etc/UTC", ...user };
    workspace.users.set(stored.id, stored);
    return stored;
  }

  function addChannel(channel: ChannelOptions): SlackChannel {
    const { name, id = workspace.newId("C"), member = true, people = [...workspace.users.keys()] } = channel;
    const stored = workspace.addChannel({ id, name, kind: channel.private === true ? "private" : "public" });
    for (const person of people) stored.members.add(person);
    if (member) stored.members.add(installation.botUserId);
    return showChannel(stored);
  }

  for (const user of options.users ?? []) addUser(user);
  for (const channel of options.channels ?? [{ name: "ci-alerts" }]) addChannel(channel);
  workspace.userGroups.push(...(options.userGroups ?? []));

  const server = await startServer(handle, options.port === undefined ? {} : { port: options.port });
  return {
    url: `${server.url}/api/`,
    token,
    faults,
    calls,
    unknownMethods,
    get views() {
      return views.all();
    },
    takeCalls(method) {
      const all = calls.splice(0);
      if (method === undefined) return all;
      calls.push(...all.filter((call) => call.method !== method));
      return all.filter((call) => call.method === method);
    },
    channel: (idOrName) => showChannel(known(idOrName)),
    home: (user) => views.home(user),
    addChannel,
    addUser,
    archive(channel) {
      known(channel).archived = true;
    },
    unarchive(channel) {
      known(channel).archived = false;
    },
    removeBot(channel) {
      known(channel).members.delete(installation.botUserId);
    },
    say(channel, { user, text, threadTs = null }) {
      const stored = known(channel);
      if (threadTs !== null && !stored.messages.has(threadTs)) {
        throw new Error(`Cannot reply to ${threadTs}: it is not in ${channel}; give the ts of a message there`);
      }
      return workspace.addMessage(stored, { user, text, threadTs, broadcast: false }).ts;
    },
    deleteMessage(channel, ts) {
      const message = findMessage(known(channel), ts);
      if (message === undefined) throw new Error(`Cannot delete message ${ts}: it is not in ${channel}`);
      message.deleted = true;
    },
    issueTrigger: () => views.issueTrigger(),
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
