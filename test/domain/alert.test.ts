import { describe, expect, it } from "vitest";
import { type AlertFacts, AlertState, alertId, decideAlert } from "../../src/domain/alert.ts";
import { type HistoryEntry, historyLength, viewBranch } from "../../src/domain/history.ts";
import { AlertId, Channel, Pipeline } from "../../src/domain/ids.ts";
import { hour, minute } from "../harness/clock.ts";
import { at, causeOf, green, mainBranch, recovered, red, summaryOf, verdictWith } from "../harness/facts.ts";
import { watchBranch } from "./watched-branch.ts";

describe("an alert opens", () => {
  it("when the branch turns red, and the thread has nothing to tell yet", () => {
    const main = watchBranch();
    expect(main.sees(green(1))).toBeNull();
    expect(main.sees(red(2))).toEqual({
      opens: true,
      notes: [],
      state: {
        ...mainBranch,
        id: alertId(mainBranch, 2),
        status: "failing",
        pipelineName: "Payments API",
        repository: "acme/payments-api",
        channel: "C0ALERTS",
        previous: null,
        timesBroken: 1,
        streak: 1,
        streakTruncated: false,
        since: summaryOf(2),
        newest: summaryOf(2),
        verdict: verdictWith({ at: at(2 * minute), causes: [causeOf("Specs")] }),
        flakes: {},
        toldJobs: ["Specs"],
      },
    });
  });

  it("with the streak as it is, when nobody looked before", () => {
    const { state } = watchBranch().hasSeen(red(1), red(2), red(4)).looks() ?? {};
    expect(state).toMatchObject({ streak: 3, since: { number: 1 }, newest: { number: 4 } });
  });

  it("for nothing that is green, unknown, or red without facts", () => {
    expect(watchBranch().looks()).toBeNull();
    expect(watchBranch().hasSeen(green(1)).looks()).toBeNull();
    expect(watchBranch().hasSeen(red(1), green(2)).looks()).toBeNull();
    expect(watchBranch().hasSeen(red(1)).looks({ red: null })).toBeNull();
  });

  it("also when nobody knows which jobs failed", () => {
    const { state } = watchBranch({ jobs: { 1: [] } }).sees(red(1)) ?? {};
    expect(state).toMatchObject({ status: "failing", verdict: { causes: [], jobsUnknown: true }, toldJobs: [] });
  });
});

describe("the name of an alert", () => {
  it("is the same for the same branch and the same first red build, and never for others", () => {
    const other = { ...mainBranch, pipeline: Pipeline.parse("other") };
    const names = [
      alertId(mainBranch, 1),
      alertId(mainBranch, 2),
      alertId({ ...mainBranch, branch: "release" }, 1),
      alertId(other, 1),
    ];
    expect(alertId({ ...mainBranch }, 1)).toBe(names[0]);
    expect(new Set(names).size).toBe(names.length);
    expect(names.map((name) => AlertId.safeParse(name).success)).not.toContain(false);
  });

  it("cannot be made to collide by moving text from one part to the other", () => {
    const a = alertId({ ...mainBranch, pipeline: Pipeline.parse("a"), branch: "b/c" }, 1);
    const b = alertId({ ...mainBranch, pipeline: Pipeline.parse("a-b"), branch: "c" }, 1);
    expect(a).not.toBe(b);
  });
});

describe("an open alert", () => {
  it("follows the streak in place, and its thread stays silent about the same failure", () => {
    const main = watchBranch().hasSeen(red(1));
    const { id } = main.open();
    for (const [number, streak] of [
      [2, 2],
      [5, 3],
      [6, 4],
    ] as const) {
      const { state } = main.sees(red(number)) ?? {};
      expect(state).toMatchObject({ id, streak, since: summaryOf(1), newest: summaryOf(number), previous: null });
    }
    expect(main.thread).toEqual(["#5 still failing, 3 in a row"]);
  });

  it("fills up while its newest build tells of more jobs, without a note", () => {
    const main = watchBranch().hasSeen(red(1));
    main.open();
    const { state } = main.sees(red(1), { jobs: ["Specs", "Lint"] }) ?? {};
    expect(state).toMatchObject({ toldJobs: ["Specs", "Lint"] });
    expect(main.thread).toEqual([]);
  });

  it("tells of another job that a later build breaks, once", () => {
    const main = watchBranch({ jobs: { 2: ["Specs", "Lint"], 3: ["Lint"], 4: ["Lint", "Docs", "Unit"] } });
    for (const number of [1, 2, 3, 4]) main.sees(red(number));
    expect(main.thread).toEqual(["#2 also broken: Lint", "#3 still failing, 3 in a row", "#4 also broken: Docs, Unit"]);
  });

  it("remembers what it told when a job comes back", () => {
    const main = watchBranch({ jobs: { 2: ["Lint"], 3: ["Specs"] } });
    for (const number of [1, 2, 3]) main.sees(red(number));
    expect(main.thread).toEqual(["#2 also broken: Lint", "#3 still failing, 3 in a row"]);
  });

  it("tells of the 3rd, 10th, 30th and 100th red build in a row", () => {
    const main = watchBranch();
    for (let number = 1; number <= 120; number += 1) main.sees(red(number));
    expect(main.thread).toEqual([
      "#3 still failing, 3 in a row",
      "#10 still failing, 10 in a row",
      "#30 still failing, 30 in a row",
      "#100 still failing, 100 in a row",
    ]);
  });

  it("tells of a long streak also when several builds came at once", () => {
    const main = watchBranch();
    main.sees(red(1));
    main.hasSeen(red(2), red(3), red(4)).looks();
    main.sees(red(5));
    main.hasSeen(...Array.from({ length: 30 }, (_, i) => red(6 + i))).looks();
    expect(main.thread).toEqual(["#4 still failing, 4 in a row", "#35 still failing, 35 in a row"]);
  });

  it("says at least so many when the streak is longer than the history", () => {
    const main = watchBranch().hasSeen(...Array.from({ length: historyLength }, (_, i) => red(i + 1)));
    expect(main.looks()?.state).toMatchObject({ streak: historyLength, streakTruncated: true });
  });

  it("stays as it is while nothing is known of the red build, for instance when its facts have expired", () => {
    const main = watchBranch().hasSeen(red(1));
    main.open();
    expect(main.looks({ red: null })).toBeNull();
    expect(main.state).toMatchObject({ status: "failing" });
  });

  it("keeps its channel when the routes change", () => {
    const main = watchBranch().hasSeen(red(1));
    main.open();
    main.hasSeen(red(2));
    const { state } = main.looks({ channel: Channel.parse("C0OTHER") }) ?? {};
    expect(state).toMatchObject({ channel: "C0ALERTS", newest: { number: 2 } });
  });

  it("follows the outcome of its newest build", () => {
    const main = watchBranch();
    expect(main.sees(red(1), { verdict: { outcome: "failing" } })?.state.verdict.outcome).toBe("failing");
    expect(main.sees(red(1), { verdict: { outcome: "failed" } })?.state.verdict.outcome).toBe("failed");
    expect(main.thread).toEqual([]);
  });
});

describe("an alert is fixed", () => {
  it("by a later green build", () => {
    const main = watchBranch().hasSeen(red(1), red(2));
    const { id } = main.open();
    expect(main.sees(green(3))).toEqual({
      opens: false,
      state: expect.objectContaining({
        id,
        status: "fixed",
        fixed: { by: "build", build: summaryOf(3), at: at(3 * minute) },
        streak: 2,
        since: summaryOf(1),
        newest: summaryOf(2),
      }),
      notes: [
        {
          id: expect.any(String),
          note: { kind: "fixed", by: "build", build: 3, person: "Ada Lovelace", recovered: [], after: 2 * minute },
        },
      ],
    });
  });

  it("by a retry of its newest build, and names the jobs that passed only then", () => {
    const main = watchBranch().hasSeen(red(1), red(2));
    main.open();
    const { state, notes } = main.sees(recovered(2, hour), { verdict: { recovered: ["Specs"] } }) ?? {};
    expect(state).toMatchObject({ fixed: { by: "retry", build: { number: 2 }, at: at(hour) }, streak: 2 });
    expect(notes).toMatchObject([{ note: { by: "retry", build: 2, recovered: ["Specs"], after: hour - minute } }]);
  });

  it("when its only red build is withdrawn, at the time of the look", () => {
    const main = watchBranch().hasSeen(red(1));
    main.open();
    main.forgets(1);
    expect(main.looks({ now: at(hour) })).toMatchObject({
      state: { fixed: { by: "withdrawn", build: null, at: at(hour) }, newest: { number: 1 }, streak: 1 },
      notes: [{ note: { by: "withdrawn", build: 1, person: null } }],
    });
    expect(main.looks({ now: at(2 * hour) })?.state).toMatchObject({ fixed: { at: at(hour) } });
  });

  it("when its red build is withdrawn and an older one is green", () => {
    const main = watchBranch().hasSeen(green(1), red(2));
    main.open();
    main.forgets(2);
    expect(main.looks()?.state).toMatchObject({ status: "fixed", fixed: { by: "withdrawn" } });
  });

  it("not when one of several red builds is withdrawn", () => {
    const main = watchBranch().hasSeen(red(1), red(2));
    main.open();
    main.forgets(2);
    expect(main.looks()?.state).toMatchObject({ status: "failing", streak: 1, newest: { number: 1 } });
    expect(main.thread).toEqual([]);
  });

  it("by a build also when the facts of the red one have expired in the meantime", () => {
    const main = watchBranch().hasSeen(red(1), red(2));
    main.open();
    main.hasSeen(green(3));
    expect(main.looks({ red: null })).toMatchObject({
      state: {
        status: "fixed",
        fixed: { by: "build", build: { number: 3 }, at: at(3 * minute) },
        newest: { number: 2 },
      },
      notes: [{ note: { kind: "fixed", by: "build", build: 3 } }],
    });
  });

  it("without a build when nobody knows the one that fixed it any more", () => {
    const main = watchBranch().hasSeen(red(1));
    main.open();
    main.hasSeen(green(2));
    expect(main.looks({ green: null })).toMatchObject({
      state: { fixed: { by: "build", build: null, at: at(2 * minute) } },
      notes: [{ note: { build: 2, person: null } }],
    });
  });

  it("never before it was red, whatever the clocks say", () => {
    const main = watchBranch().hasSeen(red(1, hour));
    main.open();
    expect(main.sees(green(2, minute))?.notes).toMatchObject([{ note: { after: 0 } }]);
  });
});

describe("a fixed alert", () => {
  it("is the same alert when the branch breaks again soon, and counts it", () => {
    const main = watchBranch().hasSeen(red(1, 0));
    const { id } = main.open();
    main.sees(green(2, hour));
    const again = main.sees(red(3, 3 * hour - 1), { jobs: ["Specs", "Lint"] });
    expect(again).toMatchObject({
      state: { id, status: "failing", previous: null, timesBroken: 2, streak: 1, toldJobs: ["Specs", "Lint"] },
      notes: [{ note: { kind: "brokeAgain", build: 3, person: "Ada Lovelace", timesBroken: 2 } }],
    });
    expect(again?.state).not.toHaveProperty("fixed");
    main.sees(green(4, 3 * hour));
    main.sees(red(5, 4 * hour));
    expect(main.state).toMatchObject({ id, timesBroken: 3 });
    expect(main.thread).toEqual(["#2 fixed: build", "#3 broke again: 2", "#4 fixed: build", "#5 broke again: 3"]);
  });

  it("stays fixed when the branch breaks again later, and the new one names it", () => {
    const main = watchBranch().hasSeen(red(1, 0));
    const { id } = main.open();
    main.sees(green(2, hour));
    expect(main.sees(red(3, 3 * hour))).toMatchObject({
      state: { id: alertId(mainBranch, 3), previous: id, timesBroken: 1, streak: 1, since: { number: 3 } },
      notes: [],
    });
  });

  it("is followed by a new one at once when no green spell is too short", () => {
    const main = watchBranch({ reopenWithin: 0 }).hasSeen(red(1));
    const { id } = main.open();
    main.sees(green(2));
    expect(main.sees(red(3))).toMatchObject({ state: { previous: id, timesBroken: 1 }, notes: [] });
  });

  it("hands its name on, and the new one keeps it through all that follows", () => {
    const main = watchBranch().hasSeen(red(1, 0));
    const { id } = main.open();
    for (const entry of [green(2, hour), red(3, 9 * hour), red(4, 10 * hour), green(5, 11 * hour), red(6, 12 * hour)]) {
      main.sees(entry);
    }
    expect(main.state).toMatchObject({ id: alertId(mainBranch, 3), previous: id, timesBroken: 2 });
  });

  it("is the same alert when the build that fixed it fails after all, however late", () => {
    const main = watchBranch().hasSeen(red(1));
    const { id } = main.open();
    main.sees(recovered(1, hour));
    expect(main.sees(red(1, minute, 9 * hour))?.state).toMatchObject({ id, status: "failing" });
    expect(main.thread).toEqual(["#1 fixed: retry", "#1 broke again: 1"]);
  });

  it("is the same alert also when all that is known of that failure is its time", () => {
    const main = watchBranch().hasSeen(red(1));
    const { id } = main.open();
    main.sees(recovered(1, hour));
    expect(main.sees(red(1, 9 * hour))?.state).toMatchObject({ id, status: "failing", previous: null });
  });

  it("tells each turn of a build that goes back and forth", () => {
    const main = watchBranch().hasSeen(red(1));
    main.open();
    main.sees(recovered(1, hour));
    main.sees(red(1, minute, 2 * hour));
    main.sees(recovered(1, 3 * hour));
    main.sees(red(1, minute, 4 * hour));
    main.sees(recovered(1, 5 * hour));
    expect(main.thread.filter((line) => line.includes("fixed"))).toHaveLength(3);
    expect(main.thread.filter((line) => line.includes("broke again"))).toHaveLength(2);
  });

  it("tells the jobs anew that fail when the branch breaks again", () => {
    const main = watchBranch({ jobs: { 3: ["Lint"], 4: ["Specs"] } }).hasSeen(red(1, 0));
    main.open();
    main.sees(green(2, hour));
    main.sees(red(3, 1.5 * hour));
    main.sees(red(4, 1.6 * hour));
    expect(main.thread).toEqual(["#2 fixed: build", "#3 broke again: 2", "#4 also broken: Specs"]);
  });
});

describe("an older build that comes late", () => {
  it("corrects the count and since when, and nothing else", () => {
    const main = watchBranch().hasSeen(red(3));
    const { id } = main.open();
    expect(main.sees(red(2))?.state).toMatchObject({ id, streak: 2, since: { number: 2 }, newest: { number: 3 } });
    expect(main.sees(green(1))?.state).toEqual(main.state);
    expect(main.thread).toEqual([]);
  });

  it("shortens the streak when it is green", () => {
    const main = watchBranch().hasSeen(red(1), red(3));
    const { id } = main.open();
    expect(main.sees(green(2))?.state).toMatchObject({ id, status: "failing", streak: 1, since: { number: 3 } });
    expect(main.thread).toEqual([]);
  });

  it("opens no alert on a green branch", () => {
    const main = watchBranch().hasSeen(green(5));
    expect(main.sees(red(4))).toBeNull();
  });

  it("reopens nothing, and is counted in what was fixed", () => {
    const main = watchBranch().hasSeen(red(2));
    main.open();
    main.sees(green(3));
    expect(main.sees(red(1))?.state).toMatchObject({ status: "fixed", streak: 2, since: { number: 1 } });
    expect(main.thread).toEqual(["#3 fixed: build"]);
  });

  it("fixes nothing", () => {
    const main = watchBranch().hasSeen(red(2));
    main.open();
    expect(main.sees(green(1, 9 * hour))?.state).toMatchObject({ status: "failing" });
    expect(main.sees(recovered(1, 10 * hour))?.state).toMatchObject({ status: "failing" });
    expect(main.thread).toEqual([]);
  });

  it("does not take back what fixed the alert when it is canceled", () => {
    const main = watchBranch().hasSeen(red(1));
    main.open();
    main.sees(red(2));
    main.sees(green(3));
    main.forgets(2);
    expect(main.looks()?.state).toMatchObject({
      fixed: { by: "build", build: { number: 3 }, at: at(3 * minute) },
      streak: 1,
      newest: { number: 1 },
    });
    expect(main.thread).toEqual(["#3 fixed: build"]);
  });
});

describe("a decision", () => {
  it("is made from what it is given alone", () => {
    const entries: HistoryEntry[] = [red(1), red(2)];
    const facts: AlertFacts = Object.freeze({
      ref: mainBranch,
      channel: Channel.parse("C0ALERTS"),
      pipelineName: "Payments API",
      repository: null,
      since: summaryOf(1),
      newest: summaryOf(2),
      verdict: verdictWith({ causes: [causeOf("Specs")] }),
      flakes: { Specs: 3 },
    });
    const decide = () => decideAlert(null, viewBranch(entries, hour), facts, null, { reopenWithin: hour }, at(0));
    expect(decide()).toEqual(decide());
    expect(AlertState.parse(decide()?.state)).toMatchObject({ flakes: { Specs: 3 }, repository: null });
  });
});
