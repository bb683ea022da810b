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

/** What hides, whether a person has set it or a file names it. */
type Hiding = Pick<Mute, "scope" | "until" | "at" | "ended">;

export const longestMute = 30 * 24 * 60 * 60 * 1000;
const reasonNeededAfter = 24 * 60 * 60 * 1000;

/** A mute that is long, or hides much, makes somebody ask why. Until fixed is long where no one branch can fix it. */
export function needsReason(scope: MuteScope["kind"], until: Instant | null, now: Instant): boolean {
  if (scope === "branch") return true;
  return until === null ? scope === "jobEverywhere" : until - now > reasonNeededAfter;
}

/** No mute is for ever: a branch that is deleted is never fixed. */
export function endOf({ until, at }: Pick<Mute, "until" | "at">): Instant {
  return until ?? at + longestMute;
}

/** Whether a mute's scope has anything to do with this branch. */
export function concerns(scope: MuteScope, ref: Pick<BranchRef, "pipeline" | "branch">): boolean {
  return scope.pipeline === ref.pipeline && (scope.kind === "jobEverywhere" || scope.branch === ref.branch);
}

export function isOver(mute: Omit<Hiding, "scope">, now: Instant): boolean {
  return mute.ended !== null || endOf(mute) <= now;
}

/** Whether what a mute until fixed waits for has happened, be it that the branch broke again before anybody looked. */
export function isFulfilled({ until, alert, at }: Mute, state: AlertState): boolean {
  return until === null && alert === state.id && (state.status === "fixed" || state.since.at > at);
}

/** What a mute of that scope would have hidden of what was told: an alert is hidden when nothing of it is left. */
export function wouldHide(scope: MuteScope, told: readonly ToldFailure[]): number {
  return told.filter(({ branch, jobs }) => {
    if (scope.kind !== "jobEverywhere" && scope.branch !== branch) return false;
    return scope.kind === "branch" || (jobs.length > 0 && jobs.every((job) => job === scope.job));
  }).length;
}

/** A red stretch that an alert was opened for, or opened again: on which branch, and which jobs failed in it, by key. */
export const ToldFailure = z.object({
  alert: AlertId,
  /** The first build of the stretch: an alert may tell of several. */
  since: z.number(),
  branch: z.string(),
  jobs: z.array(z.string()),
});
export type ToldFailure = z.infer<typeof ToldFailure>;

/** Whether something of what fails in this alert is in the scope. */
export function affects(scope: MuteScope, alert: AlertState): boolean {
  if (!concerns(scope, alert)) return false;
  return scope.kind === "branch" || alert.verdict.causes.some(({ key }) => key === scope.job);
}

/** The mutes by which some or all of this alert is not told. */
export function mutesOf<M extends Hiding>(alert: AlertState, mutes: readonly M[], now: Instant): readonly M[] {
  return mutes.filter((mute) => !isOver(mute, now) && affects(mute.scope, alert));
}

/**
 * The mutes by which nothing of this alert is left to tell, the one that ends first at the front: then there is something
 * again. Null when there is something now. A red build that nobody can explain is only hidden by a mute of the whole branch.
 */
export function silenceOf<M extends Hiding>(alert: AlertState, mutes: readonly M[], now: Instant): readonly M[] | null {
  const hiding = mutesOf(alert, mutes, now);
  const whole = longest(hiding.filter(({ scope }) => scope.kind === "branch"));
  const jobs = silenceByJob(alert, hiding);
  const [firstJob] = jobs ?? [];
  if (whole === undefined) return jobs;
  return jobs !== null && firstJob !== undefined && endOf(firstJob) > endOf(whole) ? jobs : [whole];
}

/** Of each failing job the mute that lasts longest. */
function silenceByJob<M extends Hiding>({ verdict }: AlertState, hiding: readonly M[]): readonly M[] | null {
  const { causes, failedJobs } = verdict;
  // Of a build with more failed jobs than are listed, nobody knows whether the others are muted.
  if (causes.length === 0 || failedJobs > listed(verdict)) return null;
  const byJob = causes.map(({ key }) => longest(hiding.filter(({ scope }) => mutesJob(scope, key))));
  if (!byJob.every((mute) => mute !== undefined)) return null;
  return [...new Set(byJob)].sort((a, b) => endOf(a) - endOf(b));
}

/** Which of the failing jobs are muted, by key. */
export function mutedJobs(alert: AlertState, mutes: readonly Hiding[], now: Instant): ReadonlySet<string> {
  const hiding = mutesOf(alert, mutes, now);
  const keys = alert.verdict.causes.map(({ key }) => key);
  return new Set(keys.filter((key) => hiding.some(({ scope }) => mutesJob(scope, key))));
}

function mutesJob(scope: MuteScope, key: string): boolean {
  return scope.kind !== "branch" && scope.job === key;
}

/** Shards of one parallel step are one cause and several failed jobs. */
function listed({ causes }: AlertState["verdict"]): number {
  return causes.reduce((sum, { shards }) => sum + Math.max(1, shards.length), 0);
}

function longest<M extends Hiding>(mutes: readonly M[]): M | undefined {
  return mutes.reduce<M | undefined>(
    (last, mute) => (last === undefined || endOf(mute) > endOf(last) ? mute : last),
    undefined,
  );
}
