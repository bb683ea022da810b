import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Instant } from "../../src/clock.ts";
import { AlertState } from "../../src/domain/alert.ts";
import { AlertId, Channel, Pipeline, SlackUser } from "../../src/domain/ids.ts";
import {
  endOf,
  isFulfilled,
  isOver,
  longestMute,
  Mute,
  type MuteScope,
  mutedJobs,
  mutesOf,
  needsReason,
  silenceOf,
  wouldHide,
} from "../../src/domain/mute.ts";
import { hour, minute } from "../harness/clock.ts";
import { at, causeOf, mainBranch, organization, pipeline, summaryOf, verdictWith } from "../harness/facts.ts";

const day = 24 * hour;
const ada = { user: SlackUser.parse("U0ADA"), name: "Ada" };
const id = AlertId.parse("0123456789ab-1");
const now = at(hour);

function alertOf(keys: readonly string[], over: Partial<AlertState> & { readonly more?: number } = {}): AlertState {
  const { more = 0, ...state } = over;
  const causes = keys.map((key) => causeOf(key));
  return AlertState.parse({
    ...mainBranch,
    id,
    pipelineName: "Payments API",
    repository: null,
    channel: Channel.parse("C0ALERTS"),
    previous: null,
    timesBroken: 1,
    streak: 1,
    streakTruncated: false,
    since: summaryOf(1),
    newest: summaryOf(1),
    verdict: verdictWith({ causes, failedJobs: causes.length + more }),
    flakes: {},
    toldJobs: [...keys],
    status: "failing",
    ...state,
  });
}

let mutes = 0;
function muteOf(scope: MuteScope, over: Partial<Mute> = {}): Mute {
  mutes += 1;
  const common = {
    id: mutes.toString(16).padStart(10, "0"),
    organization,
    by: ada,
    at: at(30 * minute),
    until: now + hour,
    reason: null,
  };
  return Mute.parse({ ...common, alert: null, ended: null, scope, ...over });
}

const onMain = (job: string): MuteScope => ({ kind: "job", pipeline, branch: "main", job, name: job });
const everywhere = (job: string): MuteScope => ({ kind: "jobEverywhere", pipeline, job, name: job });
const whole: MuteScope = { kind: "branch", pipeline, branch: "main" };

describe("silence", () => {
  const jobs = ["a", "b", "c"];
  const anyScope: fc.Arbitrary<MuteScope> = fc
    .record({
      kind: fc.constantFrom("job" as const, "job" as const, "jobEverywhere" as const, "branch" as const),
      pipeline: fc.constantFrom(pipeline, pipeline, pipeline, Pipeline.parse("ledger")),
      branch: fc.constantFrom("main", "main", "main", "other"),
      job: fc.constantFrom(...jobs),
    })
    .map((scope) => ({ ...scope, name: scope.job }));
  const anyUntil = fc.oneof(
    fc.constant(null),
    fc.integer({ min: -3, max: 3 }).map((hours) => now + hours * hour),
  );
  const ended = fc.constantFrom(null, null, null, null, { at: at(0), by: null });
  const anyMute = fc
    .record({ scope: anyScope, until: anyUntil, ended })
    .map(({ scope, ...over }) => muteOf(scope, over));
  const anyAlert = fc
    .record({ keys: fc.subarray(jobs), more: fc.constantFrom(0, 0, 0, 2) })
    .map(({ keys, more }) => alertOf(keys, { more }));

  function hidesJob({ scope, until, ended: over }: Mute, key: string, time: Instant): boolean {
    if (over !== null || (until !== null && until <= time) || scope.pipeline !== pipeline) return false;
    if (scope.kind !== "jobEverywhere" && scope.branch !== "main") return false;
    return scope.kind === "branch" || scope.job === key;
  }

  it("is exactly that every failing job is muted by an active rule", () => {
    fc.assert(
      fc.property(anyAlert, fc.array(anyMute, { maxLength: 8 }), (alert, all) => {
        const { causes, failedJobs } = alert.verdict;
        const wholly = all.some((mute) => mute.scope.kind === "branch" && hidesJob(mute, "", now));
        const known = causes.length > 0 && failedJobs === causes.length;
        const each = causes.every(({ key }) => all.some((mute) => hidesJob(mute, key, now)));
        expect(silenceOf(alert, all, now) !== null).toBe(wholly || (known && each));
      }),
    );
  });

  it("lasts until the first of the mutes that it names ends, and not a moment longer", () => {
    fc.assert(
      fc.property(anyAlert, fc.array(anyMute, { maxLength: 8 }), (alert, all) => {
        const silence = silenceOf(alert, all, now);
        if (silence === null) return;
        const [first] = silence;
        const end = first === undefined ? now : endOf(first);
        expect(silenceOf(alert, all, end - 1)).not.toBeNull();
        expect(silenceOf(alert, all, end)).toBeNull();
      }),
    );
  });

  it("is over when all mutes that concern the alert are lifted", () => {
    fc.assert(
      fc.property(anyAlert, fc.array(anyMute, { maxLength: 8 }), (alert, all) => {
        const lifted = mutesOf(alert, all, now);
        const rest = all.filter((mute) => !lifted.includes(mute));
        expect(silenceOf(alert, rest, now)).toBeNull();
        expect(mutedJobs(alert, rest, now).size).toBe(0);
      }),
    );
  });

  it("takes a mute of the whole branch when nobody knows what failed, or not all of it", () => {
    expect(silenceOf(alertOf([]), [muteOf(everywhere("a"))], now)).toBeNull();
    expect(silenceOf(alertOf([]), [muteOf(whole)], now)).toHaveLength(1);
    expect(silenceOf(alertOf(["a"], { more: 1 }), [muteOf(onMain("a"))], now)).toBeNull();
    expect(silenceOf(alertOf(["a"], { more: 1 }), [muteOf(whole)], now)).toHaveLength(1);
  });

  it("counts the shards of a parallel step as one job", () => {
    const causes = [causeOf("a", { shards: [1, 4], shardsTotal: 8 })];
    const alert = alertOf(["a"], { verdict: verdictWith({ causes, failedJobs: 2 }) });
    expect(silenceOf(alert, [muteOf(onMain("a"))], now)).toHaveLength(1);
  });

  it("marks the muted jobs of an alert that speaks for others", () => {
    expect([...mutedJobs(alertOf(["a", "b"]), [muteOf(onMain("a"))], now)]).toEqual(["a"]);
  });
});

describe("the end of a mute", () => {
  it("is its time, to the millisecond", () => {
    const mute = muteOf(whole, { until: now });
    expect(isOver(mute, now - 1)).toBe(false);
    expect(isOver(mute, now)).toBe(true);
  });

  it("comes after 30 days for one that waits for a fix: a branch that is deleted is never fixed", () => {
    const mute = muteOf(whole, { until: null });
    expect(isOver(mute, mute.at + longestMute - 1)).toBe(false);
    expect(isOver(mute, mute.at + longestMute)).toBe(true);
  });

  it("is the fix, of the alert that it was set on, when it waits for that", () => {
    const mute = muteOf(onMain("a"), { until: null, alert: id });
    const fixed = alertOf(["a"], { status: "fixed", fixed: { by: "build", build: summaryOf(2), at: now } });
    expect(isFulfilled(mute, alertOf(["a"]))).toBe(false);
    expect(isFulfilled(mute, fixed)).toBe(true);
    expect(isFulfilled({ ...mute, until: now }, fixed)).toBe(false);
    expect(isFulfilled({ ...mute, alert: AlertId.parse("ba9876543210-1") }, fixed)).toBe(false);
  });

  it("is the fix also when the branch has broken again since", () => {
    const mute = muteOf(onMain("a"), { until: null, alert: id, at: at(5 * minute) });
    const again = (since: number) => alertOf(["a"], { since: summaryOf(3, { at: at(since) }), newest: summaryOf(3) });
    expect(isFulfilled(mute, again(4 * minute))).toBe(false);
    expect(isFulfilled(mute, again(6 * minute))).toBe(true);
  });
});

describe("a reason is needed", () => {
  it.each([
    ["job", day, false],
    ["job", day + 1, true],
    ["jobEverywhere", day, false],
    ["jobEverywhere", 7 * day, true],
    ["branch", hour, true],
  ] as const)("to mute a %s for %i ms: %s", (scope, length, needed) => {
    expect(needsReason(scope, now + length, now)).toBe(needed);
  });

  it("to mute a whole branch until it is fixed, and not a job", () => {
    expect(needsReason("branch", null, now)).toBe(true);
    expect(needsReason("job", null, now)).toBe(false);
  });
});

describe("what a mute would have hidden", () => {
  const told = [
    { alert: id, since: 1, branch: "main", jobs: ["a"] },
    { alert: id, since: 5, branch: "main", jobs: ["a", "b"] },
    { alert: id, since: 7, branch: "other", jobs: ["a"] },
    { alert: id, since: 9, branch: "main", jobs: [] },
  ];

  it.each([
    ["a job on its branch", onMain("a"), 1],
    ["a job on every branch", everywhere("a"), 2],
    ["a job that never failed alone", onMain("b"), 0],
    ["a whole branch, known or not", whole, 3],
  ] as const)("is counted for %s", (_, scope, count) => {
    expect(wouldHide(scope, told)).toBe(count);
  });
});
