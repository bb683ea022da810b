/** Which workspaces installed the app, with which tokens: OAuth as Slack does it, and what ends a token. */
import type { Clock, Instant } from "../../src/clock.ts";
import type { HttpReply, HttpRequest } from "../http.ts";
import { type Arguments, SlackRefusal } from "./arguments.ts";
import type { Call, Fields, Method } from "./call.ts";
import type { Views } from "./views.ts";
import type { Workspace } from "./workspace.ts";

/** The app as Slack knows it. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Installable {
  readonly workspace: Workspace;
  readonly views: Views;
}

export interface Grant extends Installable {
  readonly scopes: readonly string[];
  /** What Slack answers once the token is no good any more. */
  ended: "token_revoked" | "account_inactive" | null;
}

interface Code {
  readonly team: Installable;
  readonly scopes: readonly string[];
  readonly redirectUri: string | null;
  readonly issuedAt: Instant;
  used: boolean;
}

const CODE_MS = 10 * 60_000;

export class Installations {
  readonly #clock: Clock;
  readonly #client: OAuthClient;
  readonly #teams = new Map<string, Installable>();
  readonly #byToken = new Map<string, Grant>();
  readonly #codes = new Map<string, Code>();

  constructor(clock: Clock, client: OAuthClient) {
    this.#clock = clock;
    this.#client = client;
  }

  /** Methods for which an app needs no token. */
  readonly openMethods: ReadonlyMap<string, (args: Arguments) => Fields> = new Map([
    ["oauth.v2.access", (args: Arguments) => this.#access(args)],
  ]);

  readonly methods: Readonly<Record<string, Method>> = {
    "apps.uninstall": { scope: null, run: (call) => this.#uninstall(call) },
  };

  add(team: Installable): void {
    this.#teams.set(team.workspace.installation.teamId, team);
  }

  grant(teamId: string, token: string, scopes: readonly string[]): void {
    this.#byToken.set(token, { ...this.#team(teamId), scopes, ended: null });
  }

  find(token: string): Grant | undefined {
    return this.#byToken.get(token);
  }

  /** The token of the last installation, ended or not. */
  tokenOf(workspace: Workspace): string | undefined {
    return [...this.#byToken].findLast(([, grant]) => grant.workspace === workspace)?.[0];
  }

  end(workspace: Workspace, reason: "token_revoked" | "account_inactive"): void {
    for (const grant of this.#byToken.values()) if (grant.workspace === workspace) grant.ended ??= reason;
  }

  /** As a person who says yes gets it: good once, for ten minutes. */
  issueCode(teamId: string, scopes: readonly string[], redirectUri: string | null): string {
    const team = this.#team(teamId);
    const code = team.workspace.newId("code.");
    this.#codes.set(code, { team, scopes, redirectUri, issuedAt: this.#clock.now(), used: false });
    return code;
  }

  /** `/oauth/v2/authorize`: the person says yes at once, in the team of `team` or else in the first. */
  authorizePage({ query }: HttpRequest): HttpReply {
    const redirectUri = query.get("redirect_uri");
    if (query.get("client_id") !== this.#client.clientId) return { status: 400, body: "invalid_client_id" };
    if (redirectUri === null || !URL.canParse(redirectUri)) return { status: 400, body: "bad_redirect_uri" };
    const teamId = query.get("team") || [...this.#teams.keys()][0];
    if (teamId === undefined || !this.#teams.has(teamId)) return { status: 400, body: "invalid_team" };
    const scopes = (query.get("scope") ?? "").split(",").filter((scope) => scope !== "");
    const target = new URL(redirectUri);
    target.searchParams.set("code", this.issueCode(teamId, scopes, redirectUri));
    target.searchParams.set("state", query.get("state") ?? "");
    return { status: 302, headers: { location: target.href } };
  }

  #team(teamId: string): Installable {
    const team = this.#teams.get(teamId);
    if (team === undefined) throw new Error(`Cannot install into ${teamId}: there is no such team; use addTeam`);
    return team;
  }

  #access(args: Arguments): Fields {
    this.#checkClient(args);
    const code = this.#codes.get(args.required("code", "invalid_code"));
    if (code === undefined) throw new SlackRefusal("invalid_code");
    if (code.used) throw new SlackRefusal("code_already_used");
    if (this.#clock.now() - code.issuedAt > CODE_MS) throw new SlackRefusal("invalid_code");
    if (code.redirectUri !== null && args.text("redirect_uri") !== code.redirectUri) {
      throw new SlackRefusal("bad_redirect_uri");
    }
    code.used = true;
    const { workspace } = code.team;
    const { teamId, team, appId: app_id, botUserId: bot_user_id } = workspace.installation;
    const access_token = workspace.newId(`xoxb-${teamId}-`);
    this.grant(teamId, access_token, code.scopes);
    const bot = { access_token, token_type: "bot", scope: code.scopes.join(","), bot_user_id, app_id };
    const installer = [...workspace.users.keys()][0] ?? "U0INSTALLER";
    const place = { team: { id: teamId, name: team }, enterprise: null, is_enterprise_install: false };
    return { ...bot, ...place, authed_user: { id: installer } };
  }

  #uninstall({ args, workspace }: Call): Fields {
    this.#checkClient(args);
    this.end(workspace, "account_inactive");
    return {};
  }

  #checkClient(args: Arguments): void {
    if (args.text("client_id") !== this.#client.clientId) throw new SlackRefusal("invalid_client_id");
    if (args.text("client_secret") !== this.#client.clientSecret) throw new SlackRefusal("bad_client_secret");
  }
}
