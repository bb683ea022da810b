/** What was concluded from builds: the verdict beside the facts, and the history of tracked branches. */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { BuildFacts } from "../domain/facts.ts";
import { decodeEntry, encodeEntry, type HistoryEntry, historyLength } from "../domain/history.ts";
import type { BranchRef } from "../domain/ids.ts";
import type { Verdict } from "../domain/verdict.ts";
import { marked } from "./alerts.ts";
import { type Keys, ttl } from "./keys.ts";
import type { Mark } from "./marks.ts";
import type { Scripts } from "./scripts.ts";

export interface Verdicts {
  /**
   * Stores a verdict unless one from newer facts is there.
   * @param tracked The branch whose history it enters, or null. @param entry null: neither red nor green.
   * @param subjects Marked when anything changed. @returns what to fire.
   */
  write(
    facts: BuildFacts,
    verdict: Verdict,
    tracked: { readonly branch: BranchRef; readonly entry: HistoryEntry | null } | null,
    subjects: readonly string[],
    now: Instant,
  ): Promise<{ readonly changed: boolean; readonly fire: Mark[] }>;
  /** Ascending by build number. */
  history(ref: BranchRef): Promise<HistoryEntry[]>;
}

const Reply = z.array(z.number());

export function createVerdicts(redis: Redis, scripts: Scripts, keys: Keys): Verdicts {
  return {
    async write(facts, verdict, tracked, subjects, now) {
      const { organization, number } = facts.ref;
      const { build } = keys.build(facts.ref);
      const history = tracked === null ? build : keys.history(tracked.branch);
      const entry = tracked?.entry ? encodeEntry(tracked.entry) : "";
      const reply = await scripts.run(
        "writeVerdict",
        [build, history, keys.marks(organization).marks],
        [now, facts.rev, JSON.stringify(verdict), entry, number, historyLength, ttl.idle, ...subjects],
      );
      const [changed, ...flags] = Reply.parse(reply);
      return { changed: changed === 1, fire: marked(organization, subjects, flags) };
    },
    async history(ref) {
      return (await redis.zrange(keys.history(ref), "0", "-1")).map(decodeEntry);
    },
  };
}
