/**
 * Builds, pipelines and people as JSON. Webhooks and REST answers have the same keys; they differ in how they write
 * time, and REST keeps the address that can start builds to itself.
 */
import type { Instant } from "../../src/clock.ts";
import type { BuildRecord } from "./build-record.ts";
import { graphqlId } from "./ids.ts";
import type { Pipeline, User, World } from "./world.ts";

export type View = "webhook" | "rest";

const api = "https://api.buildkite.com/v2";
const web = "https://buildkite.com";

/** Webhooks know whole seconds only. */
export function time(at: Instant | null, view: View): string | null {
  if (at === null) return null;
  const iso = new Date(at).toISOString();
  return view === "rest" ? iso : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

export function organizationUrls(world: World): { readonly url: string; readonly web_url: string } {
  const { slug } = world.organization;
  return { url: `${api}/organizations/${slug}`, web_url: `${web}/${slug}` };
}

export function buildUrls(build: BuildRecord): { readonly url: string; readonly web_url: string } {
  const organization = organizationUrls(build.world);
  const { slug } = build.pipeline;
  return {
    url: `${organization.url}/pipelines/${slug}/builds/${build.number}`,
    web_url: `${organization.web_url}/${slug}/builds/${build.number}`,
  };
}

export function clusterJson(world: World) {
  const { id } = world.cluster;
  return { cluster_id: id, cluster_url: `${organizationUrls(world).url}/clusters/${id}` };
}

export function userJson(user: User, view: View) {
  return {
    id: user.id,
    graphql_id: graphqlId("User", user.id),
    name: user.name,
    email: user.email,
    avatar_url: user.avatarUrl,
    created_at: time(user.createdAt, view),
  };
}

/** The keys of a build in every webhook; REST adds `env`, `pipeline` and `jobs`. */
export function buildJson(build: BuildRecord, view: View) {
  const { author, rebuiltFrom } = build;
  return {
    id: build.id,
    graphql_id: graphqlId("Build", build.id),
    ...buildUrls(build),
    number: build.number,
    state: build.state,
    cancel_reason: build.cancelReason,
    blocked: build.blocked !== null,
    blocked_state: build.blocked?.blockedState ?? "",
    message: build.message,
    commit: build.commit,
    branch: build.branch,
    tag: build.options.tag ?? null,
    source: build.source,
    author,
    creator: build.creator && userJson(build.creator, view),
    created_at: time(build.createdAt, view),
    scheduled_at: time(build.createdAt, view),
    started_at: time(build.startedAt, view),
    failing_at: time(build.failingAt, view),
    finished_at: time(build.finishedAt, view),
    meta_data: build.metaData,
    pull_request: pullRequestJson(build),
    merge_queue: null,
    rebuilt_from: rebuiltFrom && { id: rebuiltFrom.id, number: rebuiltFrom.number, url: buildUrls(rebuiltFrom).url },
    ...clusterJson(build.world),
    ...triggeredFromJson(build),
  };
}

function pullRequestJson(build: BuildRecord) {
  const pullRequest = build.options.pullRequest ?? null;
  if (pullRequest === null) return null;
  const { number, base, repository = gitUrl(build.pipeline) } = pullRequest;
  return { id: String(number), base, repository };
}

function triggeredFromJson(build: BuildRecord) {
  const parent = build.triggeredBy?.build;
  if (parent === undefined) return {};
  return {
    triggered_from: {
      build_id: parent.id,
      build_number: parent.number,
      build_pipeline_slug: parent.pipeline.slug,
    },
  };
}

export function pipelineJson(world: World, pipeline: Pipeline, view: View) {
  const organization = organizationUrls(world);
  const url = `${organization.url}/pipelines/${pipeline.slug}`;
  return {
    id: pipeline.id,
    graphql_id: graphqlId("Pipeline", pipeline.id),
    url,
    web_url: `${organization.web_url}/${pipeline.slug}`,
    name: pipeline.name,
    description: pipeline.description,
    slug: pipeline.slug,
    repository: pipeline.repository,
    ...clusterJson(world),
    pipeline_template_uuid: null,
    branch_configuration: null,
    default_branch: pipeline.defaultBranch,
    skip_queued_branch_builds: true,
    skip_queued_branch_builds_filter: `!${pipeline.defaultBranch}`,
    cancel_running_branch_builds: false,
    cancel_running_branch_builds_filter: null,
    allow_rebuilds: pipeline.allowRebuilds,
    provider: {
      id: "github",
      settings: {
        trigger_mode: "code",
        build_pull_requests: true,
        build_branches: true,
        build_tags: false,
        build_pull_request_forks: false,
        skip_pull_request_builds_for_existing_commits: true,
        publish_commit_status: true,
        publish_commit_status_per_step: true,
        publish_blocked_as_pending: true,
        separate_pull_request_statuses: false,
        repository: repositoryName(pipeline),
      },
      webhook_url: view === "webhook" ? `https://webhook.buildkite.com/deliver/SECRET-${pipeline.id}` : "",
    },
    builds_url: `${url}/builds`,
    badge_url: `https://badge.buildkite.com/${pipeline.id.replaceAll("-", "")}.svg`,
    created_by: userJson(world.admin, view),
    created_at: time(pipeline.createdAt, view),
    archived_at: null,
    env: {},
    // Nobody should rely on these: they change between the event and its delivery.
    scheduled_builds_count: 0,
    running_builds_count: 0,
    scheduled_jobs_count: 0,
    running_jobs_count: 0,
    waiting_jobs_count: 0,
    visibility: "private",
    tags: [],
    emoji: null,
    color: null,
    configuration: pipeline.configuration,
    steps: [stepJson(":pipeline:", "buildkite-agent pipeline upload")],
  };
}

export function stepJson(name: string, command: string) {
  return {
    type: "script",
    name,
    command,
    artifact_paths: null,
    branch_configuration: null,
    env: {},
    timeout_in_minutes: null,
    agent_query_rules: [],
    concurrency: null,
    parallelism: null,
  };
}

/** `owner/name` out of any kind of clone address. */
function repositoryName(pipeline: Pipeline): string {
  return pipeline.repository.replace(/^.*[:/]([^/:]+\/[^/]+?)(?:\.git)?$/, "$1");
}

function gitUrl(pipeline: Pipeline): string {
  return `git://github.com/${repositoryName(pipeline)}.git`;
}
