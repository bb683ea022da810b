/** Which jobs made a build fail: pure, from its facts. */
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { BuildFacts, JobFacts } from "./facts.ts";
import { JobId, Pipeline } from "./ids.ts";
import { type FailureKind, failureKind } from "./job.ts";
import { isRed, type Outcome, outcomeOf } from "./outcome.ts";

const failureKinds = [
  "failed",
  "timedOut",
  "expired",
  "agentLost",
  "canceled",
  "promised",
] as const satisfies FailureKind[];
const outcomes = [
  "running",
  "failing",
  "passed",
  "failed",
  "canceled",
  "blocked",
  "skipped",
  "notRun",
] as const satisfies Outcome[];

/** A job that caused the failure; the shards of a parallel step are one job. */
export const Cause = z.object({
  key: z.string(),
  name: z.string(),
  /** The shard or job that failed first: its log is the one to read. */
  jobId: JobId,
  type: z.string(),
  kind: z.enum(failureKinds),
  exitStatus: z.number().nullable(),
  /** 1-based numbers of the shards that failed, when the step is parallel. */
  shards: z.array(z.number()),
  shardsTotal: z.number().nullable(),
  /** The build that a trigger step started, where the real cause is, and what failed there as far as known. */
  child: z.object({ pipeline: Pipeline, number: z.number(), causes: z.array(z.string()) }).nullable(),
});
export type Cause = z.infer<typeof Cause>;

export const Verdict = z.object({
  outcome: z.enum(outcomes),
  at: z.number().nullable(),
  causes: z.array(Cause),
  /** All failed jobs, also those beyond the ones listed. */
  failedJobs: z.number(),
  /** The retries of the listed jobs still run. */
  retrying: z.boolean(),
  /** All jobs seen, without superseded attempts, and without those that never ran by configuration. */
  totalJobs: z.number(),
  casualties: z.number(),
  /** Red, but no job is known that explains it. */
  jobsUnknown: z.boolean(),
  /** Names of jobs that passed only on retry. */
  recovered: z.array(z.string()),
  /** Passed after it had been red. */
  recoveredBuild: z.boolean(),
});
export type Verdict = z.infer<typeof Verdict>;

const causesKept = 10;

/** @param childCauses What failed in a triggered build, by `<pipeline>#<number>`, as far as its facts are known. */
export function verdictOf(facts: BuildFacts, childCauses: ReadonlyMap<string, readonly string[]>): Verdict {
  const { counts } = facts;
  const { outcome, at } = outcomeOf({ endings: facts.endings, failingAt: facts.failingAt, causes: counts.cause });
  const red = isRed(outcome);
  const blamed = blame(facts);
  const causes = red ? groupShards(blamed.jobs, childCauses) : [];
  return {
    outcome,
    at,
    causes: causes.slice(0, causesKept),
    failedJobs: red ? blamed.count : 0,
    retrying: red && causes.length > 0 && blamed.jobs === facts.retrying,
    totalJobs: totalOf(counts),
    casualties: counts.casualty,
    jobsUnknown: red && causes.length === 0,
    recovered: [...new Set(facts.recovered.map((job) => job.name))].slice(0, causesKept),
    recoveredBuild: outcome === "passed" && (facts.endings.failed !== null || wasFailingBefore(facts, at)),
  };
}

/** A green job that is retried may fail after the build passed; when that retry is given up, there was nothing to recover from. */
function wasFailingBefore({ failingAt }: BuildFacts, passedAt: Instant | null): boolean {
  return failingAt !== null && failingAt <= (passedAt ?? 0);
}

/**
 * Jobs that failed; or else those whose retry still runs (whoever retries the only failed job does not make the build
 * unexplained); or else, because somebody canceled one step and so the build failed, the canceled ones.
 */
function blame({ causes, retrying, canceled, counts }: BuildFacts): { jobs: readonly JobFacts[]; count: number } {
  if (counts.cause > 0) return { jobs: causes, count: counts.cause };
  if (counts.retrying > 0) return { jobs: retrying, count: counts.retrying };
  return { jobs: canceled, count: counts.canceled };
}

/** A failed job and the retry that runs are one job, which `active` counts or, being announced by nobody, `retrying`. */
function totalOf(counts: BuildFacts["counts"]): number {
  const { cause, canceled, casualty, softFailed, passed, active, retrying } = counts;
  return cause + canceled + casualty + softFailed + passed + Math.max(active, retrying);
}

export function childName(child: { readonly pipeline: string; readonly number: number }): string {
  return `${child.pipeline}#${child.number}`;
}

function groupShards(jobs: readonly JobFacts[], childCauses: ReadonlyMap<string, readonly string[]>): Cause[] {
  const groups = new Map<string, JobFacts[]>();
  for (const job of jobs) {
    // Parallel jobs share a key and are shards; two jobs of one name without shards are two jobs.
    const group = job.parallel === null ? job.id : `parallel ${job.key}`;
    groups.set(group, [...(groups.get(group) ?? []), job]);
  }
  return [...groups.values()].flatMap((shards) => {
    const [first] = shards;
    if (first === undefined) return [];
    const numbers = shards.flatMap((job) => (job.parallel === null ? [] : [job.parallel.index + 1]));
    const child = first.triggeredBuild;
    return [
      {
        key: first.key,
        name: first.name,
        jobId: first.id,
        type: first.type,
        kind: failureKind(first),
        exitStatus: first.exitStatus,
        shards: [...new Set(numbers)].sort((a, b) => a - b),
        shardsTotal: first.parallel?.total ?? null,
        child: child === null ? null : { ...child, causes: [...(childCauses.get(childName(child)) ?? [])] },
      },
    ];
  });
}
