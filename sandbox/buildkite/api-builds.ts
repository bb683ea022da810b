/** Builds: get, list, create, rebuild, cancel. */
import { z } from "zod";
import type { HttpAnswer } from "../http.ts";
import {
  type Call,
  failure,
  isTrue,
  linkTo,
  parseJson,
  perPage,
  type Route,
  restBuild,
  stateCounts,
  valuesOf,
  withBuild,
} from "./api-call.ts";
import { matchesBuild, matchesJob } from "./api-filters.ts";
import type { Build } from "./build.ts";
import type { BuildOptions } from "./build-record.ts";
import { pipelineJson } from "./payloads.ts";
import { cancelRefusal, rebuildRefusal } from "./refusals.ts";

const pipeline = "/organizations/:organization/pipelines/:pipeline" as const;

export const buildRoutes: readonly Route[] = [
  { name: "pipelines.get", path: `GET ${pipeline}`, scope: "read_pipelines", handle: getPipeline },
  { name: "builds.list", path: `GET ${pipeline}/builds`, scope: "read_builds", handle: listBuilds },
  { name: "builds.list", path: "GET /organizations/:organization/builds", scope: "read_builds", handle: listBuilds },
  { name: "builds.get", path: `GET ${pipeline}/builds/:number`, scope: "read_builds", handle: withBuild(getBuild) },
  { name: "builds.create", path: `POST ${pipeline}/builds`, scope: "write_builds", handle: createBuild },
  {
    name: "builds.rebuild",
    path: `PUT ${pipeline}/builds/:number/rebuild`,
    scope: "write_builds",
    handle: withBuild(rebuild),
  },
  {
    name: "builds.cancel",
    path: `PUT ${pipeline}/builds/:number/cancel`,
    scope: "write_builds",
    handle: withBuild(cancel),
  },
];

function getPipeline({ world, params }: Call): HttpAnswer {
  const found = world.pipelines.get(params.pipeline ?? "");
  if (found === undefined) return failure({ status: 404, message: "No pipeline found" });
  return { status: 200, body: pipelineJson(world, found, "rest") };
}

function getBuild(call: Call, build: Build): HttpAnswer {
  const shown = shownBuild(call, build);
  const { jobs } = shown.parts;
  return { status: 200, body: { ...shown.body, ...(jobs === null ? {} : { job_state_counts: stateCounts(jobs) }) } };
}

/** Retried jobs are left out unless asked for: the opposite of the list of jobs. */
function shownBuild({ request: { query } }: Call, build: Build) {
  const states = valuesOf(query, "job_states");
  const withRetried = isTrue(query, "include_retried_jobs");
  const jobs = build.jobs.filter((job) => matchesJob(job, { states, withRetried, stepKey: null }));
  const parts = { jobs: isTrue(query, "exclude_jobs") ? null : jobs, pipeline: !isTrue(query, "exclude_pipeline") };
  return { parts, body: restBuild(build, parts) };
}

/** Newest first, in pages; `Link` names the others. */
function listBuilds(call: Call): HttpAnswer {
  const { world, params, request } = call;
  const slug = params.pipeline;
  const builds = slug === undefined ? world.builds : world.pipelines.get(slug)?.builds;
  if (builds === undefined) return failure({ status: 404, message: "No pipeline found" });
  const size = perPage(request.query);
  const page = Number(request.query.get("page") ?? 1);
  if (size === null || !Number.isInteger(page) || page < 1) {
    return failure({ status: 400, message: "page and per_page must be positive integers, per_page at most 100" });
  }
  const found = builds.filter((build) => matchesBuild(build, request.query)).reverse();
  const last = Math.max(1, Math.ceil(found.length / size));
  const body = found.slice((page - 1) * size, page * size).map((build) => shownBuild(call, build).body);
  const pages: [string, number][] = [];
  if (page > 1) pages.push(["first", 1], ["prev", page - 1]);
  if (page < last) pages.push(["next", page + 1], ["last", last]);
  if (pages.length === 0) return { status: 200, body };
  const link = pages.map(([rel, number]) => `<${linkTo(call, { page: String(number) })}>; rel="${rel}"`).join(", ");
  return { status: 200, headers: { Link: link }, body };
}

const texts = z.record(z.string(), z.string());

/** 100 KB is the limit for a value of meta-data. */
const NewBuild = z.object({
  commit: z.string().min(1),
  branch: z.string().min(1),
  message: z.string().optional(),
  author: z.object({ name: z.string(), email: z.string() }).optional(),
  env: texts.optional(),
  meta_data: z.record(z.string(), z.string().max(102_400)).optional(),
  pull_request_id: z.number().int().positive().optional(),
  pull_request_base_branch: z.string().optional(),
  pull_request_repository: z.string().optional(),
});

/** Not idempotent, as in truth: the same request twice makes two builds. */
function createBuild({ world, params, request, user }: Call): HttpAnswer {
  const slug = params.pipeline ?? "";
  if (!world.pipelines.has(slug)) return failure({ status: 404, message: "No pipeline found" });
  const json = parseJson(request.body);
  if (json === undefined) return failure({ status: 400, message: "Problems parsing JSON" });
  const parsed = NewBuild.safeParse(json);
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({
      field: path.join("."),
      code: "invalid",
      value: message,
    }));
    return failure({ status: 422, message: "Validation Failed", errors });
  }
  const build = world.createBuild(slug, { ...newBuildOptions(parsed.data), creator: user, source: "api" });
  return { status: 201, body: restBuild(build, { jobs: build.jobs, pipeline: true }) };
}

function newBuildOptions(input: z.infer<typeof NewBuild>): BuildOptions {
  const { commit, branch, message, author, env = {}, meta_data: metaData = {} } = input;
  const {
    pull_request_id: number,
    pull_request_base_branch: base = "main",
    pull_request_repository: repository,
  } = input;
  const source = repository === undefined ? {} : { repository };
  const pullRequest = number === undefined ? null : { number, base, ...source };
  return { commit, branch, message: message ?? null, author: author ?? null, env, metaData, pullRequest };
}

function rebuild({ user }: Call, build: Build): HttpAnswer {
  const refusal = rebuildRefusal(build);
  if (refusal !== null) return failure(refusal);
  const again = build.rebuild({ by: user, source: "api" });
  return { status: 200, body: restBuild(again, { jobs: again.jobs, pipeline: true }) };
}

function cancel(_call: Call, build: Build): HttpAnswer {
  const refusal = cancelRefusal(build);
  if (refusal !== null) return failure(refusal);
  build.cancel();
  return { status: 200, body: restBuild(build, { jobs: build.jobs, pipeline: true }) };
}
