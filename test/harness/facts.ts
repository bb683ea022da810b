/** Snapshots, facts, verdicts and histories with defaults, so that a test shows only what matters to it. */
import type { Instant } from "../../src/clock.ts";
import type { AlertFacts, BuildSummary } from "../../src/domain/alert.ts";
import type { BuildSnapshot, JobSnapshot } from "../../src/domain/build.ts";
import {
  type BuildFacts,
  type BuildField,
  buildFields,
  type JobCounts,
  type JobFacts,
  jobFacts,
  jobTime,
} from "../../src/domain/facts.ts";
import type { HistoryEntry } from "../../src/domain/history.ts";
import { type BranchRef, type BuildRef, Channel, JobId, Organization, Pipeline } from "../../src/domain/ids.ts";
import { classifyJob, rankJob } from "../../src/domain/job.ts";
import type { Endings } from "../../src/domain/outcome.ts";
import type { Cause, Verdict } from "../../src/domain/verdict.ts";
import { minute } from "./clock.ts";

export const organization = Organization.parse("acme");
export const pipeline = Pipeline.parse("payments-api");
export const mainBranch: BranchRef = { organization, pipeline, branch: "main" };

/** When stories begin; `at(5 * minute)` is five minutes into one. */
export const begin: Instant = Date.UTC(2026, 8, 21, 10);
export function at(ms: number): Instant {
  return begin + ms;
}

export function buildRef(number = 42): BuildRef {
  return { organization, pipeline, number };
}

export function buildSnapshot(over: Partial<BuildSnapshot> = {}): BuildSnapshot {
  return {
    ...buildRef(),
    id: "0199e1a0-0000-4000-8000-000000000042",
    state: "running",
    blocked: false,
    branch: "main",
    commit: "6ae04f7a2dd6b4a1b3a5d7bb1b1ad2e9d3b4f5c6",
    message: "Round amounts half-even (#512)",
    source: "webhook",
    author: { name: "Ada Lovelace", email: "ada@example.com", username: "ada" },
    creator: null,
    pullRequest: null,
    createdAt: begin,
    startedAt: begin,
    failingAt: null,
    finishedAt: null,
    rebuiltFrom: null,
    triggeredFrom: null,
    pipelineName: "Payments API",
    defaultBranch: "main",
    repository: "git@github.com:acme/payments-api.git",
    madeBySignalbox: null,
    ...over,
  };
}

let jobs = 0;

/** A job of its own each time, unless told its id: a short text of hexadecimal digits. */
export function jobSnapshot(over: Partial<Omit<JobSnapshot, "id">> & { readonly id?: string } = {}): JobSnapshot {
  jobs += 1;
  const name = over.name ?? "Specs";
  return {
    type: "script",
    key: name,
    name,
    state: "running",
    softFailed: false,
    exitStatus: null,
    promisedExitStatus: null,
    signalReason: null,
    parallel: null,
    retried: false,
    retriedIn: null,
    retryOf: null,
    startedAt: begin,
    finishedAt: null,
    triggeredBuild: null,
    ...over,
    id: JobId.parse(over.id ?? `f0-${jobs.toString(16).padStart(6, "0")}`),
  };
}

export function jobId(id: string): JobId {
  return JobId.parse(id);
}

const noJobs: JobCounts = {
  cause: 0,
  canceled: 0,
  casualty: 0,
  notRun: 0,
  softFailed: 0,
  passed: 0,
  active: 0,
  uncounted: 0,
  retrying: 0,
  superseded: 0,
};

export function endingsOf(over: Partial<Endings> = {}): Endings {
  return { passed: null, failed: null, canceled: null, blocked: null, skipped: null, notRun: null, ...over };
}

export function buildFacts(
  over: Partial<Omit<BuildFacts, "endings" | "counts">> & {
    readonly endings?: Partial<Endings>;
    readonly counts?: Partial<JobCounts>;
  } = {},
): BuildFacts {
  return {
    ...buildSnapshot(),
    ref: buildRef(),
    rev: 1,
    causes: [],
    retrying: [],
    canceled: [],
    recovered: [],
    ...over,
    endings: endingsOf(over.endings),
    counts: { ...noJobs, ...over.counts },
  };
}

/** Merges fields as the store's script does. */
export function mergeFields(fields: readonly BuildField[]): Map<string, string | number> {
  const merged = new Map<string, string | number>();
  for (const [rule, field, value] of fields) {
    const old = merged.get(field);
    const wins =
      old === undefined || (rule === "text" ? String(value) > String(old) : rule === "max" ? value > old : value < old);
    if (wins) merged.set(field, value);
  }
  return merged;
}

/** What the snapshots of a build and its jobs add up to: a model of the store's script, for the rules that follow it. */
export function factsFrom(builds: readonly BuildSnapshot[], snapshots: readonly JobSnapshot[] = []): BuildFacts {
  const fields = mergeFields(builds.flatMap(buildFields));
  const time = (field: string): Instant | null => {
    const value = fields.get(field);
    return value === undefined ? null : Number(value);
  };
  return buildFacts({
    failingAt: time("failingAt"),
    endings: {
      passed: time("ended:passed"),
      failed: time("ended:failed"),
      canceled: time("ended:canceled"),
      blocked: time("ended:blocked"),
      skipped: time("ended:skipped"),
      notRun: time("ended:notRun"),
    },
    ...mergeJobs(snapshots),
  });
}

function mergeJobs(
  snapshots: readonly JobSnapshot[],
): Pick<BuildFacts, "counts" | "causes" | "retrying" | "canceled" | "recovered"> {
  const latest = new Map<JobId, JobSnapshot>();
  const superseded = new Set<JobId>();
  const attemptBefore = new Map<JobId, JobId>();
  for (const job of snapshots) {
    const known = latest.get(job.id);
    if (known === undefined || rankJob(job) > rankJob(known)) latest.set(job.id, job);
    if (job.retried) superseded.add(job.id);
    if (job.retriedIn !== null) attemptBefore.set(job.retriedIn, job.id);
    if (job.retryOf !== null) attemptBefore.set(job.id, job.retryOf);
  }
  for (const before of attemptBefore.values()) superseded.add(before);

  const counts = { ...noJobs } as { -readonly [K in keyof JobCounts]: number };
  const lists = {
    cause: [] as JobFacts[],
    retrying: [] as JobFacts[],
    canceled: [] as JobFacts[],
    recovered: [] as JobFacts[],
  };
  const attemptAfter = new Map([...attemptBefore].map(([after, before]) => [before, after]));
  const inTime = [...latest.values()].sort((a, b) => jobTime(a) - jobTime(b) || (a.id < b.id ? -1 : 1));
  for (const job of inTime) {
    const facts = { id: job.id, ...jobFacts(job) };
    const after = latest.get(attemptAfter.get(job.id) ?? job.id);
    const ended = after !== undefined && after !== job && rankJob(after) === 5;
    const history = classifyJob(job) === "cause" && !ended ? "retrying" : "superseded";
    const kind = superseded.has(job.id) ? history : classifyJob(job);
    counts[kind] += 1;
    if (kind === "cause" || kind === "retrying" || kind === "canceled") lists[kind].push(facts);
    const before = latest.get(attemptBefore.get(job.id) ?? job.id);
    const failedBefore = before !== undefined && rankJob(before) === 5 && classifyJob(before) === "cause";
    if (failedBefore && classifyJob(job) === "passed") lists.recovered.push(facts);
  }
  const { cause, retrying, canceled, recovered } = lists;
  return { counts, causes: cause, retrying, canceled, recovered };
}

export function causeOf(name: string, over: Partial<Cause> = {}): Cause {
  return {
    key: name,
    name,
    jobId: JobId.parse("c0"),
    type: "script",
    kind: "failed",
    exitStatus: 1,
    shards: [],
    shardsTotal: null,
    child: null,
    ...over,
  };
}

export function verdictWith(over: Partial<Verdict> = {}): Verdict {
  const causes = over.causes ?? [];
  return {
    outcome: "failed",
    at: begin,
    causes,
    failedJobs: causes.length,
    retrying: false,
    totalJobs: 5,
    casualties: 0,
    jobsUnknown: causes.length === 0,
    recovered: [],
    recoveredBuild: false,
    ...over,
  };
}

/** By default builds follow each other by a minute. @param after From the beginning of the story, in ms; so is `ended`. */
export function red(number: number, after = number * minute, ended = after): HistoryEntry {
  return { number, color: "red", redAt: at(after), at: at(ended) };
}

export function green(number: number, after = number * minute): HistoryEntry {
  return { number, color: "green", redAt: at(after), at: at(after) };
}

/** Red at first, and passed on retry. */
export function recovered(number: number, after: number, redAfter = number * minute): HistoryEntry {
  return { number, color: "recovered", redAt: at(redAfter), at: at(after) };
}

export function summaryOf(number: number, over: Partial<BuildSummary> = {}): BuildSummary {
  return {
    number,
    commit: number.toString(16).padStart(40, "0"),
    title: `Change ${number}`,
    person: "Ada Lovelace",
    pullRequest: null,
    at: at(number * minute),
    ...over,
  };
}

export function alertFacts(over: Partial<AlertFacts> = {}): AlertFacts {
  return {
    ref: mainBranch,
    channel: Channel.parse("C0ALERTS"),
    pipelineName: "Payments API",
    repository: "acme/payments-api",
    since: summaryOf(1),
    newest: summaryOf(1),
    verdict: verdictWith({ causes: [causeOf("Specs")] }),
    flakes: {},
    ...over,
  };
}
