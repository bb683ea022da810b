/**
 * What the commands of a comment come to, given the builds of the pull request's commit. Decided once, and kept: carried out
 * again after a crash, they must not mean something else because the builds have moved on.
 */
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { Mistake, TypedCommand } from "./comment-command.ts";
import type { BuildFacts } from "./facts.ts";
import { AlertId, type BuildRef, MuteId, Organization, Pipeline } from "./ids.ts";
import { concerns, isOver, type Mute, MuteScope, needsReason } from "./mute.ts";
import type { MuteEnd } from "./mute-end.ts";
import { nearest } from "./nearest.ts";
import { isRed } from "./outcome.ts";
import { quoted, type Refusal, refused } from "./refusal.ts";
import type { Cause, Verdict } from "./verdict.ts";

/** A build of the commit, and what was concluded from it. */
export interface CommitBuild {
  readonly facts: BuildFacts;
  readonly verdict: Verdict;
  /** The failing alert of its branch. */
  readonly alert: AlertId | null;
}

export interface PlanFacts {
  readonly builds: readonly CommitBuild[];
  /** Of the organizations of these builds. */
  readonly mutes: readonly Mute[];
  /** Buildkite lets us. */
  readonly canRerun: boolean;
  /** Its code, and with it the names and keys of its jobs, is from outside of the repository. */
  readonly fork: boolean;
  readonly now: Instant;
}

export const Effect = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("rerun"),
    organization: Organization,
    pipeline: Pipeline,
    number: z.number(),
    branch: z.string(),
    what: z.enum(["retry", "rebuild"]),
    /** Which failure of that build. */
    failure: z.string(),
  }),
  z.object({
    kind: z.literal("mute"),
    organization: Organization,
    scope: MuteScope,
    until: z.number().nullable(),
    reason: z.string().nullable(),
    alert: AlertId.nullable(),
  }),
  z.object({ kind: z.literal("unmute"), organization: Organization, mute: MuteId, scope: MuteScope }),
]);
export type Effect = z.infer<typeof Effect>;

/** What is only told. */
export const Telling = z.enum(["status", "why", "help"]);
export type Telling = z.infer<typeof Telling>;

export type Plan =
  | { readonly kind: "plan"; readonly effects: readonly Effect[]; readonly tellings: readonly Telling[] }
  | { readonly kind: "mistaken"; readonly mistakes: readonly Mistake[] };

/** The same spelling as for an alert: a build may fail, be retried, and fail again. */
export function failureOf({ number }: BuildRef, { outcome, at }: Verdict): string {
  return isRed(outcome) ? `${number}-${at ?? 0}` : `${number}-${at ?? 0}-${outcome}`;
}

export function planOf(commands: readonly TypedCommand[], facts: PlanFacts): Plan {
  const planned = commands.map(({ typed, command }) => ({ typed, result: effectsOf(command, facts) }));
  const mistakes = planned.flatMap(({ typed, result }) =>
    "message" in result ? [{ typed, message: result.message }] : [],
  );
  if (mistakes.length > 0) return { kind: "mistaken", mistakes };
  const tellings = commands.flatMap(({ command }) => Telling.safeParse(command.kind).data ?? []);
  return {
    kind: "plan",
    effects: planned.flatMap(({ result }) => ("message" in result ? [] : result)),
    tellings: [...new Set(tellings)],
  };
}

function effectsOf(command: TypedCommand["command"], facts: PlanFacts): readonly Effect[] | Refusal {
  switch (command.kind) {
    case "rerun":
    case "rebuild":
      return rerunsOf(command.kind === "rerun" ? "retry" : "rebuild", facts);
    case "mute":
      return mutesFrom(command, facts);
    case "unmute":
      return unmutesOf(command.job, facts);
    case "status":
    case "why":
    case "help":
      return [];
  }
}

function rerunsOf(what: "retry" | "rebuild", { builds, canRerun }: PlanFacts): readonly Effect[] | Refusal {
  if (!canRerun) return refused("Signalbox has no Buildkite API token, so it cannot run builds again.");
  if (builds.length === 0) return noBuild();
  const again = builds.filter(({ verdict }) => runsAgain(what, verdict));
  if (again.length === 0) return refused("No build of this commit has failed, so there is nothing to run again.");
  return again
    .filter(({ verdict }) => what === "rebuild" || !verdict.retrying)
    .map((build) => rerunEffect(build, what));
}

/** What was canceled has no failed jobs to retry, and may well be built again. */
function runsAgain(what: "retry" | "rebuild", { outcome }: Verdict): boolean {
  return isRed(outcome) || (what === "rebuild" && outcome === "canceled");
}

export function rerunEffect(
  { facts: { ref, branch }, verdict }: CommitBuild,
  what: "retry" | "rebuild",
): Extract<Effect, { kind: "rerun" }> {
  return { kind: "rerun", ...ref, branch, what, failure: failureOf(ref, verdict) };
}

interface Wish {
  readonly job: string;
  readonly everywhere: boolean;
  readonly end: MuteEnd;
  readonly reason: string | null;
}

function mutesFrom(
  { job, everywhere, end, reason }: Wish,
  { builds, fork, now }: PlanFacts,
): readonly Effect[] | Refusal {
  if (builds.length === 0) return noBuild();
  if (fork && everywhere) {
    return refused("This comes from a fork, which names its jobs itself, so they are muted on its branch only.");
  }
  const failed = builds.flatMap((build) => build.verdict.causes.map((cause) => ({ build, cause })));
  const found = failed.filter(({ cause }) => isNamed(cause, job));
  if (found.length === 0) return noSuchJob(job, [...new Set(failed.map(({ cause }) => cause.name))]);
  if (fork && found.some(({ build }) => isOnDefaultBranch(build))) return notOurBranch();
  const until = end.kind === "at" ? end.at : null;
  const effects = found.map(({ build, cause }) => muteEffect(build, cause, { everywhere, until, reason }));
  if (reason === null && needsReason(everywhere ? "jobEverywhere" : "job", until, now)) {
    return refused("A mute this long needs a reason; add because and why.");
  }
  if (until === null && effects.some(({ alert }) => alert === null)) {
    return refused("This branch has no alert that could be fixed; write for how long, such as for 4h.");
  }
  return distinct(effects);
}

/** Buildkite may be told to call the branch of a fork as the fork does. */
export function isOnDefaultBranch({ facts: { branch, defaultBranch } }: CommitBuild): boolean {
  return branch === defaultBranch;
}

export function notOurBranch(): Refusal {
  return refused("This comes from a fork, whose branch is called like the default branch here; nothing was muted.");
}

export function muteEffect(
  { facts: { ref, branch }, alert }: CommitBuild,
  { key, name }: Cause,
  { everywhere, until, reason }: { readonly everywhere: boolean; until: Instant | null; reason: string | null },
): Extract<Effect, { kind: "mute" }> {
  const { organization, pipeline } = ref;
  const named = { pipeline, job: key, name };
  const scope: MuteScope = everywhere ? { kind: "jobEverywhere", ...named } : { kind: "job", branch, ...named };
  return { kind: "mute", organization, scope, until, reason, alert };
}

function unmutesOf(job: string, { builds, mutes, now }: PlanFacts): readonly Effect[] | Refusal {
  if (builds.length === 0) return noBuild();
  const here = mutes.filter(
    (mute) => !isOver(mute, now) && builds.some(({ facts }) => isHere(mute, facts)) && mute.scope.kind !== "branch",
  );
  const found = here.filter(
    ({ scope }) => scope.kind !== "branch" && isNamed({ key: scope.job, name: scope.name }, job),
  );
  if (found.length > 0) {
    return found.map(({ organization, id, scope }) => ({ kind: "unmute", organization, mute: id, scope }));
  }
  const names = here.flatMap(({ scope }) => (scope.kind === "branch" ? [] : [scope.name]));
  const muted = names.length === 0 ? "no job is" : `muted ${names.length === 1 ? "is" : "are"} ${listed(names)}`;
  return refused(`${quoted(job)} is not muted here; ${muted}${names.length === 0 ? " muted" : ""}.`);
}

function isHere({ organization, scope }: Mute, { ref, branch }: BuildFacts): boolean {
  return organization === ref.organization && concerns(scope, { pipeline: ref.pipeline, branch });
}

function noBuild(): Refusal {
  return refused("Signalbox knows no build of this commit yet.");
}

function noSuchJob(job: string, names: readonly string[]): Refusal {
  if (names.length === 0) return refused(`${quoted(job)} has not failed here: no job of this commit is known to have.`);
  const [near] = nearest(plain(job), names.map(plain));
  const meant = names.find((name) => plain(name) === near);
  if (meant !== undefined) return refused(`${quoted(job)} has not failed here; did you mean ${quoted(meant)}?`);
  return refused(`${quoted(job)} has not failed here; what failed is ${listed(names)}.`);
}

const mostNames = 5;

function listed(names: readonly string[]): string {
  const more = names.length - mostNames;
  const shown = names.slice(0, mostNames).map(quoted).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** By its name in any case, and with or without Buildkite's emoji, which look like a picture where people read it. */
function isNamed({ key, name }: Pick<Cause, "key" | "name">, typed: string): boolean {
  return key === typed || name.toLowerCase() === typed.toLowerCase() || plain(name) === plain(typed);
}

function plain(name: string): string {
  const words = name
    .replace(/:[\w+-]{1,50}:/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return (words === "" ? name : words).toLowerCase();
}

/** Two jobs of one name are muted as one. */
function distinct(effects: readonly Effect[]): readonly Effect[] {
  return [...new Map(effects.map((effect) => [JSON.stringify(effect), effect])).values()];
}
