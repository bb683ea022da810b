import { describe, expect, it } from "vitest";
import type { BuildSnapshot, JobSnapshot } from "../../src/domain/build.ts";
import { childName, Verdict, verdictOf } from "../../src/domain/verdict.ts";
import { minute } from "../harness/clock.ts";
import { at, buildFacts, buildSnapshot, factsFrom, jobId, jobSnapshot, pipeline } from "../harness/facts.ts";

const noChildren = new Map<string, string[]>();

function ended(state: string, over: Partial<BuildSnapshot> = {}): BuildSnapshot {
  return buildSnapshot({ state, finishedAt: at(9 * minute), ...over });
}

const failing = buildSnapshot({ state: "failing", failingAt: at(2 * minute) });
const failed = ended("failed", { failingAt: at(2 * minute) });

function job(name: string, state: string, over: Parameters<typeof jobSnapshot>[0] = {}): JobSnapshot {
  return jobSnapshot({ name, state, finishedAt: at(3 * minute), ...over });
}

function judge(build: BuildSnapshot | readonly BuildSnapshot[], jobs: readonly JobSnapshot[] = []): Verdict {
  return verdictOf(factsFrom([build].flat(), jobs), noChildren);
}

function namesOf({ causes }: Verdict): string[] {
  return causes.map(({ name }) => name);
}

describe("which jobs made a build fail, by the rows of the decision table", () => {
  const broken = job("Specs", "failed", { exitStatus: 1 });

  it("1: an attempt that another one follows is not a cause, however that is told", () => {
    const again = job("Specs", "failed", { id: "b0" });
    const bySource = job("Specs", "failed", { id: "b0", retryOf: jobId("a0") });

    expect(namesOf(judge(failed, [job("Specs", "failed", { id: "a0", retried: true }), again]))).toEqual(["Specs"]);
    expect(namesOf(judge(failed, [job("Specs", "failed", { id: "a0", retriedIn: jobId("b0") }), again]))).toEqual([
      "Specs",
    ]);
    expect(namesOf(judge(failed, [job("Specs", "failed", { id: "a0" }), bySource]))).toEqual(["Specs"]);
    expect(namesOf(judge(failed, [bySource]))).toEqual(["Specs"]);
  });

  it("1: only the last of a chain of attempts counts", () => {
    const attempts = [
      job("Specs", "failed", { id: "a0", retriedIn: jobId("b0") }),
      job("Specs", "timed_out", { id: "b0", retryOf: jobId("a0"), retriedIn: jobId("c0") }),
      job("Specs", "failed", { id: "c0", retryOf: jobId("b0"), exitStatus: 2 }),
    ];
    const { causes, failedJobs, totalJobs } = judge(failed, attempts);

    expect(causes).toMatchObject([{ jobId: "c0", kind: "failed", exitStatus: 2 }]);
    expect({ failedJobs, totalJobs }).toEqual({ failedJobs: 1, totalJobs: 1 });
  });

  it("1: a failed attempt whose retry still runs explains a red build that nothing else explains", () => {
    const attempt = job("Specs", "failed", { id: "a0", retriedIn: jobId("b0") });
    const retry = job("Specs", "running", { id: "b0", retryOf: jobId("a0"), finishedAt: null });

    expect(judge(failed, [attempt])).toMatchObject({ causes: [{ jobId: "a0" }], retrying: true, jobsUnknown: false });
    expect(judge(failed, [attempt, retry])).toMatchObject({ failedJobs: 1, totalJobs: 1, retrying: true });
    expect(namesOf(judge(failed, [attempt, retry, job("Unit", "canceled")]))).toEqual(["Specs"]);
    expect(namesOf(judge(failed, [attempt, retry, job("Lint", "failed")]))).toEqual(["Lint"]);
    const retryEnded = job("Specs", "failed", { id: "b0", retryOf: jobId("a0") });
    expect(judge(failed, [attempt, retryEnded])).toMatchObject({ causes: [{ jobId: "b0" }], retrying: false });
  });

  it.each(["waiting_failed", "blocked_failed", "unblocked_failed"])("2: %s is counted as a casualty", (state) => {
    const verdict = judge(failed, [broken, job("Deploy", state), job("Notify", state)]);
    expect(namesOf(verdict)).toEqual(["Specs"]);
    expect(verdict).toMatchObject({ failedJobs: 1, casualties: 2, totalJobs: 3 });
  });

  it.each(["broken", "skipped"])("3: %s is not even counted", (state) => {
    const verdict = judge(failed, [broken, job("Docs", state)]);
    expect(namesOf(verdict)).toEqual(["Specs"]);
    expect(verdict).toMatchObject({ failedJobs: 1, casualties: 0, totalJobs: 1 });
  });

  it.each(["waiter", "manual"])("4: a %s is not even counted", (type) => {
    const verdict = judge(failed, [broken, job("Release?", "unblocked", { type })]);
    expect(namesOf(verdict)).toEqual(["Specs"]);
    expect(verdict.totalJobs).toBe(1);
  });

  it("5: a soft failure is a job, but no cause", () => {
    const verdict = judge(failed, [broken, job("Lint", "failed", { softFailed: true, exitStatus: 1 })]);
    expect(namesOf(verdict)).toEqual(["Specs"]);
    expect(verdict).toMatchObject({ failedJobs: 1, totalJobs: 2 });
  });

  it.each([
    ["failed", 1, "failed"],
    ["failed", 0, "failed"],
    ["failed", null, "failed"],
    ["failed", -1, "agentLost"],
    ["timed_out", -1, "timedOut"],
    ["expired", null, "expired"],
  ] as const)("6: %s with exit %s is a cause: %s", (state, exitStatus, kind) => {
    expect(judge(failed, [job("Specs", state, { exitStatus })]).causes).toMatchObject([
      { name: "Specs", kind, exitStatus },
    ]);
  });

  it("7: a running job that promised to fail is a cause before it ends", () => {
    const promise = job("Specs", "running", { promisedExitStatus: 1, finishedAt: null });
    expect(judge(failing, [promise]).causes).toMatchObject([{ name: "Specs", kind: "promised" }]);
  });

  it.each(["canceled", "canceling"])("8: canceled jobs of a %s build are no failure", (state) => {
    const verdict = judge(ended(state), [job("Specs", "canceled"), job("Lint", "canceled")]);
    expect(verdict).toMatchObject({ causes: [], failedJobs: 0, jobsUnknown: false, totalJobs: 2 });
  });

  it("8: nor when the build was failing before it was canceled", () => {
    const canceled = ended("canceled", { failingAt: at(2 * minute) });
    expect(judge([failing, canceled], [broken, job("Lint", "canceled")])).toMatchObject({
      outcome: "canceled",
      causes: [],
      failedJobs: 0,
    });
  });

  it("9: canceled beside a real cause is collateral", () => {
    const verdict = judge(failed, [job("Lint", "canceled", { finishedAt: at(1) }), broken]);
    expect(namesOf(verdict)).toEqual(["Specs"]);
    expect(verdict).toMatchObject({ failedJobs: 1, totalJobs: 2 });
  });

  it("9: also beside a promise to fail", () => {
    const promise = job("Specs", "running", { promisedExitStatus: 1, finishedAt: null });
    expect(namesOf(judge(failing, [job("Lint", "canceled"), promise]))).toEqual(["Specs"]);
  });

  it("9: but not beside a soft failure or a casualty", () => {
    const others = [job("Lint", "failed", { softFailed: true }), job("Deploy", "waiting_failed")];
    expect(namesOf(judge(failed, [...others, job("Specs", "canceled")]))).toEqual(["Specs"]);
  });

  it("10: canceled is the cause of a failed build when nothing else is", () => {
    const verdict = judge(failed, [job("Specs", "canceled", { exitStatus: -1 }), job("Unit", "passed")]);
    expect(verdict.causes).toMatchObject([{ name: "Specs", kind: "canceled" }]);
    expect(verdict).toMatchObject({ failedJobs: 1, totalJobs: 2, jobsUnknown: false });
  });

  it.each(["passed", "running", "scheduled", "canceling", "a_word_of_tomorrow"])("11: %s is not a cause", (state) => {
    expect(namesOf(judge(failed, [broken, job("Lint", state)]))).toEqual(["Specs"]);
  });

  it.each([
    ["passed", ended("passed")],
    ["blocked, and looks failed", ended("failed", { blocked: true })],
    ["skipped", ended("skipped")],
    ["running", buildSnapshot()],
  ])("a build that is %s has no causes, whatever its jobs are", (_, build) => {
    expect(judge(build, [broken, job("Lint", "canceled")])).toMatchObject({
      causes: [],
      failedJobs: 0,
      jobsUnknown: false,
    });
  });
});

/** Attempts of one job, oldest first, each retried in the next. */
function attempts(...states: readonly string[]): JobSnapshot[] {
  return states.map((state, i) =>
    job("Specs", state, {
      id: `a${i}`,
      exitStatus: state === "passed" ? 0 : 1,
      retryOf: i === 0 ? null : jobId(`a${i - 1}`),
      finishedAt: state === "running" ? null : at((3 + i) * minute),
    }),
  );
}

/**
 * The original looked at the last two jobs of one name in order of arrival. Here attempts know each other, so their
 * order of arrival means nothing, and only an end of theirs counts.
 */
const steps: readonly [
  states: readonly string[],
  original: string,
  failed: readonly string[],
  recovered: readonly string[],
][] = [
  [["failed"], "Failed", ["Specs"], []],
  [["passed"], "Passed", [], []],
  [["running"], "Unknown", [], []],
  [["failed", "passed"], "Fixed", [], ["Specs"]],
  [["failed", "failed"], "Failed", ["Specs"], []],
  [["passed", "failed"], "Failed", ["Specs"], []],
  [["passed", "passed"], "Passed", [], []],
  [["failed", "running"], "Unknown", ["Specs"], []],
  [["running", "passed"], "Passed", [], []],
  [["failed", "failed", "passed"], "Fixed", [], ["Specs"]],
  [["failed", "passed", "failed"], "Failed", ["Specs"], ["Specs"]],
  [["failed", "passed", "passed"], "Passed: the fix is lost", [], ["Specs"]],
];

describe("attempts of one job, beside the truth table of the original build tracker", () => {
  it.each(steps)(
    "%j: there %s, here a failed build has the causes %j, and a passed one recovered %j",
    (states, _, causes, recovered) => {
      const jobs = attempts(...states);
      for (const delivered of [jobs, jobs.toReversed(), [...jobs, ...jobs]]) {
        expect(namesOf(judge(failed, delivered))).toEqual(causes);
        expect(judge([failing, ended("passed")], delivered).recovered).toEqual(recovered);
      }
    },
  );

  it("does nothing with a job that is still going on, before or after one that ended", () => {
    const late = job("Specs", "running", { id: "a0", finishedAt: null });
    const done = job("Specs", "failed", { id: "a0", exitStatus: 1 });
    expect(namesOf(judge(failed, [done, late]))).toEqual(["Specs"]);
    expect(namesOf(judge(failed, [late, done]))).toEqual(["Specs"]);
  });

  it("takes two jobs of one name for two jobs, when neither is a retry of the other", () => {
    const verdict = judge(failed, [job("Specs", "failed", { id: "a0" }), job("Specs", "passed", { id: "b0" })]);
    expect(namesOf(verdict)).toEqual(["Specs"]);
    expect(verdict).toMatchObject({ recovered: [], totalJobs: 2 });
  });

  it("names a job once that passed on retry in several shards", () => {
    const shard = (index: number) => [
      job("Specs", "failed", { id: `a${index}`, parallel: { index, total: 2 } }),
      job("Specs", "passed", { id: `b${index}`, retryOf: jobId(`a${index}`), parallel: { index, total: 2 } }),
    ];
    expect(judge([failing, ended("passed")], [...shard(0), ...shard(1)]).recovered).toEqual(["Specs"]);
  });
});

describe("jobs that belong together", () => {
  function shard(index: number, over: Parameters<typeof jobSnapshot>[0] = {}): JobSnapshot {
    return job("Specs", "failed", { id: `a${index}`, parallel: { index, total: 8 }, exitStatus: 1, ...over });
  }

  it("makes the shards of a parallel step one cause, told by the shard that failed first", () => {
    const verdict = judge(failed, [
      shard(6, { finishedAt: at(6 * minute) }),
      shard(1, { finishedAt: at(4 * minute), exitStatus: 137 }),
      shard(3, { finishedAt: at(5 * minute) }),
      shard(0, { state: "passed" }),
    ]);
    expect(verdict.causes).toEqual([
      {
        key: "Specs",
        name: "Specs",
        jobId: "a1",
        type: "script",
        kind: "failed",
        exitStatus: 137,
        shards: [2, 4, 7],
        shardsTotal: 8,
        child: null,
      },
    ]);
    expect(verdict).toMatchObject({ failedJobs: 3, totalJobs: 4 });
  });

  it("keeps parallel steps of different keys apart, such as the cells of a matrix", () => {
    const cell = (ruby: string) =>
      job("Specs", "failed", { key: `specs {"ruby":"${ruby}"}`, parallel: { index: 0, total: 2 } });
    expect(judge(failed, [cell("3.3"), cell("3.4")]).causes).toHaveLength(2);
  });

  it("keeps two failed jobs of one name apart when they are no shards", () => {
    expect(namesOf(judge(failed, [job("Specs", "failed"), job("Specs", "failed")]))).toEqual(["Specs", "Specs"]);
  });

  it("tells the first failure first", () => {
    const inOrder = [
      job("Late", "failed", { finishedAt: at(8 * minute) }),
      job("First", "failed", { finishedAt: at(2 * minute) }),
      job("Middle", "timed_out", { finishedAt: at(5 * minute) }),
    ];
    expect(namesOf(judge(failed, inOrder))).toEqual(["First", "Middle", "Late"]);
  });

  it("lists ten causes and counts all", () => {
    const many = Array.from({ length: 30 }, (_, i) => job(`Suite ${i}`, "failed", { finishedAt: at(i) }));
    const verdict = judge(failed, many);
    expect(namesOf(verdict)).toEqual(many.slice(0, 10).map(({ name }) => name));
    expect(verdict.failedJobs).toBe(30);
  });
});

describe("a trigger step", () => {
  const child = { pipeline, number: 7 };
  const trigger = job(":rocket: Deploy", "failed", { type: "trigger", triggeredBuild: child });

  it("names the build that failed and what failed in it", () => {
    const verdict = verdictOf(factsFrom([failed], [trigger]), new Map([[childName(child), ["Smoke test"]]]));
    expect(verdict.causes).toMatchObject([
      { type: "trigger", kind: "failed", child: { ...child, causes: ["Smoke test"] } },
    ]);
  });

  it("names the build also while nobody knows what failed in it", () => {
    expect(judge(failed, [trigger]).causes).toMatchObject([{ child: { ...child, causes: [] } }]);
  });

  it("does not take a build of the same number in another pipeline for its own", () => {
    const verdict = verdictOf(factsFrom([failed], [trigger]), new Map([["other#7", ["Not this"]]]));
    expect(verdict.causes).toMatchObject([{ child: { causes: [] } }]);
  });

  it("has no build when none was started", () => {
    expect(judge(failed, [{ ...trigger, triggeredBuild: null }]).causes).toMatchObject([
      { type: "trigger", child: null },
    ]);
  });
});

describe("what a verdict says of the whole build", () => {
  it("says that the jobs are unknown when a red build has none that explains it", () => {
    expect(judge(failed)).toMatchObject({ outcome: "failed", causes: [], jobsUnknown: true });
    expect(judge(failing, [job("Lint", "passed")])).toMatchObject({
      outcome: "failing",
      causes: [],
      jobsUnknown: true,
    });
    expect(judge(ended("passed"))).toMatchObject({ jobsUnknown: false });
    expect(judge(ended("canceled"))).toMatchObject({ jobsUnknown: false });
  });

  it("follows the jobs that come after the build has ended", () => {
    const late = job("Specs", "failed", { finishedAt: at(20 * minute) });
    expect(namesOf(judge(failed))).toEqual([]);
    expect(namesOf(judge(failed, [late]))).toEqual(["Specs"]);
  });

  const passed = ended("passed");
  const later = { finishedAt: at(12 * minute) };

  it.each<[story: string, recovered: boolean, ...BuildSnapshot[]]>([
    ["failed and passed on retry", true, failed, ended("passed", later)],
    ["was failing while it ran, and passed", true, failing, passed],
    ["was failing and passed in the same second", true, failing, ended("passed", { finishedAt: failing.failingAt })],
    ["failed without a sign before, and passed on retry", true, ended("failed"), ended("passed", later)],
    ["passed", false, passed],
    ["was blocked and passed", false, ended("passed", { blocked: true }), ended("passed", later)],
    ["passed on retry and failed again", false, failed, passed, ended("failed", later)],
    [
      "passed, and failed in a later retry that was canceled",
      false,
      ended("passed", { finishedAt: at(minute) }),
      failing,
      ended("canceled", { failingAt: failing.failingAt }),
    ],
  ])("a build that %s: recovered is %s", (_, recovered, ...snapshots) => {
    expect(judge(snapshots).recoveredBuild).toBe(recovered);
  });

  it("takes the jobs into account when passed and failed have the same second", () => {
    const both = [ended("failed"), ended("passed")];
    expect(judge(both, [job("Specs", "failed")])).toMatchObject({ outcome: "failed" });
    expect(judge(both, attempts("failed", "passed"))).toMatchObject({ outcome: "passed", recoveredBuild: true });
  });

  it("survives being stored", () => {
    const verdict = judge(failed, [
      job("Specs", "failed", { parallel: { index: 0, total: 2 } }),
      job("Deploy", "waiting_failed"),
    ]);
    expect(Verdict.parse(JSON.parse(JSON.stringify(verdict)))).toEqual(verdict);
  });

  it("counts by the totals, because the facts list the first jobs only", () => {
    const facts = buildFacts({
      endings: { failed: at(minute) },
      counts: { cause: 400, passed: 4000, casualty: 600, notRun: 9, superseded: 9, uncounted: 9 },
    });
    expect(verdictOf(facts, noChildren)).toMatchObject({ failedJobs: 400, totalJobs: 5000, casualties: 600 });
  });
});
