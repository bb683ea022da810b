/**
 * The workspaces that Signalbox is installed in. One of them is home: that of the token in the environment, or the one
 * that `SLACK_TEAM` names; the channels of `signalbox.yml` are there. Home is `null` wherever a workspace is named, for
 * its id is only known once Slack has been asked, and nothing waits for that.
 */
import type { AuthorizeResult } from "@slack/bolt";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Metrics } from "../metrics.ts";
import { type Installations, InstallationUnreadable, NotInstalled } from "../state/installations.ts";
import type { Pauses } from "./call.ts";
import { createSlackClient, type SlackClient, SlackRefused } from "./client.ts";
import type { WhoAmI } from "./directory.ts";
import { createSlackHealth } from "./health.ts";
import { reportScopes } from "./scopes.ts";
import { createTokens } from "./tokens.ts";

export interface WorkspacesOptions {
  /** null: workspaces install by themselves only. */
  readonly botToken: string | null;
  /** The id of the home workspace, when it is not the one of the token. */
  readonly homeTeam: string | null;
  readonly installations: Installations | null;
  readonly apiUrl: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly pauses: Pauses;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export interface Workspaces {
  /** Of the home workspace. While it is not installed there, every call is refused. */
  readonly home: SlackClient;
  /** @returns null when Signalbox is not installed there, or not any more. */
  clientOf(team: string | null): Promise<SlackClient | null>;
  /** null for home, else the id. */
  keyOf(team: string | null): string | null;
  /** The id behind a key; null while it is not known. */
  idOf(key: string | null): string | null;
  authorize(team: string | undefined, enterprise: string | undefined): Promise<AuthorizeResult>;
  /** @returns false when it was installed again since. */
  forget(id: string, at: number): Promise<boolean>;
  /** Asks Slack whose token it is, unless that is known, and says what it lacks. Never fails: Slack may be away. */
  identify(): Promise<void>;
  /** What is wrong with the home workspace; null: nothing. */
  trouble(): string | null;
}

export function createWorkspaces(options: WorkspacesOptions): Workspaces {
  const { botToken, homeTeam, installations, log } = options;
  const health = createSlackHealth(options.clock, log);
  let identity: WhoAmI | null = null;
  let asking: Promise<void> | null = null;
  const own = () =>
    botToken === null
      ? null
      : {
          token: botToken,
          botId: identity?.botId ?? null,
          botUserId: identity?.botUserId ?? null,
          team: identity?.team ?? homeTeam,
        };
  const tokens = createTokens({ home: own, installations, clock: options.clock });
  const homeId = (): string | null => identity?.team ?? homeTeam;
  const clients = new Map<string, SlackClient>();

  /** The token is looked up for each call: a workspace may uninstall, and install again. */
  function client(key: string | null): SlackClient {
    const name = key ?? "";
    const known = clients.get(name);
    if (known !== undefined) return known;
    const saw = key === null ? health.saw : () => undefined;
    const made = createSlackClient({ ...options, team: key, tokenOf: () => tokenOf(key), saw });
    clients.set(name, made);
    return made;
  }

  async function tokenOf(key: string | null): Promise<string | null> {
    if (key === null && botToken !== null) return botToken;
    const bot = await tokens.tokenFor(key ?? homeTeam);
    return bot?.token ?? null;
  }

  const home = client(null);

  async function identify(): Promise<void> {
    try {
      identity = await home.whoAmI();
      reportScopes(identity.scopes, log);
    } catch (error) {
      if (error instanceof InstallationUnreadable) return;
      const absent = botToken === null && error instanceof SlackRefused && error.code === "account_inactive";
      if (absent) log.info({ team: homeTeam }, "Signalbox is not installed in its home workspace: open /slack/install");
      else log.info({ err: error }, "Slack does not say now which workspace the token belongs to");
    }
  }

  /** Once known, it stays so; while Slack is away, each occasion is a new attempt. */
  async function identified(): Promise<void> {
    if (identity !== null) return;
    asking ??= identify().finally(() => {
      asking = null;
    });
    await asking;
  }

  return {
    home,
    async clientOf(team) {
      return (await tokenOf(team)) === null ? null : client(team);
    },
    keyOf(team) {
      // With one token there is one workspace, also before Slack has said which.
      return team === null || installations === null || team === homeId() ? null : team;
    },
    idOf: (key) => key ?? homeId(),
    async authorize(team, enterprise) {
      // Slack is there, since it sends this. Whether it is about home cannot be told without.
      await identified();
      const bot = await tokens.tokenFor(installations === null ? null : (team ?? null), enterprise ?? null);
      if (bot === null)
        throw new NotInstalled(`Cannot act in the Slack workspace ${team}: Signalbox is not installed there`);
      return {
        botToken: bot.token,
        ...(bot.botId !== null && { botId: bot.botId }),
        ...(bot.botUserId !== null && { botUserId: bot.botUserId }),
        ...(bot.team !== null && { teamId: bot.team }),
      };
    },
    forget: (id, at) => tokens.forget(id, at),
    identify: identified,
    trouble: () => health.trouble(),
  };
}
