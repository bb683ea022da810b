/** What people did, the newest first; written by the scripts that do it. */
import type { Redis } from "ioredis";
import { z } from "zod";
import { AuditEntry } from "../domain/audit.ts";
import type { AlertId, Organization } from "../domain/ids.ts";
import { auditLength } from "./alerts.ts";
import type { Keys } from "./keys.ts";

export interface Audit {
  /** Something that concerns no alert. */
  add(entry: AuditEntry): Promise<void>;
  /** @param alert Only what was done about this alert. */
  newest(organization: Organization, alert: AlertId | null, count: number): Promise<AuditEntry[]>;
}

const Entries = z.array(z.tuple([z.string(), z.tuple([z.literal("entry"), z.string()])]));
/** How far back one question looks. */
const searched = 2000;

export function createAudit(redis: Redis, keys: Keys): Audit {
  return {
    async add(entry) {
      await redis.xadd(keys.peopleAudit, "MAXLEN", "~", auditLength, "*", "entry", JSON.stringify(entry));
    },
    async newest(organization, alert, count) {
      const stored = Entries.parse(await redis.xrevrange(keys.audit(organization), "+", "-", "COUNT", searched));
      const entries = stored.map(([, [, json]]) => AuditEntry.parse(JSON.parse(json)));
      return entries.filter((entry) => alert === null || entry.alert === alert).slice(0, count);
    },
  };
}
