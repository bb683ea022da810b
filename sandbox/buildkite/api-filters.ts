/** The filters of lists, as their queries spell them. */
import { valuesOf } from "./api-call.ts";
import type { BuildRecord } from "./build-record.ts";
import { type Job, stateOf } from "./outcome.ts";

export function matchesBuild(build: BuildRecord, query: URLSearchParams): boolean {
  const branches = valuesOf(query, "branch");
  const commits = valuesOf(query, "commit");
  const states = valuesOf(query, "state");
  const creator = query.get("creator");
  return (
    (branches.length === 0 || branches.some((pattern) => matchesGlob(build.branch, pattern))) &&
    (commits.length === 0 || commits.includes(build.commit)) &&
    (states.length === 0 || states.some((state) => matchesState(build, state))) &&
    (creator === null || build.creator?.id === creator) &&
    within(build.createdAt, query.get("created_from"), query.get("created_to")) &&
    within(build.finishedAt, query.get("finished_from"), null) &&
    metaDataOf(query).every(([key, value]) => build.metaData[key] === value)
  );
}

/** `blocked` is never a state in the answer, only a filter. */
function matchesState(build: BuildRecord, state: string): boolean {
  if (state === "blocked") return build.blocked !== null;
  if (state === "finished") return build.blocked !== null || ["passed", "failed", "canceled"].includes(build.state);
  return build.state === state;
}

function matchesGlob(branch: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(branch);
}

function within(at: number | null, from: string | null, to: string | null): boolean {
  if (from === null && to === null) return true;
  if (at === null) return false;
  return (from === null || at >= Date.parse(from)) && (to === null || at < Date.parse(to));
}

function metaDataOf(query: URLSearchParams): readonly (readonly [string, string])[] {
  return [...query].flatMap(([name, value]) => {
    const key = /^meta_data\[(.+)\]$/.exec(name)?.[1];
    return key === undefined ? [] : [[key, value] as const];
  });
}

export interface JobFilter {
  /** None: any. */
  readonly states: readonly string[];
  readonly withRetried: boolean;
  readonly stepKey: string | null;
}

export function matchesJob(job: Job, filter: JobFilter): boolean {
  if (!filter.withRetried && job.type === "script" && job.retriedIn !== null) return false;
  if (filter.stepKey !== null && stepKeyOf(job) !== filter.stepKey) return false;
  return filter.states.length === 0 || filter.states.includes(filteredState(job));
}

/** A running job that promised to fail is found among the failed ones: the server alone knows its soft-fail rules. */
function filteredState(job: Job): string {
  const state = stateOf(job);
  if (job.type !== "script" || state !== "running" || job.promised === null || job.promised.exitStatus === 0)
    return state;
  return job.options.softFail === true ? state : "failed";
}

function stepKeyOf(job: Job): string | null {
  switch (job.type) {
    case "script":
    case "trigger":
      return job.options.stepKey ?? null;
    case "manual":
      return job.stepKey;
    case "waiter":
      return null;
  }
}

const jobStates: readonly string[] = [
  "pending",
  "waiting",
  "waiting_failed",
  "blocked",
  "blocked_failed",
  "unblocked",
  "unblocked_failed",
  "limiting",
  "limited",
  "scheduled",
  "assigned",
  "accepted",
  "running",
  "passed",
  "failed",
  "canceling",
  "canceled",
  "timing_out",
  "timed_out",
  "skipped",
  "broken",
  "expired",
];

/** The message for states that the list of jobs does not know; `finished` is one of them. Null when all are known. */
export function unknownStates(states: readonly string[]): string | null {
  const unknown = states.filter((state) => !jobStates.includes(state));
  if (unknown.length === 0) return null;
  return `Invalid states: ${unknown.join(", ")}. Valid states are ${jobStates.join(", ")}.`;
}
