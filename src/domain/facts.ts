/**
 * The facts of a build: what all its snapshots add up to. The store merges them field by field (`buildFields` says by
 * which rule), so that neither the order nor the number of deliveries matters.
 */
import type { Instant } from "../clock.ts";
import type { BuildSnapshot, JobSnapshot } from "./build.ts";
import type { BuildRef, JobId } from "./ids.ts";
import type { JobClass } from "./job.ts";
import { type Endings, endingOf } from "./outcome.ts";

/** A job as the facts keep it: what a verdict or a message needs, no more. */
export interface JobFacts
  extends Pick<JobSnapshot, "key" | "name" | "type" | "state" | "exitStatus" | "parallel" | "triggeredBuild"> {
  readonly id: JobId;
  readonly finishedAt: Instant | null;
}

/** `retrying`: failed, and the next attempt has not ended; `superseded`: the next attempt has. */
export type JobCounts = { readonly [K in JobClass | "retrying" | "superseded"]: number };

/** What stays the same whoever looks; the state and its time are in the endings. */
type Lasting = Omit<BuildSnapshot, keyof BuildRef | "state" | "blocked" | "finishedAt">;

export interface BuildFacts extends Lasting {
  readonly ref: BuildRef;
  /** Counts changes; tells which of two readings is newer. */
  readonly rev: number;
  readonly endings: Endings;
  readonly counts: JobCounts;
  /** The earliest of each kind, not all: a build may have thousands. `counts` has the totals. */
  readonly causes: readonly JobFacts[];
  readonly retrying: readonly JobFacts[];
  readonly canceled: readonly JobFacts[];
  /** Attempts that passed after one that had failed. */
  readonly recovered: readonly JobFacts[];
}

/** How two snapshots of one field merge: all three are commutative, associative and idempotent. */
export type MergeRule = "max" | "min" | "text";
export type BuildField = readonly [rule: MergeRule, field: string, value: string | number];

/** The fields that a snapshot says something about. What it leaves out is never a reason to forget. */
export function buildFields(build: BuildSnapshot): BuildField[] {
  const fields: BuildField[] = [
    ["text", "id", build.id],
    ["text", "branch", build.branch],
  ];
  const add = (rule: MergeRule, field: string, value: string | number | null): void => {
    if (value !== null && value !== "") fields.push([rule, field, value]);
  };
  // These do not change during a build. Should two snapshots differ all the same, any fixed choice will do: the greater.
  add("text", "commit", build.commit);
  add("text", "message", build.message);
  add("text", "source", build.source);
  add("text", "author", build.author && JSON.stringify(build.author));
  add("text", "creator", build.creator && JSON.stringify(build.creator));
  add("text", "pullRequest", build.pullRequest && JSON.stringify(build.pullRequest));
  add("text", "triggeredFrom", build.triggeredFrom && JSON.stringify(build.triggeredFrom));
  add("text", "pipelineName", build.pipelineName);
  add("text", "defaultBranch", build.defaultBranch);
  add("text", "repository", build.repository);
  add("text", "madeBySignalbox", build.madeBySignalbox);
  add("max", "rebuiltFrom", build.rebuiltFrom);
  add("min", "createdAt", build.createdAt);
  add("min", "startedAt", build.startedAt);

  // An old `failing` snapshot may lack its time; it lies between start and end.
  const failingAt = build.failingAt ?? (build.state === "failing" ? (build.startedAt ?? build.createdAt ?? 1) : null);
  add("max", "failingAt", failingAt);
  const ending = endingOf(build);
  const endedAt = build.finishedAt ?? Math.max(failingAt ?? 0, build.startedAt ?? 0, build.createdAt ?? 0);
  if (ending !== null) add("max", `ended:${ending}`, endedAt);
  if (ending !== null || failingAt !== null) add("max", "decided", 1);
  return fields;
}

export function jobFacts(job: JobSnapshot): Omit<JobFacts, "id"> {
  const { key, name, type, state, exitStatus, parallel, triggeredBuild, finishedAt } = job;
  return { key, name, type, state, exitStatus, parallel, triggeredBuild, finishedAt };
}

/** When a job counts in its list: the first failure is normally the one that tells something. */
export function jobTime(job: JobSnapshot): Instant {
  return job.finishedAt ?? job.startedAt ?? 0;
}
