/** Jobs and agents as JSON. Each type of job has its own set of keys. */
import type { CommandJobRecord } from "./command-job-record.ts";
import { graphqlId } from "./ids.ts";
import type { BlockJob, TriggerJob } from "./jobs.ts";
import type { Job } from "./outcome.ts";
import { buildUrls, clusterJson, organizationUrls, time, userJson, type View } from "./payloads.ts";
import type { Agent, World } from "./world.ts";

export function jobJson(job: Job, view: View): object {
  switch (job.type) {
    case "script":
      return commandJobJson(job, view);
    case "trigger":
      return triggerJobJson(job, view);
    case "manual":
      return blockJobJson(job, view);
    case "waiter":
      return { id: job.id, graphql_id: graphqlId("Job", job.id), type: "waiter" };
  }
}

export function agentJson(world: World, agent: Agent, view: View, job: CommandJobRecord | null = null): object {
  const organization = organizationUrls(world);
  const { id: cluster, queueId } = world.cluster;
  const host = `ip-10-0-3-${agent.number}`;
  return {
    id: agent.id,
    graphql_id: graphqlId("Agent", agent.id),
    url: `${organization.url}/agents/${agent.id}`,
    web_url: `https://buildkite.com/organizations/${world.organization.slug}/clusters/${cluster}/queues/${queueId}/agents/${agent.id}`,
    name: `${host}-1`,
    connection_state: agent.lostAt === null ? "connected" : "lost",
    hostname: host,
    ip_address: "203.0.113.17",
    user_agent: "buildkite-agent/3.110.0.11200 (linux; amd64)",
    version: "3.110.0",
    os_id: "linux",
    arch: "amd64",
    queue: "default",
    creator: null,
    created_at: time(agent.connectedAt, view),
    connected_at: time(agent.connectedAt, view),
    disconnected_at: null,
    lost_at: time(agent.lostAt, view),
    stopped_at: null,
    job: job && commandJobJson(job, view),
    last_job_finished_at: null,
    priority: null,
    meta_data: ["queue=default", "aws:instance-type=c7i.4xlarge"],
  };
}

function commandJobJson(job: CommandJobRecord, view: View) {
  const { build, options, retriedIn } = job;
  const { world } = build;
  const urls = jobUrls(job);
  const cluster = clusterJson(world);
  const { queueId } = world.cluster;
  return {
    id: job.id,
    graphql_id: graphqlId("Job", job.id),
    type: job.type,
    name: job.name,
    step_key: options.stepKey ?? null,
    group_key: options.groupKey ?? null,
    step: { id: job.stepId, signature: null },
    priority: { number: 0 },
    agent_query_rules: ["queue=default"],
    state: job.state,
    build_url: buildUrls(build).url,
    web_url: urls.web_url,
    log_url: `${urls.url}/log`,
    raw_log_url: `${urls.url}/log.txt`,
    artifacts_url: `${urls.url}/artifacts`,
    command: job.command,
    soft_failed: job.softFailed,
    exit_status: job.exitStatus,
    signal: job.signal,
    signal_reason: job.signalReason,
    broken_reason: job.brokenReason,
    artifact_paths: "",
    created_at: time(job.createdAt, view),
    scheduled_at: time(build.createdAt, view),
    runnable_at: time(job.runnableAt, view),
    concurrency_wait_time_ms: null,
    started_at: time(job.startedAt, view),
    finished_at: time(job.finishedAt, view),
    expired_at: time(job.expiredAt, view),
    retried: retriedIn !== null,
    retried_in_job_id: retriedIn?.job.id ?? null,
    retries_count: job.retriesCount,
    retry_source: retrySourceJson(job, view),
    retry_type: retriedIn?.type ?? null,
    retried_by: retriedIn?.by ? userJson(retriedIn.by, view) : null,
    parallel_group_index: options.parallel?.index ?? null,
    parallel_group_total: options.parallel?.total ?? null,
    matrix: options.matrix ?? null,
    agent: job.agent && agentJson(world, job.agent, view),
    ...cluster,
    cluster_queue_id: queueId,
    cluster_queue_url: `${cluster.cluster_url}/queues/${queueId}`,
    ...promiseJson(job),
  };
}

/** Newer fields use the format of REST in webhooks as well. */
function promiseJson(job: CommandJobRecord) {
  if (job.promised === null) return {};
  const { exitStatus, at } = job.promised;
  return { promised_exit_status: exitStatus, promised_exit_status_at: time(at, "rest") };
}

/** Who retried it is told by webhooks here, by REST on the job that was retried. */
function retrySourceJson(job: CommandJobRecord, view: View) {
  if (job.retryOf === null) return null;
  const { job: source, type, by } = job.retryOf;
  const retry = { job_id: source.id, retry_type: type };
  return view === "rest" ? retry : { ...retry, retried_by: by && { name: by.name, email: by.email } };
}

function triggerJobJson(job: TriggerJob, view: View) {
  const { build, triggered } = job;
  return {
    id: job.id,
    graphql_id: graphqlId("Job", job.id),
    type: job.type,
    name: job.name,
    state: job.state,
    async: job.options.async ?? false,
    step_key: job.options.stepKey ?? null,
    build_url: buildUrls(build).url,
    web_url: jobUrls(job).web_url,
    created_at: time(job.createdAt, view),
    scheduled_at: time(build.createdAt, view),
    runnable_at: time(job.startedAt, view),
    started_at: time(job.startedAt, view),
    finished_at: time(job.finishedAt, view),
    triggered_build: triggered && { id: triggered.id, number: triggered.number, ...buildUrls(triggered) },
    soft_failed: job.softFailed,
  };
}

function blockJobJson(job: BlockJob, view: View) {
  return {
    id: job.id,
    graphql_id: graphqlId("Job", job.id),
    type: job.type,
    label: job.label,
    state: job.state,
    step_key: job.stepKey,
    web_url: null,
    unblocked_by: job.unblockedBy && userJson(job.unblockedBy, view),
    unblocked_at: time(job.unblockedAt, view),
    unblockable: job.state === "blocked",
    unblock_url: `${jobUrls(job).url}/unblock`,
  };
}

export function jobUrls(job: CommandJobRecord | TriggerJob | BlockJob) {
  const build = buildUrls(job.build);
  return { url: `${build.url}/jobs/${job.id}`, web_url: `${build.web_url}#${job.id}` };
}
