/**
 * Mutes: rules on their own, with a scope and an end, looked up when Signalbox is about to speak. A mute changes nothing
 * of what is known: a muted branch is red, and silent.
 */
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { AlertState } from "./alert.ts";
import { Actor } from "./handling.ts";
import { AlertId, type BranchRef, MuteId, Organization, Pipeline } from "./ids.ts";

export const MuteScope = z.discriminatedUnion("kind", [
  /** This job on this branch. */
  z.object({ kind: z.literal("job"), pipeline: Pipeline, branch: z.string(), job: z.string(), name: z.string() }),
  /** This job on every branch. */
  z.object({ kind: z.literal("jobEverywhere"), pipeline: Pipeline, job: z.string(), name: z.string() }),
  /** Everything of the pipeline on this branch. */
  z.object({ kind: z.literal("branch"), pipeline: Pipeline, branch: z.string() }),
]);
export type MuteScope = z.infer<typeof MuteScope>;

export const Mute = z.object({
  id: MuteId,
  organization: Organization,
  scope: MuteScope,
  by: Actor,
  at: z.number(),
  /** null: until the alert it was set on is fixed. */
  until: z.number().nullable(),
  reason: z.string().nullable(),
  /** The alert it was set on. */
  alert: AlertId.nullable(),
  /** Over, and not yet told to the alerts it hid. `by` null: by its time, or because what it waited for was fixed. */
  ended: z.object({ at: z.number(), by: Actor.nullable() }).nullable(),
});
export type Mute = z.infer<typeof Mute>;

export const longestMute = 30 * 24 * 60 * 60 * 1000;
const reasonNeededAfter = 24 * 60 * 60 * 1000;

/** A mute that is long, or hides a whole pipeline, hides much: somebody will ask why. */
export function needsReason(scope: MuteScope["kind"], until: Instant | null, now: Instant): boolean {
  return scope === "branch" || (until !== null && until - now > reasonNeededAfter);
}

/** Whether a mute's scope has anything to do with this branch. */
export function concerns(scope: MuteScope, ref: Pick<BranchRef, "pipeline" | "branch">): boolean {
  return scope.pipeline === ref.pipeline && (scope.kind === "jobEverywhere" || scope.branch === ref.branch);
}

export function isOver(mute: Mute, now: Instant): boolean {
  return mute.ended !== null || (mute.until !== null && mute.until <= now);
}

/** What a mute of that scope would have hidden of what was told: an alert is hidden when nothing of it is left. */
export function wouldHide(scope: MuteScope, told: readonly ToldFailure[]): number {
  return told.filter(({ branch, jobs }) => {
    if (scope.kind !== "jobEverywhere" && scope.branch !== branch) return false;
    return scope.kind === "branch" || (jobs.length > 0 && jobs.every((job) => job === scope.job));
  }).length;
}

/** An alert that was opened, or opened again: on which branch, and which jobs failed then, by key. */
export const ToldFailure = z.object({
  alert: AlertId,
  failure: z.string(),
  branch: z.string(),
  jobs: z.array(z.string()),
});
export type ToldFailure = z.infer<typeof ToldFailure>;

/**
 * The mutes by which nothing of this alert is left to tell; null when something is. A red build that nobody can explain
 * is only hidden by a mute of the whole branch.
 */
export function silenceOf(alert: AlertState, mutes: readonly Mute[], now: Instant): readonly Mute[] | null {
  const alive = mutes.filter((mute) => !isOver(mute, now) && concerns(mute.scope, alert));
  const whole = alive.filter(({ scope }) => scope.kind === "branch");
  if (whole.length > 0) return endingFirst(whole);
  const { causes, failedJobs } = alert.verdict;
  // Of a build with more failed jobs than are listed, nobody knows whether the others are muted.
  if (causes.length === 0 || failedJobs > listed(alert)) return null;
  const byJob = causes.map(({ key }) => alive.find(({ scope }) => scope.kind !== "branch" && scope.job === key));
  return byJob.every((mute) => mute !== undefined) ? endingFirst([...new Set(byJob)]) : null;
}

/** Which of the failing jobs are muted, by key. */
export function mutedJobs(alert: AlertState, mutes: readonly Mute[], now: Instant): ReadonlySet<string> {
  const alive = mutes.filter((mute) => !isOver(mute, now) && concerns(mute.scope, alert));
  const keys = alert.verdict.causes.map(({ key }) => key);
  return new Set(keys.filter((key) => alive.some(({ scope }) => scope.kind !== "branch" && scope.job === key)));
}

/** Shards of one parallel step are one cause and several failed jobs. */
function listed({ verdict }: AlertState): number {
  return verdict.causes.reduce((sum, { shards }) => sum + Math.max(1, shards.length), 0);
}

function endingFirst(mutes: readonly Mute[]): readonly Mute[] {
  return [...mutes].sort((a, b) => (a.until ?? Number.MAX_VALUE) - (b.until ?? Number.MAX_VALUE));
}
