/**
 * One alert per red stretch of a branch. An alert is computed from the branch's history each time anything changed; only
 * its name, its place in Slack and what its thread has told are remembered.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import { Actor, SlackActor } from "./handling.ts";
import type { BranchView } from "./history.ts";
import { AlertId, type BranchRef, Channel, JobId, Organization, Owner, Pipeline } from "./ids.ts";
import { MuteScope } from "./mute.ts";
import { Verdict } from "./verdict.ts";

/** What an alert says about a build. */
export const BuildSummary = z.object({
  number: z.number(),
  commit: z.string().nullable(),
  /** First line of the commit message. */
  title: z.string(),
  /** Who wrote the commit, or else who started the build. */
  person: z.string().nullable(),
  pullRequest: z.number().nullable(),
  /** When it took its outcome. */
  at: z.number(),
});
export type BuildSummary = z.infer<typeof BuildSummary>;

const common = {
  id: AlertId,
  organization: Organization,
  pipeline: Pipeline,
  branch: z.string(),
  pipelineName: z.string(),
  /** `owner/name` on GitHub, when the pipeline's repository is there. */
  repository: z.string().nullable(),
  /** Where that is, when it is not github.com. */
  host: z.string().optional(),
  channel: Channel,
  /** The alert before this one, when the branch breaks again after a long green spell. */
  previous: AlertId.nullable(),
  /** How often the branch broke within this alert. */
  timesBroken: z.number(),
  /** Red builds in a row; `streakTruncated`: at least so many. */
  streak: z.number(),
  streakTruncated: z.boolean(),
  since: BuildSummary,
  newest: BuildSummary,
  verdict: Verdict,
  /** How often each cause passed on retry before, by job key. */
  flakes: z.record(z.string(), z.number()),
  /** Job keys the thread need not tell as new any more. */
  toldJobs: z.array(z.string()),
};

export const AlertState = z.discriminatedUnion("status", [
  z.object({ ...common, status: z.literal("failing") }),
  z.object({
    ...common,
    status: z.literal("fixed"),
    fixed: z.object({
      /** `withdrawn`: the red build was canceled before it ended, and nothing newer is red. */
      by: z.enum(["build", "retry", "withdrawn"]),
      build: BuildSummary.nullable(),
      at: z.number(),
    }),
  }),
]);
export type AlertState = z.infer<typeof AlertState>;

/** What the thread tells; the id makes that it is told once. */
export const Note = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("alsoBroken"), build: z.number(), jobs: z.array(z.string()) }),
  z.object({ kind: z.literal("stillFailing"), build: z.number(), streak: z.number() }),
  z.object({
    kind: z.literal("fixed"),
    by: z.enum(["build", "retry", "withdrawn"]),
    build: z.number(),
    person: z.string().nullable(),
    recovered: z.array(z.string()),
    after: z.number(),
  }),
  z.object({
    kind: z.literal("brokeAgain"),
    build: z.number(),
    person: z.string().nullable(),
    timesBroken: z.number(),
  }),
  z.object({
    kind: z.literal("log"),
    build: z.number(),
    job: z.string(),
    jobId: JobId,
    lines: z.array(z.string()),
  }),
  /** `over`: who was on it before. */
  z.object({ kind: z.literal("acknowledged"), by: SlackActor, over: SlackActor.nullable() }),
  /** `by` null: whoever was on it did not answer in time. */
  z.object({ kind: z.literal("released"), by: SlackActor.nullable(), was: SlackActor }),
  z.object({
    kind: z.literal("muted"),
    by: Actor,
    scope: MuteScope,
    until: z.number().nullable(),
    reason: z.string().nullable(),
  }),
  z.object({ kind: z.literal("unmuted"), by: Actor, scope: MuteScope }),
  /** A mute ran out, and the branch is still red. `by`: who had set it. */
  z.object({ kind: z.literal("muteEnded"), by: Actor, scope: MuteScope }),
  z.object({ kind: z.literal("rerun"), by: Actor, what: z.enum(["retry", "rebuild"]), build: z.number() }),
  /** Nobody is on it: first the thread is told, then the author, then the owners. */
  z.object({ kind: z.literal("reminder"), since: z.number(), owners: z.union([Owner, z.array(Owner)]).nullable() }),
  /** Asks whoever acknowledged; with buttons to confirm and to hand back. */
  z.object({ kind: z.literal("stillOnIt"), who: SlackActor, since: z.number() }),
]);
export type Note = z.infer<typeof Note>;
export interface NamedNote {
  readonly id: string;
  readonly note: Note;
}

/** What the decision needs to know of single builds; looked up for the builds that the view names. */
export interface AlertFacts {
  readonly ref: BranchRef;
  readonly channel: Channel;
  readonly pipelineName: string;
  readonly repository: string | null;
  /** Of a GitHub Enterprise Server; left out: github.com. */
  readonly host?: string;
  readonly since: BuildSummary;
  readonly newest: BuildSummary;
  readonly verdict: Verdict;
  readonly flakes: Readonly<Record<string, number>>;
}

export interface AlertDecision {
  readonly state: AlertState;
  /** The branch breaks now, or again: whoever was on it before was on another failure. */
  readonly opens: boolean;
  readonly notes: readonly NamedNote[];
}

export interface AlertPolicy {
  readonly reopenWithin: number;
}

/**
 * @param red null when nothing is known of the red builds any more. @param green The build that ended the stretch.
 * @returns null when there is nothing to tell: the branch is not red and has no alert, or it is red and nobody knows why.
 */
export function decideAlert(
  current: AlertState | null,
  view: BranchView,
  red: AlertFacts | null,
  green: BuildSummary | null,
  policy: AlertPolicy,
  now: Instant,
): AlertDecision | null {
  // Facts expire, but an alert is over only when a build says so.
  if (view.status === "red") return red === null ? null : failing(current, view, red, policy);
  if (current === null) return null;
  return fixed(current, view, red, green, now);
}

function failing(current: AlertState | null, view: BranchView, red: AlertFacts, policy: AlertPolicy): AlertDecision {
  const stretch = view.lastStretch;
  const kept = current !== null && continues(current, red, policy) ? current : null;
  const reopened = kept?.status === "fixed";
  const told = kept === null || reopened ? [] : kept.toldJobs;
  const broken = red.verdict.causes.map((cause) => cause.key);
  const truncated = stretch?.truncated ?? false;
  const state: AlertState = {
    ...describe(red),
    // Beyond the edge of the history, only the alert remembers where the streak began.
    since: truncated && kept?.status === "failing" ? kept.since : red.since,
    id: kept?.id ?? alertId(red.ref, red.since.number),
    channel: kept?.channel ?? red.channel,
    previous: kept === null ? (current?.id ?? null) : kept.previous,
    timesBroken: view.timesBroken,
    streak: stretch?.length ?? 1,
    streakTruncated: truncated,
    toldJobs: [...new Set([...told, ...broken])],
    status: "failing",
  };
  const opens = kept === null || reopened;
  return { state, opens, notes: kept === null ? [] : failingNotes(kept, state, told) };
}

/** The same build, an open alert, or a green spell too short to count. */
function continues(current: AlertState, red: AlertFacts, policy: AlertPolicy): boolean {
  if (current.status === "failing") return true;
  return red.since.number <= current.newest.number || red.since.at - current.fixed.at < policy.reopenWithin;
}

const toldStreaks = [3, 10, 30, 100];

function failingNotes(before: AlertState, state: AlertState, told: readonly string[]): NamedNote[] {
  const build = state.newest.number;
  if (before.status === "fixed") {
    const { person } = state.newest;
    return [
      {
        id: `broke-${nameOfFailure(state)}`,
        note: { kind: "brokeAgain", build, person, timesBroken: state.timesBroken },
      },
    ];
  }
  const notes: NamedNote[] = [];
  const added = state.verdict.causes.filter((cause) => !told.includes(cause.key));
  // Within one build the message itself fills up; only a later build with another failing job is news.
  if (build > before.newest.number && added.length > 0) {
    const jobs = added.map((cause) => cause.name);
    notes.push({ id: `also-${build}`, note: { kind: "alsoBroken", build, jobs } });
  }
  // Several builds may have come since the last look.
  const reached = toldStreaks.findLast((length) => before.streak < length && length <= state.streak);
  if (reached !== undefined) {
    notes.push({
      id: `streak-${state.since.number}-${reached}`,
      note: { kind: "stillFailing", build, streak: state.streak },
    });
  }
  return notes;
}

function fixed(
  current: AlertState,
  view: BranchView,
  red: AlertFacts | null,
  green: BuildSummary | null,
  now: Instant,
): AlertDecision {
  const { lastStretch } = view;
  // What the history has forgotten cannot be told better than it was.
  if (current.status === "fixed" && view.forgotten >= current.since.number)
    return { state: current, opens: false, notes: [] };
  // The alert's stretch as history knows it now; none when all its red builds took their failure back.
  const stretch = lastStretch !== null && lastStretch.newest.number >= current.since.number ? lastStretch : null;
  const fixer = stretch?.fixedBy ?? null;
  const by = fixer === null ? "withdrawn" : fixer.color === "recovered" ? "retry" : "build";
  const at = fixer?.at ?? (current.status === "fixed" ? current.fixed.at : now);
  const base =
    stretch === null || red === null
      ? current
      : { ...current, ...describe(red), timesBroken: view.timesBroken, streak: stretch.length };
  const state: AlertState = {
    ...base,
    status: "fixed",
    fixed: { by, build: fixer === null ? null : (green ?? knownFixer(current, fixer.number)), at },
  };
  if (current.status === "fixed") return { state, opens: false, notes: [] };
  const { recovered } = state.verdict;
  const build = fixer?.number ?? current.newest.number;
  const after = Math.max(0, at - state.since.at);
  const note: Note = { kind: "fixed", by, build, person: green?.person ?? null, recovered, after };
  return { state, opens: false, notes: [{ id: `fixed-${nameOfFailure(current)}`, note }] };
}

/** Facts of the build that fixed it expire before the alert does. */
function knownFixer(current: AlertState, number: number): BuildSummary | null {
  return current.status === "fixed" && current.fixed.build?.number === number ? current.fixed.build : null;
}

/** One build may break a branch several times: its number and a count of stretches do not tell those apart. */
export function nameOfFailure({ newest, verdict }: Pick<AlertState, "newest" | "verdict">): string {
  return `${newest.number}-${verdict.at ?? 0}`;
}

function describe(red: AlertFacts) {
  const { ref, pipelineName, repository, host, since, newest, verdict, flakes } = red;
  const place = { repository, ...(host !== undefined && { host }) };
  return { ...ref, pipelineName, ...place, since, newest, verdict, flakes: { ...flakes } };
}

/** The same branch and the same first red build give the same id, so two processes cannot open two alerts. */
export function alertId(ref: BranchRef, firstRed: number): AlertId {
  const name = [ref.organization, ref.pipeline, ref.branch].join("\n");
  return AlertId.parse(`${createHash("sha256").update(name).digest("hex").slice(0, 12)}-${firstRed}`);
}
