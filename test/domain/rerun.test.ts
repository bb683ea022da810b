import { describe, expect, it } from "vitest";
import { AlertState, nameOfFailure } from "../../src/domain/alert.ts";
import { AlertId, Channel, SlackUser } from "../../src/domain/ids.ts";
import { isUntouched, overtakenBy, progressOf, type Rerun, standsInTheWay } from "../../src/domain/rerun.ts";
import { hour, minute } from "../harness/clock.ts";
import { at, causeOf, mainBranch, summaryOf, verdictWith } from "../harness/facts.ts";

const failedAt = at(minute);

/** Build 1 is red, since its first minute. */
function alertOf(
  over: Partial<AlertState> & { readonly retrying?: boolean; readonly failed?: number } = {},
): AlertState {
  const { retrying = false, failed = failedAt, ...state } = over;
  return AlertState.parse({
    ...mainBranch,
    id: AlertId.parse("0123456789ab-1"),
    pipelineName: "Payments API",
    repository: null,
    channel: Channel.parse("C0ALERTS"),
    previous: null,
    timesBroken: 1,
    streak: 1,
    streakTruncated: false,
    since: summaryOf(1),
    newest: summaryOf(1),
    verdict: verdictWith({ causes: [causeOf("Specs")], at: failed, retrying }),
    flakes: {},
    toldJobs: ["Specs"],
    status: "failing",
    ...state,
  });
}

const fixedBy = (number: number, by: "build" | "retry" = "build") =>
  alertOf({ status: "fixed", fixed: { by, build: summaryOf(number), at: at(hour) } });

function rerunOf(kind: Rerun["kind"], outcome: Rerun["outcome"]): Rerun {
  const by = { user: SlackUser.parse("U0ADA"), name: "Ada" };
  return { kind, build: 1, failure: nameOfFailure(alertOf()), by, at: at(2 * minute), outcome };
}

const requested = { kind: "requested" } as const;
const running = (build = 1) => ({ kind: "running", at: at(2 * minute), build }) as const;
const refused = (permanent: boolean) =>
  ({ kind: "refused", at: at(2 * minute), reason: "No", permanent, offer: null }) as const;

const again = alertOf({ failed: at(5 * minute) });
const newer = alertOf({ newest: summaryOf(2), failed: at(5 * minute) });

describe("another rerun", () => {
  it.each([
    ["one is asked for", rerunOf("retry", requested), alertOf(), true],
    ["one runs", rerunOf("retry", running()), alertOf(), true],
    ["the other kind runs", rerunOf("rebuild", running(2)), alertOf(), true],
    ["it would be refused again", rerunOf("retry", refused(true)), alertOf(), true],
    ["it was refused, and may not be again", rerunOf("retry", refused(false)), alertOf(), false],
    ["the other kind was refused", rerunOf("rebuild", refused(true)), alertOf(), false],
    ["the last one failed again", rerunOf("retry", running()), again, false],
    ["a newer build failed", rerunOf("retry", running()), newer, false],
  ])("is stopped when %s", (_, rerun, alert, stopped) => {
    expect(standsInTheWay(rerun, "retry", alert)).toBe(stopped);
  });

  it("is not stopped by none", () => {
    expect(standsInTheWay(null, "retry", alertOf())).toBe(false);
  });
});

describe("a rerun that waits for Buildkite", () => {
  it.each([
    ["as it was", alertOf(), true, null],
    ["run again by somebody else", alertOf({ retrying: true }), false, null],
    ["failed again", again, false, null],
    ["overtaken by a newer build", newer, false, "build #2 has failed since"],
    ["fixed", fixedBy(2), false, "the branch is green again"],
  ] as const)("finds the failure %s", (_, alert, untouched, overtaken) => {
    expect(isUntouched(rerunOf("retry", requested), alert)).toBe(untouched);
    expect(overtakenBy(rerunOf("retry", requested), alert)).toBe(overtaken);
  });
});

describe("how a rerun went", () => {
  it.each([
    ["asked for", rerunOf("retry", requested), alertOf(), "requested"],
    ["taken by Buildkite", rerunOf("retry", running()), alertOf(), "running"],
    ["under way", rerunOf("retry", running()), alertOf({ retrying: true, failed: at(3 * minute) }), "running"],
    ["ended badly", rerunOf("retry", running()), again, "failedAgain"],
    ["ended well", rerunOf("retry", running()), fixedBy(1, "retry"), "passed"],
    ["under way, when another build fixed it", rerunOf("retry", running()), fixedBy(2), "none"],
    ["history, when a newer build failed", rerunOf("retry", running()), newer, "none"],
    ["rebuilt, and the new build fixed it", rerunOf("rebuild", running(2)), fixedBy(2), "passed"],
    ["rebuilt, and the new build fails", rerunOf("rebuild", running(2)), newer, "failedAgain"],
    ["rebuilt, and nothing is known yet", rerunOf("rebuild", running(2)), alertOf(), "running"],
    ["refused", rerunOf("retry", refused(true)), alertOf(), "refused"],
    ["refused, long ago", rerunOf("retry", refused(true)), newer, "none"],
    ["refused, and fixed since", rerunOf("retry", refused(true)), fixedBy(2), "none"],
  ] as const)("when it is %s", (_, rerun, alert, kind) => {
    expect(progressOf(rerun, alert).kind).toBe(kind);
  });
});
