import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BuildSnapshot } from "../../src/domain/build.ts";
import { type BuildField, buildFields, jobFacts, jobTime, type MergeRule } from "../../src/domain/facts.ts";
import { Pipeline } from "../../src/domain/ids.ts";
import { minute } from "../harness/clock.ts";
import { at, begin, buildSnapshot, factsFrom, jobId, jobSnapshot, mergeFields, pipeline } from "../harness/facts.ts";

function fieldsOf(over: Partial<BuildSnapshot>): Record<string, string | number> {
  return Object.fromEntries(mergeFields(buildFields(buildSnapshot(over))));
}

describe("what a snapshot of a build says", () => {
  it("is all that it knows", () => {
    const known = buildSnapshot({
      state: "failed",
      failingAt: at(2 * minute),
      finishedAt: at(5 * minute),
      creator: { name: "CI", email: null, username: null },
      pullRequest: { number: 512, base: "main" },
      rebuiltFrom: 41,
      triggeredFrom: { pipeline, number: 7 },
      madeBySignalbox: "follow-up",
    });
    expect(Object.fromEntries(buildFields(known).map(([rule, field]) => [field, rule]))).toEqual({
      id: "text",
      branch: "text",
      commit: "text",
      message: "text",
      source: "text",
      author: "text",
      creator: "text",
      pullRequest: "text",
      triggeredFrom: "text",
      pipelineName: "text",
      defaultBranch: "text",
      repository: "text",
      madeBySignalbox: "text",
      rebuiltFrom: "max",
      createdAt: "min",
      startedAt: "min",
      failingAt: "max",
      "ended:failed": "max",
      decided: "max",
    });
  });

  it("is nothing of what it leaves out: that is never a reason to forget", () => {
    const silent: Partial<BuildSnapshot> = {
      commit: null,
      message: "",
      source: null,
      author: null,
      creator: null,
      pullRequest: null,
      createdAt: null,
      startedAt: null,
      pipelineName: null,
      defaultBranch: null,
      repository: null,
    };
    expect(Object.keys(fieldsOf(silent))).toEqual(["id", "branch"]);
    const full = buildFields(buildSnapshot());
    expect(mergeFields([...full, ...buildFields(buildSnapshot(silent))])).toEqual(mergeFields(full));
  });

  it("names each field once, so that one snapshot cannot contradict itself", () => {
    const names = buildFields(buildSnapshot({ state: "failing", failingAt: begin })).map(([, field]) => field);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("when a build turned red and when it ended", () => {
  it.each<[story: string, over: Partial<BuildSnapshot>, fields: Record<string, number>]>([
    ["runs", {}, {}],
    ["is failing", { state: "failing", failingAt: at(2) }, { failingAt: at(2), decided: 1 }],
    ["is failing, nobody says since when: since it started", { state: "failing" }, { failingAt: begin, decided: 1 }],
    [
      "is failing, nobody says anything: since it was created",
      { state: "failing", startedAt: null },
      { failingAt: begin, decided: 1 },
    ],
    [
      "is failing, without any time at all",
      { state: "failing", startedAt: null, createdAt: null },
      { failingAt: 1, decided: 1 },
    ],
    ["was failing and runs again", { failingAt: at(2) }, { failingAt: at(2), decided: 1 }],
    ["passed", { state: "passed", finishedAt: at(9) }, { "ended:passed": at(9), decided: 1 }],
    ["failed", { state: "failed", finishedAt: at(9) }, { "ended:failed": at(9), decided: 1 }],
    ["is blocked", { state: "passed", blocked: true, finishedAt: at(9) }, { "ended:blocked": at(9), decided: 1 }],
    ["looks failed, but is blocked", { state: "failed", blocked: true }, { "ended:blocked": begin, decided: 1 }],
    ["was skipped", { state: "skipped", finishedAt: at(9) }, { "ended:skipped": at(9), decided: 1 }],
    ["did not run", { state: "not_run", finishedAt: at(9) }, { "ended:notRun": at(9), decided: 1 }],
    ["was canceled", { state: "canceled", finishedAt: at(9) }, { "ended:canceled": at(9), decided: 1 }],
    ["passed, nobody says when: after it started", { state: "passed" }, { "ended:passed": begin, decided: 1 }],
    [
      "failed, nobody says when: after it was failing",
      { state: "failed", failingAt: at(2) },
      { failingAt: at(2), "ended:failed": at(2), decided: 1 },
    ],
    [
      "passed, without any time at all",
      { state: "passed", startedAt: null, createdAt: null },
      { "ended:passed": 0, decided: 1 },
    ],
  ])("%s", (_, over, expected) => {
    const times = Object.entries(fieldsOf(over)).filter(([field]) => /^(?:failingAt|ended:|decided)/.test(field));
    expect(Object.fromEntries(times)).toEqual(expected);
  });

  it("prefers the true time of failing to a guess, whichever comes first", () => {
    const guess = buildSnapshot({ state: "failing" });
    const told = buildSnapshot({ state: "failing", failingAt: at(2 * minute) });
    expect(factsFrom([guess, told]).failingAt).toBe(at(2 * minute));
    expect(factsFrom([told, guess]).failingAt).toBe(at(2 * minute));
  });
});

describe("the rules by which snapshots merge", () => {
  const word = fc.constantFrom("a", "b", "ä", "B", "10", "9", "");
  const number = fc.integer({ min: -3, max: 3 });
  const field = fc.oneof(
    fc.tuple(fc.constant<MergeRule>("text"), fc.constantFrom("commit", "message"), word),
    fc.tuple(fc.constant<MergeRule>("max"), fc.constantFrom("failingAt", "ended:failed"), number),
    fc.tuple(fc.constant<MergeRule>("min"), fc.constantFrom("createdAt", "startedAt"), number),
  );
  const fields = fc.array<BuildField>(field, { maxLength: 6 });
  const merge = (...lists: readonly (readonly BuildField[])[]) => mergeFields(lists.flat());

  it("are commutative: a late snapshot changes nothing that an early one would not have", () => {
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        expect(merge(a, b)).toEqual(merge(b, a));
      }),
    );
  });

  it("are associative: it does not matter which two merge first", () => {
    const rules = new Map<string, MergeRule>([
      ["commit", "text"],
      ["message", "text"],
      ["failingAt", "max"],
      ["ended:failed", "max"],
      ["createdAt", "min"],
      ["startedAt", "min"],
    ]);
    const again = (merged: ReadonlyMap<string, string | number>) =>
      [...merged].map(([name, value]): BuildField => [rules.get(name) ?? "text", name, value]);
    fc.assert(
      fc.property(fields, fields, fields, (a, b, c) => {
        expect(merge(again(merge(a, b)), c)).toEqual(merge(a, again(merge(b, c))));
      }),
    );
  });

  it("are idempotent: a redelivery changes nothing", () => {
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        expect(merge(a, b, a, b, a)).toEqual(merge(a, b));
      }),
    );
  });

  it("give each field one rule, whatever the snapshot says", () => {
    const instant = fc.option(fc.nat({ max: 1000 }));
    const text = fc.option(fc.string());
    const person = fc.option(fc.record({ name: text, email: text, username: text }));
    const link = fc.option(fc.record({ pipeline: fc.constant(Pipeline.parse("other")), number: fc.nat() }));
    const snapshots = fc
      .record({
        state: fc.constantFrom("scheduled", "running", "failing", "passed", "failed", "canceled", "skipped", "not_run"),
        blocked: fc.boolean(),
        commit: text,
        message: text,
        author: person,
        creator: person,
        createdAt: instant,
        startedAt: instant,
        failingAt: instant,
        finishedAt: instant,
        triggeredFrom: link,
      })
      .map((over) => buildSnapshot(over));
    const rules = new Map<string, MergeRule>();
    fc.assert(
      fc.property(snapshots, snapshots, (a, b) => {
        for (const [rule, name, value] of [...buildFields(a), ...buildFields(b)]) {
          expect(rules.get(name) ?? rule, name).toBe(rule);
          rules.set(name, rule);
          expect(typeof value, name).toBe(rule === "text" ? "string" : "number");
        }
        expect(factsFrom([a, b])).toEqual(factsFrom([b, a, b]));
      }),
    );
  });
});

describe("what is kept of a job", () => {
  it("is what a verdict or a message needs, no more", () => {
    const job = jobSnapshot({ id: "a1", name: "Specs", state: "failed", exitStatus: 1, finishedAt: at(5 * minute) });
    expect(jobFacts(job)).toEqual({
      key: "Specs",
      name: "Specs",
      type: "script",
      state: "failed",
      exitStatus: 1,
      parallel: null,
      triggeredBuild: null,
      finishedAt: at(5 * minute),
    });
  });

  it("counts when it finished, or else when it started", () => {
    expect(jobTime(jobSnapshot({ startedAt: at(1), finishedAt: at(2) }))).toBe(at(2));
    expect(jobTime(jobSnapshot({ startedAt: at(1) }))).toBe(at(1));
    expect(jobTime(jobSnapshot({ startedAt: null }))).toBe(0);
  });
});

describe("the jobs of a build, in any order and however often they are told", () => {
  const jobs = [
    jobSnapshot({ id: "a1", name: "Specs", state: "running" }),
    jobSnapshot({ id: "a1", name: "Specs", state: "failed", finishedAt: at(2) }),
    jobSnapshot({ id: "a1", name: "Specs", state: "failed", finishedAt: at(2), retriedIn: jobId("a2") }),
    jobSnapshot({ id: "a2", name: "Specs", state: "scheduled", retryOf: jobId("a1"), startedAt: null }),
    jobSnapshot({ id: "a2", name: "Specs", state: "passed", retryOf: jobId("a1"), finishedAt: at(4) }),
    jobSnapshot({ id: "b1", name: "Lint", state: "canceled", finishedAt: at(3) }),
    jobSnapshot({ id: "c1", name: "Deploy", state: "waiting_failed", startedAt: null }),
    jobSnapshot({ id: "d1", name: "Docs", state: "failed", softFailed: true, finishedAt: at(3) }),
    jobSnapshot({ id: "e1", name: "Unit", state: "timed_out", finishedAt: at(5) }),
  ];

  it("add up to the same", () => {
    const expected = factsFrom([buildSnapshot()], jobs);
    expect(expected).toMatchObject({
      counts: { superseded: 1, passed: 1, canceled: 1, casualty: 1, softFailed: 1, cause: 1 },
      causes: [{ name: "Unit" }],
      canceled: [{ name: "Lint" }],
      recovered: [{ id: "a2", name: "Specs" }],
    });
    fc.assert(
      fc.property(fc.shuffledSubarray([...jobs, ...jobs], { minLength: 2 * jobs.length }), (delivered) => {
        expect(factsFrom([buildSnapshot()], delivered)).toEqual(expected);
      }),
    );
  });
});
