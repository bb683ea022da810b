/** The bodies of webhooks: an event with the objects that it concerns. */
import type { BuildRecord } from "./build-record.ts";
import type { CommandJobRecord } from "./command-job-record.ts";
import { graphqlId } from "./ids.ts";
import { agentJson, jobJson } from "./job-payloads.ts";
import type { Job } from "./outcome.ts";
import { buildJson, organizationUrls, pipelineJson, time } from "./payloads.ts";
import type { Agent, World } from "./world.ts";

export function buildEvent(event: string, build: BuildRecord): object {
  return { event, ...buildAndPipeline(build), sender: senderJson(build.world) };
}

export function jobEvent(event: string, job: Job): object {
  const promise =
    event === "job.promised_exit_status" && job.type === "script"
      ? { promised_exit_status_reason: job.promised?.reason ?? null }
      : {};
  const { build } = job;
  return {
    event,
    job: jobJson(job, "webhook"),
    ...buildAndPipeline(build),
    ...promise,
    sender: senderJson(build.world),
  };
}

export function agentEvent(event: string, world: World, agent: Agent, job: CommandJobRecord | null): object {
  return { event, agent: agentJson(world, agent, "webhook", job), sender: senderJson(world) };
}

export function pingEvent(world: World, service: { readonly id: string; readonly url: string }): object {
  const { id, slug, createdAt } = world.organization;
  const urls = organizationUrls(world);
  return {
    event: "ping",
    service: { id: service.id, provider: "webhook", settings: { url: service.url } },
    organization: {
      id,
      graphql_id: graphqlId("Organization", id),
      ...urls,
      name: slug,
      slug,
      agents_url: `${urls.url}/agents`,
      emojis_url: `${urls.url}/emojis`,
      created_at: time(createdAt, "rest"),
      pipelines_url: `${urls.url}/pipelines`,
    },
    sender: senderJson(world),
  };
}

function buildAndPipeline(build: BuildRecord) {
  const { world, pipeline } = build;
  return { build: buildJson(build, "webhook"), pipeline: pipelineJson(world, pipeline, "webhook") };
}

/** The one who created the webhook, not the one who acted. */
function senderJson(world: World) {
  return { id: world.admin.id, name: world.admin.name };
}
