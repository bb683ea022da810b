/** The mutes of an organisation. Few at a time: they are read together, and looked through in memory. */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { AuditEntry } from "../domain/audit.ts";
import type { MuteId, Organization } from "../domain/ids.ts";
import { Mute } from "../domain/mute.ts";
import { auditLength, marked } from "./alerts.ts";
import { type Keys, ttl } from "./keys.ts";
import type { Mark } from "./marks.ts";
import type { Scripts } from "./scripts.ts";

export interface Mutes {
  /** Those that were not ended, the oldest first. One whose time has come may still be among them for a moment. */
  active(organization: Organization): Promise<Mute[]>;
  read(organization: Organization, id: MuteId): Promise<Mute | null>;
  /**
   * Stores `to` in place of `from`; null on either side: there is none.
   * @returns null when somebody changed it since it was read.
   */
  replace(
    from: Mute | null,
    to: Mute | null,
    subjects: readonly string[],
    now: Instant,
    audit?: AuditEntry,
  ): Promise<Mark[] | null>;
}

const Flags = z.array(z.number());

export function createMutes(redis: Redis, scripts: Scripts, keys: Keys): Mutes {
  return {
    async active(organization) {
      const all = await redis.hvals(keys.mutes(organization));
      const mutes = all.map((json) => Mute.parse(JSON.parse(json)));
      return mutes.filter(({ ended }) => ended === null).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    },
    async read(organization, id) {
      const json = await redis.hget(keys.mutes(organization), id);
      return json === null ? null : Mute.parse(JSON.parse(json));
    },
    async replace(from, to, subjects, now, audit) {
      const mute = to ?? from;
      if (mute === null) return [];
      const { organization, id } = mute;
      const reply = await scripts.run(
        "setMute",
        [keys.mutes(organization), keys.audit(organization), keys.marks(organization).marks],
        [now, ttl.idle, id, spelled(from), spelled(to), auditLength, audit ? JSON.stringify(audit) : "", ...subjects],
      );
      const [stored, ...flags] = Flags.parse(reply);
      return stored === 1 ? marked(organization, subjects, flags) : null;
    },
  };
}

/** Parsed, so that the same mute is always spelled the same way. */
function spelled(mute: Mute | null): string {
  return mute === null ? "" : JSON.stringify(Mute.parse(mute));
}
