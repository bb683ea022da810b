/**
 * Who installed Signalbox, and with which tokens: one sealed record per Slack team, or per enterprise that installed it
 * for all its teams. The words and methods are those of Slack's own `InstallationStore`, so it can be used as one.
 */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Clock, Instant } from "../clock.ts";
import type { Keys } from "./keys.ts";
import type { Scripts } from "./scripts.ts";
import { type Opened, type Seal, SealBroken } from "./seal.ts";

const Named = z.object({ id: z.string(), name: z.string().exactOptional() });
const Bot = z.object({ token: z.string().min(1), id: z.string(), userId: z.string(), scopes: z.array(z.string()) });

/** What is kept of an installation. A token that acts for a person is never asked for, and would be dropped here. */
const Installation = z
  .object({
    team: Named.optional(),
    enterprise: Named.optional(),
    user: z.object({ id: z.string() }),
    bot: Bot,
    appId: z.string().exactOptional(),
    enterpriseUrl: z.string().exactOptional(),
    isEnterpriseInstall: z.boolean().default(false),
  })
  .transform(({ team, enterprise, user, ...rest }) => ({
    ...rest,
    team,
    enterprise,
    user: { id: user.id, token: undefined, scopes: undefined },
    tokenType: "bot" as const,
    authVersion: "v2" as const,
  }));
export type Installation = z.infer<typeof Installation>;

/** As Slack's libraries give it: one without a bot is of no use, and refused. */
export interface NewInstallation {
  readonly team?: z.infer<typeof Named> | undefined;
  readonly enterprise?: z.infer<typeof Named> | undefined;
  readonly user: { readonly id: string };
  readonly bot?: z.infer<typeof Bot> | undefined;
  readonly appId?: string | undefined;
  readonly enterpriseUrl?: string | undefined;
  readonly isEnterpriseInstall?: boolean | undefined;
}

const Entry = z.object({ installedAt: z.number(), installation: Installation });
type Entry = z.infer<typeof Entry>;

interface InstallationQuery {
  readonly teamId: string | undefined;
  readonly enterpriseId: string | undefined;
  readonly isEnterpriseInstall: boolean;
}

export interface Installations {
  storeInstallation(installation: NewInstallation): Promise<void>;
  /**
   * A team that did not install it itself may have it through its enterprise.
   * @throws NotInstalled
   * @throws InstallationUnreadable
   */
  fetchInstallation(query: InstallationQuery): Promise<Installation>;
  /**
   * Deletes the tokens and all else that is known of an installation.
   * @param id Of the team (`T…`) or the enterprise (`E…`).
   * @param before Slack tells again and again, and late, that it was removed: one that is newer stays.
   * @returns whether there is none any more.
   */
  forget(id: string, before: Instant): Promise<boolean>;
}

/** Signalbox is not installed there, or not any more. */
export class NotInstalled extends Error {
  override readonly name = "NotInstalled";
}

/** There is a record, but no key at hand opens it: for an operator to mend. Trying again does not help. */
export class InstallationUnreadable extends Error {
  override readonly name = "InstallationUnreadable";

  constructor(id: string, why: string, options?: ErrorOptions) {
    super(
      `Cannot read the Slack installation of ${id}: ${why}; add its key to INSTALLATION_KEY, or install again at /slack/install`,
      options,
    );
  }
}

const slackId = /^[TE][A-Z0-9]{1,30}$/;

export function createInstallations(
  redis: Redis,
  scripts: Scripts,
  keys: Keys,
  { seal, clock }: { readonly seal: Seal; readonly clock: Clock },
): Installations {
  const sealed = (entry: Entry, id: string): string => seal.seal(JSON.stringify(entry), contextOf(id));

  async function read(id: string): Promise<Installation | null> {
    if (!slackId.test(id)) return null;
    const key = keys.installation(id);
    const stored = await redis.get(key);
    if (stored === null) return null;
    const { entry, stale } = open(seal, stored, id);
    if (stale) await scripts.run("swapInstallation", [key], [stored, sealed(entry, id)]);
    return entry.installation;
  }

  return {
    async storeInstallation(given) {
      // As it will be read: in JSON, what is undefined is absent.
      const installation = Installation.parse(JSON.parse(JSON.stringify(given)));
      const { team, enterprise, isEnterpriseInstall } = installation;
      const id = (isEnterpriseInstall ? enterprise : team)?.id ?? "";
      if (!slackId.test(id)) throw new Error("Cannot store a Slack installation: it names no team or enterprise");
      await redis.set(keys.installation(id), sealed({ installedAt: clock.now(), installation }, id));
    },
    async fetchInstallation({ teamId, enterpriseId, isEnterpriseInstall }) {
      for (const id of [isEnterpriseInstall ? undefined : teamId, enterpriseId]) {
        const installation = id === undefined ? null : await read(id);
        if (installation !== null) return installation;
      }
      throw new NotInstalled("Cannot act in the Slack workspace: Signalbox is not installed there");
    },
    async forget(id, before) {
      if (!slackId.test(id)) return true;
      const key = keys.installation(id);
      const stored = await redis.get(key);
      if (stored === null) return true;
      if (installedAt(seal, stored, id) > before) return false;
      return (await scripts.run("swapInstallation", [key], [stored, ""])) === 1;
    },
  };
}

/** Bound to its team: a record that somebody copied to another team's key does not open there. */
function contextOf(id: string): string {
  return `slack installation ${id}`;
}

function open(seal: Seal, stored: string, id: string): { readonly entry: Entry; readonly stale: boolean } {
  const { text, stale } = unseal(seal, stored, id);
  const entry = Entry.safeParse(JSON.parse(text));
  if (!entry.success) throw new InstallationUnreadable(id, "it is not in the form that this version writes");
  return { entry: entry.data, stale };
}

function unseal(seal: Seal, stored: string, id: string): Opened {
  try {
    return seal.open(stored, contextOf(id));
  } catch (error) {
    if (error instanceof SealBroken) throw new InstallationUnreadable(id, error.message, { cause: error });
    throw error;
  }
}

/** What cannot be read is as old as can be: nobody can use it, so it may go. */
function installedAt(seal: Seal, stored: string, id: string): Instant {
  try {
    return open(seal, stored, id).entry.installedAt;
  } catch (error) {
    if (error instanceof InstallationUnreadable) return 0;
    throw error;
  }
}
