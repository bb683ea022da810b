/** Alerts to show: a plain one, and what a test changes in it. */
import { AlertState, type BuildSummary } from "../../../src/domain/alert.ts";
import { type Handling, SlackActor } from "../../../src/domain/handling.ts";
import { JobId, Pipeline } from "../../../src/domain/ids.ts";
import { Mute } from "../../../src/domain/mute.ts";
import { Rerun, type RerunProgress } from "../../../src/domain/rerun.ts";
import type { FoundSuspects, Suspect } from "../../../src/domain/suspects.ts";
import type { Cause, Verdict } from "../../../src/domain/verdict.ts";
import type { AlertView } from "../../../src/slack/messages/view.ts";

export type Failing = Extract<AlertState, { status: "failing" }>;
export type Fixed = Extract<AlertState, { status: "fixed" }>;

/** 2026-09-21 10:03 UTC */
export const brokeAt = Date.UTC(2026, 8, 21, 10, 3);
export const minute = 60_000;
export const hour = 60 * minute;

export function build(number: number, changes: Partial<BuildSummary> = {}): BuildSummary {
  return {
    number,
    commit: "4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180",
    title: "Round amounts half-even",
    person: "Ada Lovelace",
    pullRequest: null,
    at: brokeAt,
    ...changes,
  };
}

export function cause(name: string, changes: Partial<Cause> = {}): Cause {
  return {
    key: name.toLowerCase(),
    name,
    jobId: JobId.parse("e7ba7f14-bb2d-4db7-a08e-7102bc80423e"),
    type: "script",
    kind: "failed",
    exitStatus: 1,
    shards: [],
    shardsTotal: null,
    child: null,
    ...changes,
  };
}

export function triggerCause(name: string, pipeline: string, number: number, causes: string[] = []): Cause {
  const child = { pipeline: Pipeline.parse(pipeline), number, causes };
  return cause(name, { type: "trigger", exitStatus: null, child });
}

export function verdict(causes: Cause[], changes: Partial<Verdict> = {}): Verdict {
  return {
    outcome: "failed",
    at: brokeAt,
    causes,
    failedJobs: causes.reduce((sum, { shards }) => sum + Math.max(1, shards.length), 0),
    retrying: false,
    totalJobs: 14,
    casualties: 0,
    jobsUnknown: false,
    recovered: [],
    recoveredBuild: false,
    ...changes,
  };
}

export function failing(changes: Partial<Omit<Failing, "status">> = {}): AlertState {
  return AlertState.parse({
    id: "0123456789ab-1042",
    organization: "acme-inc",
    pipeline: "payments-api",
    branch: "main",
    pipelineName: "Payments API",
    repository: "acme-inc/payments-api",
    channel: "C0123",
    previous: null,
    timesBroken: 1,
    streak: 1,
    streakTruncated: false,
    since: build(1042),
    newest: build(1042),
    verdict: verdict([cause(":rspec: Specs"), cause(":rubocop: Lint")]),
    flakes: {},
    toldJobs: [],
    ...changes,
    status: "failing",
  });
}

export function fixed(
  by: Fixed["fixed"]["by"],
  fixer: BuildSummary | null,
  changes: Partial<Omit<Failing, "status">> = {},
): AlertState {
  const at = brokeAt + 43 * minute;
  return AlertState.parse({ ...failing(changes), status: "fixed", fixed: { by, build: fixer, at } });
}

export const ada = SlackActor.parse({ user: "U0ADA", name: "Ada" });
export const bob = SlackActor.parse({ user: "U0BOB", name: "Bob" });

export function view(alert: AlertState, changes: Partial<Omit<AlertView, "alert">> = {}): AlertView {
  return {
    alert,
    version: 7,
    handling: { kind: "open", since: brokeAt },
    rerun: { kind: "none" },
    silence: null,
    mutedJobs: new Set(),
    mention: null,
    suspects: null,
    canRerun: true,
    ...changes,
  };
}

export function pullSuspect(number: number, changes: Partial<Extract<Suspect, { kind: "pull" }>> = {}): Suspect {
  return {
    kind: "pull",
    number,
    sha: "4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180",
    title: `Change ${number}`,
    author: { name: "Ada Lovelace", email: "ada@example.com", username: "ada" },
    mergedBy: { name: null, email: null, username: "grace" },
    coAuthors: [],
    reverts: null,
    ...changes,
  };
}

export function suspectsOf(list: readonly Suspect[], changes: Partial<FoundSuspects> = {}): FoundSuspects {
  return {
    kind: "found",
    build: 1042,
    green: 1041,
    base: "e".repeat(40),
    head: "4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180",
    list,
    total: list.length,
    truncated: false,
    files: [],
    ...changes,
  };
}

export function acknowledged(by: SlackActor = ada): Handling {
  const at = brokeAt + 5 * minute;
  return { kind: "acknowledged", by, at, confirmedAt: at };
}

export function mute(changes: Partial<Mute> = {}): Mute {
  return Mute.parse({
    id: "0123456789",
    organization: "acme-inc",
    scope: { kind: "job", pipeline: "payments-api", branch: "main", job: "specs", name: ":rspec: Specs" },
    by: ada,
    at: brokeAt,
    until: brokeAt + 4 * hour,
    reason: "flaky since the upgrade",
    alert: null,
    ended: null,
    ...changes,
  });
}

export function rerun(kind: Rerun["kind"], outcome: Rerun["outcome"] = { kind: "requested" }): Rerun {
  return Rerun.parse({ kind, build: 1042, failure: "1042-0", by: ada, at: brokeAt, outcome });
}

export function refusedRerun(kind: Rerun["kind"], offer: "rebuild" | null, permanent = true): RerunProgress {
  const refusal = { reason: "Jobs from canceled builds cannot be retried", permanent, offer };
  return { kind: "refused", ...refusal, rerun: rerun(kind, { kind: "refused", at: brokeAt, ...refusal }) };
}
