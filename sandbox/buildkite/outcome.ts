/** What the state of a job means for its build. */
import type { CommandJob } from "./command-job.ts";
import type { BlockJob, TriggerJob, WaitJob } from "./jobs.ts";

export type Job = CommandJob | TriggerJob | BlockJob | WaitJob;

const bad: ReadonlySet<string> = new Set(["failed", "timed_out", "expired", "canceled"]);
const open: ReadonlySet<string> = new Set(["pending", "scheduled", "running"]);

/** It runs or will run. Not so a job behind a wait step: whether it ever runs is undecided. */
export function isUnfinished(job: Job): boolean {
  return (job.type === "script" || job.type === "trigger") && open.has(job.state);
}

/** It fails its build, unless somebody retries it. */
export function failedHard(job: Job): boolean {
  if (job.type === "script") return bad.has(job.state) && !job.softFailed && job.retriedIn === null;
  return job.type === "trigger" && bad.has(job.state) && !job.softFailed;
}

/** Buildkite shows no state of a wait step, but counts and filters by one: passed once all before it is over, however. */
export function stateOf(job: Job): string {
  if (job.type !== "waiter") return job.state;
  const { jobs } = job.build;
  return jobs.slice(0, jobs.indexOf(job)).some(isUnfinished) ? "waiting" : "passed";
}

export function nameOf(job: Job): string {
  switch (job.type) {
    case "script":
      return `job ${job.name ?? job.command}`;
    case "trigger":
      return `trigger job ${job.name}`;
    case "manual":
      return `block step ${job.label}`;
    case "waiter":
      return "wait step";
  }
}
