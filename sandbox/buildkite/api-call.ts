/** One request to the REST API, its route, and the forms of answers that the routes share. */

import type { HttpAnswer, HttpRequest } from "../http.ts";
import type { Build } from "./build.ts";
import { jobJson } from "./job-payloads.ts";
import { type Job, stateOf } from "./outcome.ts";
import { buildJson, pipelineJson } from "./payloads.ts";
import type { ApiError } from "./refusals.ts";
import type { Person, World } from "./world.ts";

export interface Call {
  readonly world: World;
  readonly request: HttpRequest;
  /** The parts of the path that its route names. */
  readonly params: Readonly<Record<string, string>>;
  /** Of this server, for links to further pages. */
  readonly origin: string;
  /** The owner of the API token: who acts. */
  readonly user: Person;
  readonly scopes: readonly string[];
}

export type Handler = (call: Call) => HttpAnswer;

export interface Route {
  /** Names the request for faults and in the log of requests. */
  readonly name: string;
  /** The path below `/v2`; `:name` stands for one segment. */
  readonly path: `${"GET" | "HEAD" | "PUT" | "POST"} /${string}`;
  /** What the token needs. */
  readonly scope: string | null;
  readonly handle: Handler;
}

export function failure(error: ApiError): HttpAnswer {
  const { status, ...body } = error;
  return { status, body };
}

export function withBuild(handle: (call: Call, build: Build) => HttpAnswer): Handler {
  return (call) => {
    const { pipeline = "", number = "" } = call.params;
    if (!call.world.pipelines.has(pipeline)) return failure({ status: 404, message: "No pipeline found" });
    const build = call.world.findBuild(pipeline, Number(number));
    return build === undefined ? failure({ status: 404, message: "No build found" }) : handle(call, build);
  };
}

/** Works with and without the build in the path. */
export function withJob(handle: (call: Call, job: Job) => HttpAnswer): Handler {
  return (call) => {
    const { pipeline, number, job: id = "" } = call.params;
    const job = call.world.jobs.get(id);
    const elsewhere =
      pipeline !== undefined && (job?.build.pipeline.slug !== pipeline || job.build.number !== Number(number));
    if (job === undefined || elsewhere) return failure({ status: 404, message: "No job found" });
    return handle(call, job);
  };
}

/** What the query of a request leaves of a build. */
export interface BuildParts {
  readonly jobs: readonly Job[] | null;
  readonly pipeline: boolean;
}

export function restBuild(build: Build, parts: BuildParts) {
  const { world, pipeline, options } = build;
  return {
    ...buildJson(build, "rest"),
    env: options.env ?? {},
    ...(parts.pipeline ? { pipeline: pipelineJson(world, pipeline, "rest") } : {}),
    ...(parts.jobs === null ? {} : { jobs: parts.jobs.map((job) => jobJson(job, "rest")) }),
  };
}

export function stateCounts(jobs: readonly Job[]) {
  const states: Record<string, number> = {};
  for (const job of jobs) {
    const state = stateOf(job);
    states[state] = (states[state] ?? 0) + 1;
  }
  return { total: jobs.length, states };
}

export function isTrue(query: URLSearchParams, name: string): boolean {
  return query.get(name) === "true";
}

/** Both `name=value` and `name[]=value`, any number of times. */
export function valuesOf(query: URLSearchParams, name: string): readonly string[] {
  return [...query.getAll(name), ...query.getAll(`${name}[]`)];
}

/** Null when it is not a number from 1 to 100. */
export function perPage(query: URLSearchParams): number | null {
  const size = Number(query.get("per_page") ?? 30);
  return Number.isInteger(size) && size >= 1 && size <= 100 ? size : null;
}

export function linkTo(call: Call, changes: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams(call.request.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return `${call.origin}${call.request.path}${text === "" ? "" : `?${text}`}`;
}

/** Undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
