import { describe, expect, it } from "vitest";
import { classifyJob, failureKind, type JobClass, rankJob } from "../../src/domain/job.ts";
import { jobSnapshot } from "../harness/facts.ts";

/** Every state that Buildkite documents, in the order a job may go through them; a job never goes back to an earlier group. */
const groups = {
  "not ready": ["pending", "waiting", "blocked"],
  queued: [
    "limiting",
    "limited",
    "platform_limiting",
    "platform_limited",
    "scheduled",
    "reserved",
    "assigned",
    "accepted",
  ],
  running: ["running"],
  ending: ["canceling", "timing_out"],
  ended: [
    "passed",
    "failed",
    "finished",
    "timed_out",
    "expired",
    "canceled",
    "skipped",
    "broken",
    "unblocked",
    "waiting_failed",
    "blocked_failed",
    "unblocked_failed",
  ],
} as const;
const casualties = ["waiting_failed", "blocked_failed", "unblocked_failed"] as const;
const neverRan = ["broken", "skipped"] as const;
const failures = ["failed", "timed_out", "expired"] as const;
const undecided = [...groups["not ready"], ...groups.queued, ...groups.running, ...groups.ending, "unblocked"] as const;
const states = Object.values(groups).flat();

describe("how a job counts, by the rows of the decision table", () => {
  it.each(casualties)("2: %s is a casualty, whatever its type and its flags", (state) => {
    for (const type of ["script", "trigger", "manual", "waiter"]) {
      for (const softFailed of [true, false]) {
        expect(classifyJob(jobSnapshot({ state, type, softFailed, promisedExitStatus: 1 }))).toBe("casualty");
      }
    }
  });

  it.each(neverRan)("3: %s did not run, whatever its type and its flags", (state) => {
    for (const type of ["script", "trigger", "manual", "waiter"]) {
      for (const softFailed of [true, false]) {
        expect(classifyJob(jobSnapshot({ state, type, softFailed }))).toBe("notRun");
      }
    }
  });

  it.each(["waiter", "manual"])("4: a %s is never a cause", (type) => {
    const rest = states.filter((state) => ![...casualties, ...neverRan].some((other) => other === state));
    for (const state of rest) {
      expect(classifyJob(jobSnapshot({ state, type, exitStatus: 1, promisedExitStatus: 1 })), state).toBe("uncounted");
    }
  });

  it.each([...failures, "canceled", "passed", "running", "finished"])(
    "5: soft failed is a warning, when %s",
    (state) => {
      expect(classifyJob(jobSnapshot({ state, softFailed: true, exitStatus: 1, promisedExitStatus: 1 }))).toBe(
        "softFailed",
      );
    },
  );

  it.each(failures)("6: %s is a cause, whatever its exit status", (state) => {
    for (const exitStatus of [null, -1, 0, 1, 94, 127, 137, 255]) {
      expect(classifyJob(jobSnapshot({ state, exitStatus })), String(exitStatus)).toBe("cause");
    }
  });

  it.each([
    [1, "cause"],
    [-1, "cause"],
    [255, "cause"],
    [0, "active"],
    [null, "active"],
  ] as const)("7: running with %s as promised exit status is %s", (promisedExitStatus, expected) => {
    expect(classifyJob(jobSnapshot({ state: "running", promisedExitStatus }))).toBe(expected);
  });

  it("8 to 10: canceled is kept apart, because the build decides what it means", () => {
    expect(classifyJob(jobSnapshot({ state: "canceled" }))).toBe("canceled");
  });

  it("11: passed is not a cause, not even with a promise that it failed", () => {
    expect(classifyJob(jobSnapshot({ state: "passed", exitStatus: 0 }))).toBe("passed");
  });

  it.each([...undecided, "a_word_of_tomorrow"])("11: %s is not decided yet", (state) => {
    expect(classifyJob(jobSnapshot({ state }))).toBe("active");
    expect(classifyJob(jobSnapshot({ state, type: "trigger" }))).toBe("active");
  });

  it("counts a trigger step like a script", () => {
    for (const state of failures) expect(classifyJob(jobSnapshot({ state, type: "trigger" }))).toBe("cause");
    expect(classifyJob(jobSnapshot({ state: "passed", type: "trigger" }))).toBe("passed");
  });

  it.each([
    [0, "passed"],
    [1, "cause"],
    [-1, "cause"],
    [null, "cause"],
  ] as const)("reads the internal word finished by its exit status: %s is %s", (exitStatus, expected) => {
    expect(classifyJob(jobSnapshot({ state: "finished", exitStatus }))).toBe(expected);
  });
});

/** `same`: as the original; otherwise what is different here, on purpose. */
const truthTable: readonly [
  state: string,
  soft: boolean,
  exit: number | null,
  original: string,
  ours: JobClass,
  why: string,
][] = [
  ["failed", false, 1, "Failed", "cause", "same"],
  ["failed", false, 255, "Failed", "cause", "same"],
  ["timed_out", false, 1, "Failed", "cause", "same"],
  ["failed", true, 1, "Passed", "softFailed", "same"],
  ["timed_out", true, -1, "Passed", "softFailed", "same"],
  ["failed", false, 0, "Passed", "cause", "a failed job failed"],
  ["failed", false, null, "Passed", "cause", "a failed job failed"],
  ["failed", false, -1, "Passed", "cause", "-1 is a lost agent"],
  ["timed_out", false, -1, "Passed", "cause", "-1 is how a time-out ends"],
  ["timed_out", false, null, "Passed", "cause", "a failed job failed"],
  ["passed", false, 0, "Passed", "passed", "same"],
  ["passed", true, 0, "Passed", "softFailed", "a soft failure fails nothing either"],
  ["expired", false, null, "Unknown", "cause", "no agent ever took it, and the build failed of it"],
  ["canceled", false, null, "Unknown", "canceled", "the build decides what it means"],
  ["broken", false, null, "Unknown", "notRun", "same"],
  ["skipped", false, null, "Unknown", "notRun", "same"],
  ["waiting_failed", false, null, "Unknown", "casualty", "same"],
  ["running", false, null, "Unknown", "active", "same"],
  ["scheduled", false, null, "Unknown", "active", "same"],
  ["", false, null, "Unknown", "active", "same"],
];

describe("how a job counts, beside the truth table of the original build tracker", () => {
  it.each(truthTable)(
    "%s, soft failed: %s, exit %s: there %s, here %s (%s)",
    (state, softFailed, exitStatus, _, ours) => {
      expect(classifyJob(jobSnapshot({ state, softFailed, exitStatus }))).toBe(ours);
    },
  );
});

describe("which snapshot of a job is the later one", () => {
  const order = Object.entries(groups);

  it.each(order.slice(1).map(([name, later], i) => [name, later, order[i]] as const))(
    "%s is later than what comes before it",
    (_, later, before) => {
      const latestBefore = Math.max(...(before?.[1] ?? []).map((state) => rankJob(jobSnapshot({ state }))));
      for (const state of later) expect(rankJob(jobSnapshot({ state })), state).toBeGreaterThan(latestBefore);
    },
  );

  it("puts a promise to fail between running and ending", () => {
    const promised = rankJob(jobSnapshot({ state: "running", promisedExitStatus: 1 }));
    expect(promised).toBeGreaterThan(rankJob(jobSnapshot({ state: "running" })));
    expect(promised).toBeLessThan(rankJob(jobSnapshot({ state: "canceling" })));
  });

  it("takes a word of tomorrow for a queued job: it never replaces one that runs or ended", () => {
    expect(rankJob(jobSnapshot({ state: "a_word_of_tomorrow" }))).toBe(rankJob(jobSnapshot({ state: "scheduled" })));
  });

  it("never puts a job that counts as failed below one that does not, unless that one ended", () => {
    for (const state of states) {
      const job = jobSnapshot({ state });
      if (classifyJob(job) === "cause") expect(rankJob(job), state).toBe(5);
    }
  });
});

describe("why a job failed", () => {
  it.each([
    ["failed", 1, "script", "failed"],
    ["failed", 0, "script", "failed"],
    ["failed", null, "trigger", "failed"],
    ["failed", -1, "script", "agentLost"],
    ["failed", -1, "trigger", "failed"],
    ["timed_out", -1, "script", "timedOut"],
    ["timed_out", 143, "script", "timedOut"],
    ["expired", null, "script", "expired"],
    ["canceled", -1, "script", "canceled"],
    ["canceled", null, "script", "canceled"],
    ["running", null, "script", "promised"],
  ] as const)("%s with exit %s of a %s: %s", (state, exitStatus, type, expected) => {
    expect(failureKind({ state, exitStatus, type })).toBe(expected);
  });
});
