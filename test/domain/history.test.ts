import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeEntry,
  encodeEntry,
  type HistoryEntry,
  historyEntry,
  historyLength,
  lastGreenBefore,
  viewBranch,
} from "../../src/domain/history.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { hour, minute } from "../harness/clock.ts";
import { at, green, recovered, red, verdictWith } from "../harness/facts.ts";

const reopenWithin = 2 * hour;

function view(...entries: readonly HistoryEntry[]) {
  return viewBranch(entries, reopenWithin);
}

/** As `#first–newest`, with what ended it. */
function lastStretch(...entries: readonly HistoryEntry[]): string | null {
  const stretch = view(...entries).lastStretch;
  if (stretch === null) return null;
  const { first, newest, length, fixedBy } = stretch;
  return `#${first.number}–${newest.number} (${length}) ${fixedBy === null ? "open" : `fixed by #${fixedBy.number}`}`;
}

describe("what a build leaves in the history", () => {
  it.each<[outcome: Outcome, color: HistoryEntry["color"] | undefined]>([
    ["failing", "red"],
    ["failed", "red"],
    ["passed", "green"],
    ["running", undefined],
    ["canceled", undefined],
    ["blocked", undefined],
    ["skipped", undefined],
    ["notRun", undefined],
  ])("%s: %s", (outcome, color) => {
    expect(historyEntry(42, verdictWith({ outcome }), null)?.color).toBe(color);
  });

  it("is red since it was failing, not since it ended", () => {
    const verdict = verdictWith({ outcome: "failed", at: at(9 * minute) });
    expect(historyEntry(42, verdict, at(2 * minute))).toEqual({
      number: 42,
      color: "red",
      redAt: at(2 * minute),
      at: at(9 * minute),
    });
    expect(historyEntry(42, verdict, null)).toMatchObject({ redAt: at(9 * minute) });
  });

  it("both broke and fixed the branch when it passed on retry", () => {
    const verdict = verdictWith({ outcome: "passed", at: at(9 * minute), recoveredBuild: true });
    expect(historyEntry(42, verdict, at(2 * minute))).toEqual({
      number: 42,
      color: "recovered",
      redAt: at(2 * minute),
      at: at(9 * minute),
    });
  });

  it("was never red when it passed, whatever is known of another time", () => {
    const verdict = verdictWith({ outcome: "passed", at: at(9 * minute) });
    expect(historyEntry(42, verdict, at(20 * minute))).toMatchObject({ color: "green", redAt: at(9 * minute) });
  });

  it("is read as it was written", () => {
    const entries = fc.record<HistoryEntry>({
      number: fc.integer({ min: 1, max: 999_999_999_999 }),
      color: fc.constantFrom("red", "green", "recovered"),
      redAt: fc.nat(),
      at: fc.nat(),
    });
    fc.assert(
      fc.property(entries, (entry) => {
        expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
      }),
    );
    expect(() => decodeEntry("42:purple:1:2")).toThrow("Cannot read a history entry");
  });
});

describe("the status of a branch", () => {
  it("is unknown as long as no build was red or green", () => {
    expect(view()).toEqual({ status: "unknown", newest: null, lastStretch: null, timesBroken: 0, forgotten: 0 });
  });

  it("is that of the newest build by number", () => {
    expect(view(green(1)).status).toBe("green");
    expect(view(green(1), red(2)).status).toBe("red");
    expect(view(red(1), green(2)).status).toBe("green");
    expect(view(red(1), recovered(2, hour)).status).toBe("green");
  });

  it("is not that of an older build that ends later", () => {
    expect(view(red(1, 9 * hour), green(2, hour)).status).toBe("green");
    expect(view(green(1, 9 * hour), red(2, hour)).status).toBe("red");
  });
});

describe("the last red stretch", () => {
  it.each<[expected: string | null, ...HistoryEntry[]]>([
    [null, green(1), green(2)],
    ["#2–2 (1) open", green(1), red(2)],
    ["#2–5 (3) open", green(1), red(2), red(3), red(5)],
    ["#2–3 (2) fixed by #4", red(2), red(3), green(4), green(5)],
    ["#4–4 (1) open", red(2), green(3), red(4)],
    ["#3–3 (1) fixed by #3", green(2), recovered(3, hour)],
    ["#2–3 (2) fixed by #3", red(2), recovered(3, hour)],
    ["#2–3 (2) fixed by #4", red(2), recovered(3, hour), green(4)],
    ["#2–3 (2) fixed by #3", red(2), recovered(3, hour), green(4, 2 * hour)],
    ["#2–2 (1) fixed by #3", recovered(2, 5 * hour), green(3, hour), green(4, 6 * hour)],
    ["#4–4 (1) open", red(2), recovered(3, hour), red(4)],
    ["#3–3 (1) fixed by #3", recovered(2, hour), recovered(3, hour)],
  ])("is %s", (expected, ...entries) => {
    expect(lastStretch(...entries)).toBe(expected);
  });

  it("does not end at a build that was canceled, skipped or blocked: those have no entry", () => {
    expect(lastStretch(red(1), red(4))).toBe("#1–4 (2) open");
  });

  it("is corrected by an older build that comes late", () => {
    expect(lastStretch(red(1), red(3))).toBe("#1–3 (2) open");
    expect(lastStretch(red(1), green(2), red(3))).toBe("#3–3 (1) open");
    expect(lastStretch(red(1), red(2), red(3))).toBe("#1–3 (3) open");
  });
});

describe("the edge of the history", () => {
  const builds = (count: number) => Array.from({ length: count }, (_, i) => red(i + 1));

  it("makes a stretch that reaches it at least that long", () => {
    expect(view(...builds(historyLength)).lastStretch).toMatchObject({ length: historyLength, truncated: true });
  });

  it("is not reached when the history is not full", () => {
    expect(view(...builds(historyLength - 1)).lastStretch).toMatchObject({ truncated: false });
  });

  it("is not reached by a stretch that begins after a green build", () => {
    const [, ...others] = builds(historyLength);
    expect(view(green(1), ...others).lastStretch).toMatchObject({ length: historyLength - 1, truncated: false });
  });
});

describe("how often a branch broke within one alert", () => {
  it.each<[times: number, why: string, ...HistoryEntry[]]>([
    [0, "it was never red", green(1)],
    [1, "it broke", red(1)],
    [1, "it broke and stayed broken", red(1), red(2), red(3)],
    [1, "it broke and was fixed", red(1), green(2)],
    [2, "it broke again soon after", red(1, 0), green(2, hour), red(3, 2 * hour)],
    [2, "it broke again and was fixed", red(1, 0), green(2, hour), red(3, 2 * hour), green(4, 3 * hour)],
    [2, "just within the time", red(1, 0), green(2, hour), red(3, 3 * hour - 1)],
    [1, "just out of time", red(1, 0), green(2, hour), red(3, 3 * hour)],
    [
      3,
      "each green spell was short",
      red(1, 0),
      green(2, hour),
      red(3, 2 * hour),
      green(4, 3 * hour),
      red(5, 4 * hour),
    ],
    [
      2,
      "the spell before the last was long",
      red(1, 0),
      green(2, hour),
      red(3, 9 * hour),
      green(4, 10 * hour),
      red(5, 11 * hour),
    ],
    [
      2,
      "the green spell began with the first green build",
      red(1, 0),
      green(2, hour),
      green(3, 2.5 * hour),
      red(4, 2.9 * hour),
    ],
    [1, "green builds do not prolong the spell", red(1, 0), green(2, hour), green(3, 2.5 * hour), red(4, 3.5 * hour)],
    [2, "a retry fixed it in between", recovered(1, hour, 0), red(2, 2 * hour)],
    [2, "the next build was red before the retry of the last one passed", recovered(1, 2 * hour, 0), red(2, hour)],
  ])("%s: %s", (times, _, ...entries) => {
    expect(view(...entries).timesBroken).toBe(times);
  });

  it("is once, when no green spell is too short", () => {
    expect(viewBranch([red(1, 0), green(2, hour), red(3, hour)], 0).timesBroken).toBe(1);
  });
});

describe("the view of any history", () => {
  const histories = fc
    .array(
      fc.constantFrom(red, green, (number: number) => recovered(number, number * minute)),
      { maxLength: 12 },
    )
    .map((makers) => makers.map((make, i) => make(i + 1)));

  it("has a stretch whose numbers agree with a plain count", () => {
    fc.assert(
      fc.property(histories, (entries) => {
        const { status, lastStretch: stretch } = viewBranch(entries, reopenWithin);
        const newestRed = entries.findLastIndex(({ color }) => color !== "green");
        const before = entries.slice(0, Math.max(newestRed, 0)).findLastIndex(({ color }) => color !== "red");
        expect(stretch?.length ?? 0).toBe(newestRed < 0 ? 0 : newestRed - before);
        expect(stretch?.newest ?? null).toBe(entries[newestRed] ?? null);
        expect(stretch !== null && stretch.fixedBy === null).toBe(status === "red");
      }),
    );
  });
});

describe("the last green build before one", () => {
  const entries = [green(1), red(2), recovered(3, 9 * minute), red(4), red(5), green(6)];

  it.each([
    [1, null],
    [2, 1],
    [4, 3],
    [5, 3],
    [6, 3],
    [9, 6],
  ])("%d is %s", (number, expected) => {
    expect(lastGreenBefore(entries, number)?.number ?? null).toBe(expected);
  });
});
