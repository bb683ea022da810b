/**
 * The workspaces that Signalbox is installed in. One of them is home: that of the token in the environment, or the one
 * that `SLACK_TEAM` names; the channels of `signalbox.yml` are there. Home is `null` wherever a workspace is named, for
 * its id is only known once Slack has been asked, and nothing waits for that.
 */
import type { AuthorizeResult } from "@slack/bolt";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Metrics } from "../metrics.ts";
import type { Installations } from "../state/installations.ts";
import { createCall, type Pauses } from "./call.ts";
import { createSlackClient, type SlackClient } from "./client.ts";
import { directoryCalls, type WhoAmI } from "./directory.ts";
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
  forget(id: string, at: number): Promise<void>;
  /** Asks Slack whose token it is, unless that is known. Never fails: Slack may be away. */
  identify(): Promise<void>;
}

export function createWorkspaces(options: WorkspacesOptions): Workspaces {
  const { botToken, homeTeam, installations, log } = options;
  let identity: WhoAmI | null = null;
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
    const known = clients.get(name) ?? createSlackClient({ ...options, team: key, tokenOf: () => tokenOf(key) });
    clients.set(name, known);
    return known;
  }

  async function tokenOf(key: string | null): Promise<string | null> {
    if (key === null && botToken !== null) return botToken;
    const bot = await tokens.tokenFor(key ?? homeTeam);
    return bot?.token ?? null;
  }

  return {
    home: client(null),
    async clientOf(team) {
      return (await tokenOf(team)) === null ? null : client(team);
    },
    keyOf(team) {
      // With one token there is one workspace, also before Slack has said which.
      return team === null || installations === null || team === homeId() ? null : team;
    },
    idOf: (key) => key ?? homeId(),
    async authorize(team, enterprise) {
      const bot = await tokens.tokenFor(installations === null ? null : (team ?? null), enterprise ?? null);
      if (bot === null) throw new Error("Signalbox is not installed in this workspace: open /slack/install");
      return {
        botToken: bot.token,
        ...(bot.botId !== null && { botId: bot.botId }),
        ...(bot.botUserId !== null && { botUserId: bot.botUserId }),
        ...(bot.team !== null && { teamId: bot.team }),
      };
    },
    forget: (id, at) => tokens.forget(id, at),
    async identify() {
      if (identity !== null || botToken === null) return;
      try {
        const call = createCall({ ...options, team: null, tokenOf: async () => botToken });
        identity = await directoryCalls(call).whoAmI();
      } catch (error) {
        log.info({ err: error }, "Slack does not say now which workspace the token belongs to");
      }
    },
  };
}
