/**
 * From the raw body of a Buildkite webhook to one of our events. The event's name inside the body decides, not the
 * header: the signature covers the body alone.
 */
import { type AgentMoment, readAgent } from "../buildkite/agent-body.ts";
import { readBuild, readJob } from "../buildkite/bodies.ts";
import type { BuildkiteEvent, Ignored } from "../domain/event.ts";
import { type Malformed, malformed } from "../malformed.ts";
import { type Body, toBody } from "../values.ts";
import { parseJson } from "./json.ts";

interface Delivery {
  /** The event's name, safe to log; null when the body has none. */
  readonly name: string | null;
  readonly outcome: BuildkiteEvent | Ignored | Malformed;
}

interface PayloadContext {
  readonly mask: (text: string) => string;
}

type Read = (body: Body, context: PayloadContext) => BuildkiteEvent | Ignored | Malformed;

const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["ping", () => ignored("ping")],
  ["build.scheduled", buildChanged],
  ["build.running", buildChanged],
  ["build.failing", buildChanged],
  ["build.finished", buildChanged],
  ["build.skipped", buildChanged],
  ["job.scheduled", jobChanged],
  ["job.started", jobChanged],
  ["job.finished", jobChanged],
  ["job.activated", jobChanged],
  ["job.promised_exit_status", jobChanged],
  ["agent.connected", agentChanged("connected", "connected_at")],
  ["agent.disconnected", agentChanged("disconnected", "disconnected_at")],
  ["agent.lost", agentChanged("lost", "lost_at")],
  // Buildkite says when an agent was told to stop, or refused, in no field.
  ["agent.stopping", agentChanged("stopping", null)],
  ["agent.stopped", agentChanged("stopped", "stopped_at")],
  ["agent.blocked", agentChanged("blocked", null)],
  ["cluster_token.registration_blocked", () => ignored("an agent's registration, not an agent")],
]);

export function readDelivery(raw: Buffer, context: PayloadContext): Delivery {
  const json = parseJson(raw);
  if (json === undefined) return { name: null, outcome: malformed("The body is not JSON in UTF-8.") };
  const body = toBody(json);
  const name = body?.event;
  if (body === null || typeof name !== "string" || name === "") {
    return { name: null, outcome: malformed("The body must be a JSON object with the event's name in `event`.") };
  }
  const read = readers.get(name);
  if (read !== undefined) return { name, outcome: read(body, context) };
  const safeName = name.slice(0, 64).replace(/[^\w.-]/g, "?");
  return { name: safeName, outcome: ignored(`unknown event ${safeName}`) };
}

function buildChanged(body: Body): BuildkiteEvent | Malformed {
  const build = readBuild(body.build, body.pipeline);
  return "problem" in build ? build : { kind: "build.changed", build };
}

function jobChanged(body: Body, { mask }: PayloadContext): BuildkiteEvent | Ignored | Malformed {
  const build = readBuild(body.build, body.pipeline);
  if ("problem" in build) return build;
  const job = readJob(body.job, { organization: build.organization, mask });
  if (job === null) return ignored("a job without a state");
  return "problem" in job ? job : { kind: "job.changed", build, job };
}

function agentChanged(change: string, moment: AgentMoment | null): Read {
  return (body) => {
    const read = readAgent(body.agent, moment);
    if ("problem" in read) return read;
    const { organization, at, agent } = read;
    if (organization === null) return ignored("an agent without a known organization");
    return { kind: "agent.changed", organization, change, at, agent };
  };
}

function ignored(reason: string): Ignored {
  return { kind: "ignored", reason };
}
