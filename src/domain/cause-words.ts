/** Why a job failed, in our own words: nothing in them was written by others, so they may stand in any markup. */
import type { Cause } from "./verdict.ts";

const mostShards = 6;

export function reasonOf({ kind, exitStatus }: Pick<Cause, "kind" | "exitStatus">): string {
  switch (kind) {
    case "failed":
      return exitStatus === null ? "failed" : `exit ${exitStatus}`;
    case "timedOut":
      return "timed out";
    case "expired":
      return "was never picked up by an agent";
    case "agentLost":
      return "lost its agent";
    case "canceled":
      return "was canceled";
    case "promised":
      return "announced its failure, still running";
  }
}

/** "shards 1, 3 of 6"; null for a step that is not parallel. */
export function shardsOf({ shards: failed, shardsTotal: total }: Pick<Cause, "shards" | "shardsTotal">): string | null {
  if (total === null || failed.length === 0) return null;
  if (failed.length === total && total > 1) return `all ${total} shards`;
  const more = failed.length - mostShards;
  const numbers = failed.slice(0, mostShards).join(", ") + (more > 0 ? ` and ${more} more` : "");
  return `${failed.length === 1 ? "shard" : "shards"} ${numbers} of ${total}`;
}
