/** Check runs. */
import type { HttpAnswer } from "../http.ts";
import { failure, invalid, notFound, paged, parseJson, type RepositoryCall, type Route } from "./api-call.ts";
import { commitRoute } from "./api-commits.ts";
import { type CheckInput, checkContent, NewCheckRun, UpdatedCheckRun } from "./check-input.ts";
import { type CheckRun, latestRuns, newRun } from "./checks.ts";
import { checkRunJson } from "./json-check.ts";
import { findRef } from "./refs.ts";

const repo = "/repos/:owner/:repo" as const;

export const checkRoutes: readonly Route[] = [
  { name: "checks.create", path: `POST ${repo}/check-runs`, as: ["checks:write"], handle: create },
  { name: "checks.get", path: `GET ${repo}/check-runs/:id`, as: ["checks:read"], handle: withRun(get) },
  { name: "checks.update", path: `PATCH ${repo}/check-runs/:id`, as: ["checks:write"], handle: withRun(update) },
  {
    name: "checks.listAnnotations",
    path: `GET ${repo}/check-runs/:id/annotations`,
    as: ["checks:read"],
    handle: withRun(annotations),
  },
  { name: "checks.listForRef", path: `GET ${repo}/commits/:ref+/check-runs`, as: ["checks:read"], handle: list },
  commitRoute,
];

function withRun(handle: (call: RepositoryCall, run: CheckRun) => HttpAnswer): (call: RepositoryCall) => HttpAnswer {
  return (call) => {
    const run = call.repository.checks.find(Number(call.params.id));
    return run === undefined ? notFound() : handle(call, run);
  };
}

/** Two requests make two runs, as in truth. */
function create({ repository, world, request }: RepositoryCall): HttpAnswer {
  const json = parseJson(request.body);
  if (json === undefined) return failure(400, "Problems parsing JSON");
  const parsed = NewCheckRun.safeParse(json);
  if (!parsed.success) return invalid(parsed.error.issues);
  const { head_sha: sha, name, ...input } = parsed.data;
  if (repository.git.find(sha)?.sha !== sha) return failure(422, `No commit found for SHA: ${sha}`);
  const now = world.clock.now();
  const content = { ...newRun(name, now), ...checkContent(input, now) };
  const run = repository.checks.create(sha, content, annotationsOf(input), world.app.bot);
  return { status: 201, body: checkRunJson(run, "rest") };
}

function get(_call: RepositoryCall, run: CheckRun): HttpAnswer {
  return { status: 200, body: checkRunJson(run, "rest") };
}

/** Annotations are added to those that are there; everything else is replaced. */
function update({ repository, world, request }: RepositoryCall, run: CheckRun): HttpAnswer {
  if (run.suite.app !== world.app) {
    const message = `Invalid app_id \`${world.app.id}\` - check run can only be modified by the GitHub App that created it.`;
    return failure(403, message);
  }
  const json = parseJson(request.body);
  if (json === undefined) return failure(400, "Problems parsing JSON");
  const parsed = UpdatedCheckRun.safeParse(json);
  if (!parsed.success) return invalid(parsed.error.issues);
  const { name, ...input } = parsed.data;
  const content = { ...(name === undefined ? {} : { name }), ...checkContent(input, world.clock.now()) };
  repository.checks.update(run, content, annotationsOf(input), world.app.bot);
  return { status: 200, body: checkRunJson(run, "rest") };
}

function annotationsOf({ output }: CheckInput) {
  return output?.annotations ?? [];
}

function annotations(call: RepositoryCall, run: CheckRun): HttpAnswer {
  return paged(call, run.annotations, (page) => page.map((annotation) => ({ ...annotation, blob_href: "" })));
}

/** Newest first. Only the newest of each name, unless all are asked for. */
function list(call: RepositoryCall): HttpAnswer {
  const { repository, params, request } = call;
  const commit = findRef(repository, params.ref ?? "");
  if (commit === undefined) return failure(422, `No commit found for SHA: ${params.ref}`);
  const { query } = request;
  const [name, appId, status] = [query.get("check_name"), query.get("app_id"), query.get("status")];
  const all = repository.checks.of(commit.sha);
  const found = (query.get("filter") === "all" ? all : latestRuns(all))
    .filter((run) => name === null || run.name === name)
    .filter((run) => status === null || run.status === status)
    .filter((run) => appId === null || Number(appId) === run.suite.app.id)
    .toReversed();
  return paged(call, found, (page) => ({
    total_count: found.length,
    check_runs: page.map((run) => checkRunJson(run, "rest")),
  }));
}
