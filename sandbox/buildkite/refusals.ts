/** When Buildkite refuses an action, and in which words. Where its words are not documented the status alone is sure. */
import type { BuildRecord } from "./build-record.ts";
import type { CommandJob } from "./command-job.ts";
import type { Job } from "./outcome.ts";

export interface ApiError {
  readonly status: 400 | 401 | 403 | 404 | 416 | 422;
  readonly message: string;
  readonly errors?: readonly object[];
}

/** For a story that asks for what Buildkite would refuse: the story is wrong. */
export function mustNotBeRefused(action: string, refusal: ApiError | null): void {
  if (refusal !== null) throw new Error(`Cannot ${action}: ${refusal.message}`);
}

const retryableStates: ReadonlySet<string> = new Set(["failed", "timed_out", "canceled", "expired"]);

export function retryRefusalOfBuild(build: BuildRecord): ApiError | null {
  if (build.state === "canceled" || build.state === "canceling") {
    return { status: 422, message: "Jobs from canceled builds cannot be retried" };
  }
  const parent = build.triggeredBy;
  if (parent !== null && parent.options.async !== true && parent.build.state === "canceled") {
    const message =
      "This job can't be retried because this build was triggered by a synchronous trigger step in a canceled build";
    return { status: 422, message };
  }
  return null;
}

export function retryRefusal(job: Job, type: "manual" | "automatic"): ApiError | null {
  const refusal = retryRefusalOfBuild(job.build);
  if (refusal !== null) return refusal;
  const wrongState: ApiError = { status: 400, message: "Only failed, timed out or canceled jobs can be retried" };
  if (job.type !== "script") return wrongState;
  if (job.retriedIn !== null) return { status: 400, message: "Jobs can only be retried once" };
  return retryableStates.has(job.state) ? ruleRefusal(job, type) : passedRefusal(job, wrongState);
}

function passedRefusal(job: CommandJob, otherwise: ApiError): ApiError | null {
  return job.state === "passed" && job.options.manualRetry?.permitOnPassed === true ? null : otherwise;
}

function ruleRefusal(job: CommandJob, type: "manual" | "automatic"): ApiError | null {
  const { manualRetry } = job.options;
  if (type === "automatic" || manualRetry?.allowed !== false) return null;
  return { status: 422, message: manualRetry.reason ?? "Manual retries are not allowed for this job" };
}

export function cancelRefusal(build: BuildRecord): ApiError | null {
  if (build.blocked !== null || ["scheduled", "running", "failing"].includes(build.state)) return null;
  return { status: 422, message: `Build can't be canceled because it's already ${build.state}` };
}

export function rebuildRefusal(build: BuildRecord): ApiError | null {
  if (build.pipeline.allowRebuilds) return null;
  return { status: 422, message: "Rebuilds are not allowed for this pipeline" };
}
