/**
 * How one job counts, taken alone. Whether a newer attempt supersedes it is known only to the build's facts.
 *
 * The order of the questions is the rule (Buildkite's own tools ask in this order): casualties and jobs that never ran
 * first, soft failures before failures. Exit statuses never decide: -1 is a lost agent and null an expired job.
 */
import type { JobSnapshot } from "./build.ts";

export type JobClass = "cause" | "canceled" | "casualty" | "notRun" | "softFailed" | "passed" | "active" | "uncounted";

export function classifyJob(job: JobSnapshot): JobClass {
  if (job.state === "waiting_failed" || job.state === "blocked_failed" || job.state === "unblocked_failed") {
    return "casualty";
  }
  if (job.state === "broken" || job.state === "skipped") return "notRun";
  if (job.type === "waiter" || job.type === "manual") return "uncounted";
  if (job.softFailed) return "softFailed";
  switch (job.state) {
    case "failed":
    case "timed_out":
    case "expired":
      return "cause";
    case "finished":
      // An internal word that never should reach us; GraphQL uses it for both ends.
      return job.exitStatus === 0 ? "passed" : "cause";
    case "running":
      return job.promisedExitStatus !== null && job.promisedExitStatus !== 0 ? "cause" : "active";
    case "canceled":
      return "canceled";
    case "passed":
      return "passed";
    default:
      return "active";
  }
}

/** A job id never restarts, so a snapshot of a higher rank is a later one, whenever it arrives. */
export function rankJob(job: JobSnapshot): 0 | 1 | 2 | 3 | 4 | 5 {
  switch (job.state) {
    case "pending":
    case "waiting":
    case "blocked":
      return 0;
    case "running":
      return classifyJob(job) === "cause" ? 3 : 2;
    case "canceling":
    case "timing_out":
      return 4;
    case "passed":
    case "failed":
    case "finished":
    case "timed_out":
    case "expired":
    case "canceled":
    case "skipped":
    case "broken":
    case "unblocked":
    case "waiting_failed":
    case "blocked_failed":
    case "unblocked_failed":
      return 5;
    default:
      return 1;
  }
}

/** Why a cause failed, in the words people use. */
export type FailureKind = "failed" | "timedOut" | "expired" | "agentLost" | "canceled" | "promised";

export function failureKind(job: Pick<JobSnapshot, "state" | "exitStatus" | "type">): FailureKind {
  switch (job.state) {
    case "timed_out":
      return "timedOut";
    case "expired":
      return "expired";
    case "canceled":
      return "canceled";
    case "running":
      return "promised";
    default:
      return job.exitStatus === -1 && job.type === "script" ? "agentLost" : "failed";
  }
}
