/** Jobs: get, list, retry one, retry all that failed. */
import { z } from "zod";
import type { HttpAnswer } from "../http.ts";
import {
  type Call,
  failure,
  linkTo,
  parseJson,
  perPage,
  type Route,
  restBuild,
  valuesOf,
  withBuild,
  withJob,
} from "./api-call.ts";
import { matchesJob, unknownStates } from "./api-filters.ts";
import { jobLog } from "./api-log.ts";
import type { Build } from "./build.ts";
import type { CommandJob } from "./command-job.ts";
import { jobJson } from "./job-payloads.ts";
import type { Job } from "./outcome.ts";
import { retryRefusal, retryRefusalOfBuild } from "./refusals.ts";

const build = "/organizations/:organization/pipelines/:pipeline/builds/:number" as const;

export const jobRoutes: readonly Route[] = [
  { name: "jobs.list", path: `GET ${build}/jobs`, scope: "read_builds", handle: withBuild(listJobs) },
  {
    name: "builds.retryFailedJobs",
    path: `PUT ${build}/retry_failed_jobs`,
    scope: "write_builds",
    handle: withBuild(retryFailedJobs),
  },
  ...["/organizations/:organization/jobs/:job" as const, `${build}/jobs/:job` as const].flatMap((job): Route[] => [
    { name: "jobs.get", path: `GET ${job}`, scope: "read_builds", handle: withJob(getJob) },
    { name: "jobs.retry", path: `PUT ${job}/retry`, scope: "write_builds", handle: withJob(retryJob) },
    { name: "jobs.log", path: `GET ${job}/log`, scope: "read_build_logs", handle: withJob(jobLog) },
    { name: "jobs.log", path: `GET ${job}/log.txt`, scope: "read_build_logs", handle: withJob(jobLog) },
    { name: "jobs.log", path: `HEAD ${job}/log`, scope: "read_build_logs", handle: withJob(jobLog) },
  ]),
];

function getJob(_call: Call, job: Job): HttpAnswer {
  return { status: 200, body: jobJson(job, "rest") };
}

/** Pages by cursor; a cursor is the id of the job before or after the page. Retried jobs are in, unless refused. */
function listJobs(call: Call, of: Build): HttpAnswer {
  const { query } = call.request;
  const states = valuesOf(query, "state");
  const unknown = unknownStates(states);
  if (unknown !== null) return failure({ status: 400, message: unknown });
  const size = perPage(query);
  if (size === null) return failure({ status: 400, message: "per_page must be between 1 and 100" });
  const after = query.get("after");
  const before = query.get("before");
  if (after !== null && before !== null) {
    return failure({ status: 400, message: "after and before are mutually exclusive" });
  }
  const filter = { states, withRetried: query.get("include_retried_jobs") !== "false", stepKey: query.get("step_key") };
  const found = of.jobs.filter((job) => matchesJob(job, filter));
  const cursor = found.findIndex((job) => job.id === (after ?? before));
  if (cursor < 0 && (after ?? before) !== null) return failure({ status: 400, message: "Invalid cursor" });

  const start = before === null ? cursor + 1 : Math.max(0, cursor - size);
  const items = found.slice(start, before === null ? start + size : cursor);
  const links: Record<string, string> = { self: linkTo(call, {}) };
  const last = items.at(-1);
  const first = items[0];
  if (last !== undefined && last !== found.at(-1)) links.next = linkTo(call, { after: last.id, before: null });
  if (first !== undefined && first !== found[0]) {
    links.prev = linkTo(call, { before: first.id, after: null });
    links.first = linkTo(call, { before: null, after: null });
  }
  return { status: 200, body: { items: items.map((job) => jobJson(job, "rest")), links } };
}

function retryJob({ user }: Call, job: Job): HttpAnswer {
  const refusal = retryRefusal(job, "manual");
  if (refusal !== null) return failure(refusal);
  if (job.type !== "script") throw new Error("Cannot retry: only jobs that run a command have a next attempt");
  return { status: 200, body: jobJson(job.retry({ by: user }), "rest") };
}

const retryableKinds = ["canceled", "expired", "failed", "soft_failed", "timed_out"] as const;

const RetryRequest = z.object({ states: z.union([z.string(), z.array(z.string())]).optional() });

/**
 * The answer shows the build as it was: the new jobs appear after it. Without `states`, everything that can be retried.
 * What it says of canceled builds is not documented: here it is what it says of their jobs.
 */
function retryFailedJobs({ world, request, user }: Call, of: Build): HttpAnswer {
  const states = wantedStates(request.body);
  if (states === null) return failure({ status: 400, message: "Problems parsing JSON" });
  const invalid = states.filter((state) => !retryableKinds.some((kind) => kind === state));
  if (invalid.length > 0) {
    const message = `Invalid states: ${invalid.join(", ")}. Valid states are ${retryableKinds.join(", ")}.`;
    return failure({ status: 400, message });
  }
  const refusal = retryRefusalOfBuild(of);
  if (refusal !== null) return failure(refusal);
  const jobs = of.jobs.filter((job) => job.type === "script").filter((job) => states.includes(kindOf(job)));
  const queued = world.retries.add(jobs, user);
  const latest = of.jobs.filter((job) => job.type !== "script" || job.retriedIn === null);
  const body = { ...restBuild(of, { jobs: latest, pipeline: true }), retried_jobs_count: queued.length };
  world.retries.run();
  return { status: 202, body };
}

/** Null when the body is not what is expected. */
function wantedStates(body: string): readonly string[] | null {
  const parsed = RetryRequest.safeParse(body === "" ? {} : parseJson(body));
  if (!parsed.success) return null;
  const { states = "" } = parsed.data;
  if (states.length === 0) return retryableKinds;
  return typeof states === "string" ? states.split(",").map((state) => state.trim()) : states;
}

function kindOf(job: CommandJob): string {
  return job.softFailed ? "soft_failed" : job.state;
}
