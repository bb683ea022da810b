import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AlertState } from "../../src/domain/alert.ts";
import type { HistoryEntry } from "../../src/domain/history.ts";
import { hour, minute } from "../harness/clock.ts";
import { green, recovered, red } from "../harness/facts.ts";
import { watchBranch } from "./watched-branch.ts";

type Arrivals = readonly { readonly entry: HistoryEntry; readonly isLookedAt: boolean }[];

/** Short and long green spells around the two hours that tell one alert from the next. */
const gaps = fc.constantFrom(minute, 30 * minute, hour, 2 * hour, 5 * hour);
const builds = fc.record({ color: fc.constantFrom("red", "green", "recovered"), gap: gaps, retriedAfter: gaps });
const histories = fc.array(builds, { minLength: 1, maxLength: 9 }).map((made) => {
  let after = 0;
  return made.map(({ color, gap, retriedAfter }, i): HistoryEntry => {
    after += gap;
    if (color === "recovered") return recovered(i + 1, after + retriedAfter, after);
    return color === "red" ? red(i + 1, after) : green(i + 1, after);
  });
});

/** Each build once or twice, in any order; several may come between two looks. */
const deliveries = histories.chain((history) =>
  fc.record({
    history: fc.constant(history),
    arrivals: fc
      .tuple(
        fc.shuffledSubarray([...history], { minLength: history.length }),
        fc.shuffledSubarray([...history]),
        fc.array(fc.boolean(), { minLength: 2 * history.length, maxLength: 2 * history.length }),
      )
      .map(
        ([all, again, looks]): Arrivals =>
          [...all, ...again].map((entry, i) => ({ entry, isLookedAt: looks[i] ?? true })),
      ),
  }),
);

function watch(arrivals: Arrivals) {
  const branch = watchBranch();
  for (const { entry, isLookedAt } of arrivals) {
    branch.hasSeen(entry);
    if (isLookedAt) branch.looks();
  }
  branch.looks();
  return branch;
}

function inOrder(history: readonly HistoryEntry[]): Arrivals {
  return history.map((entry) => ({ entry, isLookedAt: true }));
}

/** What must not depend on the order; the name, its predecessor and what the thread told may. */
function picture(state: AlertState | null) {
  if (state === null) return null;
  const { id: _, previous: __, toldJobs: ___, ...rest } = state;
  return rest;
}

describe("builds that arrive in any order, twice, and several at once", () => {
  it("leave the view that they leave in order", () => {
    fc.assert(
      fc.property(deliveries, ({ history, arrivals }) => {
        expect(watch(arrivals).view).toEqual(watch(inOrder(history)).view);
      }),
    );
  });

  it("leave the alert of a red branch that they leave in order", () => {
    const redAtLast = deliveries.filter(({ history }) => history.at(-1)?.color === "red");
    fc.assert(
      fc.property(redAtLast, ({ history, arrivals }) => {
        const expected = picture(watch(inOrder(history)).state);
        expect(expected).toMatchObject({ status: "failing", newest: { number: history.length } });
        expect(picture(watch(arrivals).state)).toEqual(expected);
      }),
    );
  });

  it("leave the alert of a green branch fixed as in order, or none when nobody looked while it was red", () => {
    const greenAtLast = deliveries.filter(({ history }) => history.at(-1)?.color !== "red");
    fc.assert(
      fc.property(greenAtLast, ({ history, arrivals }) => {
        const { state } = watch(arrivals);
        if (state === null) return;
        expect(state.status).toBe("fixed");
        expect(picture(state)).toEqual(picture(watch(inOrder(history)).state));
      }),
    );
  });
});

type Change = "fails" | "passes" | "is canceled";

/** One build after the other of its states, as Buildkite allows them: its first failure stays its first. */
class Build {
  readonly #number: number;
  entry: HistoryEntry | null = null;
  #passed: HistoryEntry | null = null;
  #redAfter: number | null = null;
  #isOver = false;

  constructor(number: number) {
    this.#number = number;
  }

  change(change: Change, after: number): void {
    if (this.#isOver) return;
    if (change === "fails") {
      this.#redAfter ??= after;
      this.entry = red(this.#number, this.#redAfter, after);
    } else if (change === "passes") {
      const since = this.#redAfter;
      this.#passed = since === null ? green(this.#number, after) : recovered(this.#number, after, since);
      this.entry = this.#passed;
    } else {
      // A failure that never became an end is taken back.
      this.entry = this.#passed;
      this.#isOver = true;
    }
  }
}

/** A thread that tells of a fix, of the next break, of the next fix, and ends with what is. */
function expectTurns(thread: readonly string[], status: "red" | "green" | "unknown"): void {
  const turns = thread.flatMap((line) => /fixed|broke again/.exec(line) ?? []);
  const expected = turns.map((_, i) => (i % 2 === 0 ? "fixed" : "broke again"));
  expect(turns).toEqual(expected);
  if (turns.length > 0) expect(turns.at(-1)).toBe(status === "red" ? "broke again" : "fixed");
}

describe("builds that fail, pass and fail again in any way", () => {
  const steps = fc.array(
    fc.record({
      number: fc.integer({ min: 1, max: 5 }),
      change: fc.constantFrom<Change>("fails", "passes", "is canceled"),
      gap: gaps,
    }),
    { maxLength: 25 },
  );

  it("leave an alert that agrees with the branch, and a thread that tells each turn once", () => {
    fc.assert(
      fc.property(steps, (story) => {
        const branch = watchBranch({ jobs: { 2: ["Lint"], 4: ["Lint", "Docs"] } });
        const made = Array.from({ length: 5 }, (_, i) => new Build(i + 1));
        let after = 0;
        for (const { number, change, gap } of story) {
          after += gap;
          const build = made[number - 1];
          build?.change(change, after);
          const entry = build?.entry ?? null;
          if (entry === null) branch.forgets(number).looks();
          else branch.sees(entry);
          expect(branch.state?.status ?? "fixed").toBe(branch.view.status === "red" ? "failing" : "fixed");
          expectTurns(branch.thread, branch.view.status);
        }
      }),
      { numRuns: 200 },
    );
  });
});
