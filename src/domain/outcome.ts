/**
 * The outcome of a build, from its facts. Buildkite numbers no versions and a finished build may resume (a retry, an
 * unblocked step), so facts keep the latest end of each kind, and the latest decides.
 */
import type { Instant } from "../clock.ts";
import type { BuildSnapshot } from "./build.ts";

export type Outcome = "running" | "failing" | "passed" | "failed" | "canceled" | "blocked" | "skipped" | "notRun";

/** The ways a build can end, for now. Zero stands for "ended, Buildkite did not say when". */
export const endings = ["passed", "failed", "canceled", "blocked", "skipped", "notRun"] as const;
export type Ending = (typeof endings)[number];
export type Endings = { readonly [K in Ending]: Instant | null };

export function endingOf(build: Pick<BuildSnapshot, "state" | "blocked">): Ending | null {
  switch (build.state) {
    case "canceled":
    case "skipped":
    case "blocked":
      return build.state;
    case "not_run":
      return "notRun";
    case "passed":
    case "failed":
      // A blocked build says one of these two as well: whoever forgets this announces a false "fixed".
      return build.blocked ? "blocked" : build.state;
    default:
      return build.blocked ? "blocked" : null;
  }
}

export interface OutcomeFacts {
  readonly endings: Endings;
  readonly failingAt: Instant | null;
  /** Jobs that failed hard and that no later attempt supersedes. */
  readonly causes: number;
}

export interface DatedOutcome {
  readonly outcome: Outcome;
  /** When it came about; null when nobody said. */
  readonly at: Instant | null;
}

/**
 * Red stays red until something green: a retry of a failed build that is canceled half-way proves nothing.
 * At the same second (the resolution of webhooks) the jobs decide between passed and failed.
 */
export function outcomeOf(facts: OutcomeFacts): DatedOutcome {
  const { passed, failed, canceled, blocked, skipped, notRun } = facts.endings;
  const conclusive = conclusiveEnding(passed, failed, facts.causes);
  // A block step does not heal a job that failed; a build that waits behind one after its jobs recovered is not red.
  const held = facts.causes === 0 ? blocked : null;
  const lastEnd = Math.max(conclusive?.at ?? -1, canceled ?? -1, held ?? -1);
  if (facts.failingAt !== null && facts.failingAt > lastEnd) return { outcome: "failing", at: facts.failingAt };
  if (conclusive !== null) return conclusive;
  if (canceled !== null) return { outcome: "canceled", at: canceled || null };
  if (blocked !== null) return { outcome: "blocked", at: blocked || null };
  if (skipped !== null) return { outcome: "skipped", at: skipped || null };
  if (notRun !== null) return { outcome: "notRun", at: notRun || null };
  return { outcome: "running", at: null };
}

function conclusiveEnding(passed: Instant | null, failed: Instant | null, causes: number): DatedOutcome | null {
  if (passed === null && failed === null) return null;
  const green = failed === null || (passed !== null && (passed > failed || (passed === failed && causes === 0)));
  const at = green ? passed : failed;
  return { outcome: green ? "passed" : "failed", at: at || null };
}

export function isRed(outcome: Outcome): outcome is "failing" | "failed" {
  return outcome === "failing" || outcome === "failed";
}
