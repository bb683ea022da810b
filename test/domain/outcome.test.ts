import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BuildSnapshot } from "../../src/domain/build.ts";
import { type Ending, endingOf, endings, isRed, type Outcome, outcomeOf } from "../../src/domain/outcome.ts";
import { minute } from "../harness/clock.ts";
import { at, buildSnapshot, endingsOf, factsFrom } from "../harness/facts.ts";

/** Every state that Buildkite documents, and the end it is, if it is one. */
const ends: readonly [state: string, ending: Ending | null][] = [
  ["creating", null],
  ["scheduled", null],
  ["running", null],
  ["failing", null],
  ["waiting", null],
  ["waiting_failed", null],
  ["canceling", null],
  ["a_word_of_tomorrow", null],
  ["passed", "passed"],
  ["failed", "failed"],
  ["blocked", "blocked"],
  ["canceled", "canceled"],
  ["skipped", "skipped"],
  ["not_run", "notRun"],
];

describe("what end a snapshot tells of", () => {
  it.each(ends)("%s: %s", (state, ending) => {
    expect(endingOf({ state, blocked: false })).toBe(ending);
  });

  it.each(["passed", "failed", "running"])("%s while a block step holds the build: blocked", (state) => {
    expect(endingOf({ state, blocked: true })).toBe("blocked");
  });
});

interface Told {
  readonly passed?: number;
  readonly failed?: number;
  readonly canceled?: number;
  readonly blocked?: number;
  readonly skipped?: number;
  readonly notRun?: number;
  readonly failingAt?: number;
  readonly causes?: number;
}

const merged: readonly [told: Told, outcome: Outcome, at: number | null, why: string][] = [
  [{}, "running", null, "nothing ended"],
  [{ causes: 3 }, "running", null, "jobs alone never make a build red"],
  [{ failingAt: 5 }, "failing", 5, ""],
  [{ passed: 9 }, "passed", 9, ""],
  [{ passed: 9, causes: 1 }, "passed", 9, "the build says whether it passed, not its jobs"],
  [{ failed: 9 }, "failed", 9, "also without a job that explains it"],
  [{ canceled: 9 }, "canceled", 9, ""],
  [{ blocked: 9 }, "blocked", 9, ""],
  [{ skipped: 9 }, "skipped", 9, ""],
  [{ notRun: 9 }, "notRun", 9, ""],
  [{ failingAt: 5, failed: 9 }, "failed", 9, ""],
  [{ failingAt: 5, passed: 9 }, "passed", 9, "retried while it ran"],
  [{ failingAt: 5, canceled: 9 }, "canceled", 9, "given up before it ended"],
  [{ failingAt: 5, blocked: 9 }, "blocked", 9, "held before it ended"],
  [{ failed: 5, passed: 9 }, "passed", 9, "passed on retry"],
  [{ passed: 5, failed: 9 }, "failed", 9, "a job that had passed was retried"],
  [{ passed: 5, failingAt: 7 }, "failing", 7, "a job that had passed was retried"],
  [{ passed: 5, failingAt: 7, canceled: 9 }, "passed", 5, "the retry was given up before it ended"],
  [{ failed: 5, canceled: 9 }, "failed", 5, "a retry that is given up proves nothing"],
  [{ failed: 5, blocked: 9 }, "failed", 5, "a block step that comes later proves nothing"],
  [{ blocked: 5, passed: 9 }, "passed", 9, "unblocked"],
  [{ blocked: 5, failed: 9 }, "failed", 9, "unblocked"],
  [{ blocked: 5, failingAt: 7 }, "failing", 7, "unblocked"],
  [{ blocked: 5, canceled: 9 }, "canceled", 9, "unblocked"],
  [{ failed: 9, passed: 9, causes: 1 }, "failed", 9, "in the same second the jobs decide"],
  [{ failed: 9, passed: 9, causes: 0 }, "passed", 9, "in the same second the jobs decide"],
  [{ failingAt: 9, failed: 9 }, "failed", 9, "in the same second the end is later"],
  [{ failingAt: 9, passed: 9 }, "passed", 9, "in the same second the end is later"],
  [{ failingAt: 9, canceled: 9 }, "canceled", 9, "in the same second the end is later"],
  [{ blocked: 9, passed: 9 }, "passed", 9, "in the same second what decides more wins"],
  [{ blocked: 9, failed: 9 }, "failed", 9, "in the same second what decides more wins"],
  [{ canceled: 9, failed: 9 }, "failed", 9, "in the same second what decides more wins"],
  [{ failed: 0 }, "failed", null, "ended, nobody said when"],
  [{ passed: 0 }, "passed", null, "ended, nobody said when"],
  [{ canceled: 0 }, "canceled", null, "ended, nobody said when"],
  [{ blocked: 0 }, "blocked", null, "ended, nobody said when"],
  [{ skipped: 0 }, "skipped", null, "ended, nobody said when"],
  [{ notRun: 0 }, "notRun", null, "ended, nobody said when"],
];

describe("the outcome of merged facts", () => {
  it.each(merged)("%j: %s at %s (%s)", ({ failingAt = null, causes = 0, ...told }, outcome, time) => {
    expect(outcomeOf({ endings: endingsOf(told), failingAt, causes })).toEqual({ outcome, at: time });
  });

  it("is red when failing or failed, and only then", () => {
    const outcomes: Outcome[] = ["running", "failing", ...endings];
    expect(outcomes.filter(isRed)).toEqual(["failing", "failed"]);
  });
});

function seen(state: string, minutes: number, over: Partial<BuildSnapshot> = {}): BuildSnapshot {
  const ended = endingOf({ state, blocked: over.blocked ?? false }) !== null;
  return buildSnapshot({ state, finishedAt: ended ? at(minutes * minute) : null, ...over });
}

const broke = { failingAt: at(2 * minute) };
const scheduled = seen("scheduled", 0, { startedAt: null });
const running = seen("running", 1);
const failing = seen("failing", 2, broke);
const failed = seen("failed", 5, broke);
const resumed = seen("running", 6, broke);
const held = { blocked: true };

const stories: readonly [story: string, snapshots: readonly BuildSnapshot[], outcome: Outcome][] = [
  ["waits", [scheduled], "running"],
  ["passes", [scheduled, running, seen("passed", 5)], "passed"],
  ["fails", [scheduled, running, failing, failed], "failed"],
  ["fails, and nobody heard that it was failing", [running, seen("failed", 5)], "failed"],
  ["is failing", [scheduled, running, failing], "failing"],
  ["is failing, in a snapshot without the time of it", [running, seen("failing", 2)], "failing"],
  ["was failing, and its job is retried while it runs", [running, failing, seen("running", 3, broke)], "failing"],
  ["was failing, and its job passed on retry while it ran", [running, failing, seen("passed", 5, broke)], "passed"],
  ["is canceled", [running, seen("canceling", 4), seen("canceled", 5)], "canceled"],
  ["is canceled after it was failing", [running, failing, seen("canceled", 5, broke)], "canceled"],
  ["is skipped for a newer build", [scheduled, seen("skipped", 1, { startedAt: null })], "skipped"],
  ["had nothing to run", [scheduled, seen("not_run", 1, { startedAt: null })], "notRun"],
  ["waits behind a block step", [running, seen("passed", 5, held)], "blocked"],
  ["waits behind a block step that looks failed", [running, seen("failed", 5, held)], "blocked"],
  ["waits behind a block step that looks running", [running, seen("running", 5, held)], "blocked"],
  ["waits behind a block step, without a time", [running, seen("passed", 5, { ...held, finishedAt: null })], "blocked"],
  ["was unblocked and passed", [running, seen("passed", 5, held), seen("running", 6), seen("passed", 9)], "passed"],
  ["was unblocked and failed", [running, seen("failed", 5, held), seen("running", 6), seen("failed", 9)], "failed"],
  ["was unblocked and runs", [running, seen("passed", 5, held), seen("running", 6)], "blocked"],
  ["was unblocked and then canceled", [running, seen("passed", 5, held), seen("canceled", 9)], "canceled"],
  ["failed and is being retried", [running, failing, failed, resumed], "failed"],
  ["failed and passed on retry", [running, failing, failed, resumed, seen("passed", 9, broke)], "passed"],
  ["failed twice", [running, failing, failed, resumed, seen("failed", 9, broke)], "failed"],
  ["failed, and its retry was canceled", [running, failed, resumed, seen("canceled", 9, broke)], "failed"],
  ["passed, and a retry of a green job runs", [running, seen("passed", 5), seen("running", 6)], "passed"],
  [
    "passed, and a retry of a green job fails",
    [running, seen("passed", 5), seen("failing", 7, { failingAt: at(7 * minute) })],
    "failing",
  ],
  ["passed, and failed when a green job was retried", [running, seen("passed", 5), seen("failed", 9)], "failed"],
  ["passed, without a time", [running, seen("passed", 5, { finishedAt: null })], "passed"],
  ["failed, without a time", [running, failing, seen("failed", 5, { ...broke, finishedAt: null })], "failed"],
];

describe("the outcome of a build that", () => {
  it.each(stories)("%s, in any order and however often its snapshots come", (_, snapshots, outcome) => {
    const deliveries = fc.shuffledSubarray([...snapshots, ...snapshots], { minLength: 2 * snapshots.length });
    const expected = outcomeOf({ ...factsFrom(snapshots), causes: 0 });

    expect(expected.outcome).toBe(outcome);
    fc.assert(
      fc.property(deliveries, (delivered) => {
        expect(outcomeOf({ ...factsFrom(delivered), causes: 0 })).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});
