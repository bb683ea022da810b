/** With whose token Slack is spoken to: the one from the environment, or the one that a workspace gave by installing. */
import type { Clock, Instant } from "../clock.ts";
import { type Installation, type Installations, NotInstalled } from "../state/installations.ts";

/** Null ids are not known yet: Slack was away when it was to say whose token it is. */
export interface Bot {
  readonly token: string;
  readonly botId: string | null;
  readonly botUserId: string | null;
  readonly team: string | null;
}

interface TokensOptions {
  /** The bot of `SLACK_BOT_TOKEN`; null when workspaces install by themselves only. */
  readonly home: () => Bot | null;
  /** Null: only the home workspace is served. */
  readonly installations: Installations | null;
  readonly clock: Clock;
}

export interface Tokens {
  /**
   * @param team Null for the home workspace; or, with an enterprise, for what concerns all its teams.
   * @returns null when it is not installed there, or not any more.
   * @throws InstallationUnreadable
   */
  tokenFor(team: string | null, enterprise?: string | null): Promise<Bot | null>;
  /**
   * After `app_uninstalled`, or `tokens_revoked` with the bot's own among them. The token of the environment stays.
   * @param id Of the team (`T…`), or of the enterprise (`E…`) that had installed for all its teams.
   * @param at When Slack says that it happened.
   * @returns false when it was installed again since.
   */
  forget(id: string, at: Instant): Promise<boolean>;
}

/** Other processes use a token for as long after it was forgotten: Slack refuses it then. */
const cachedForMs = 60_000;

export function createTokens({ home, installations, clock }: TokensOptions): Tokens {
  const cache = new Map<string, { readonly bot: Bot; readonly until: Instant }>();

  async function installed(store: Installations, team: string | null, enterprise: string | null): Promise<Bot | null> {
    const key = `${team} ${enterprise}`;
    const cached = cache.get(key);
    if (cached !== undefined && cached.until > clock.now()) return cached.bot;
    cache.delete(key);
    const query = {
      teamId: team ?? undefined,
      enterpriseId: enterprise ?? undefined,
      isEnterpriseInstall: team === null,
    };
    const installation = await store.fetchInstallation(query).catch((error: unknown) => {
      if (error instanceof NotInstalled) return null;
      throw error;
    });
    // What is not there is asked for each time, so that a new installation counts at once.
    if (installation === null) return null;
    const bot = botOf(installation, team);
    cache.set(key, { bot, until: clock.now() + cachedForMs });
    return bot;
  }

  return {
    async tokenFor(team, enterprise = null) {
      const own = home();
      // A workspace that shares a channel with the home workspace is named in events too; the bot is the same.
      if (installations === null || (team === null ? enterprise === null : own?.team === team)) return own;
      return installed(installations, team, enterprise);
    },
    async forget(id, at) {
      const gone = (await installations?.forget(id, at)) ?? true;
      cache.clear();
      return gone;
    },
  };
}

function botOf({ bot }: Installation, team: string | null): Bot {
  return { token: bot.token, botId: bot.id, botUserId: bot.userId, team };
}
