/**
 * From the raw body of a Buildkite webhook to one of our events. The event's name inside the body decides, not the
 * header: the signature covers the body alone.
 */
import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { AgentBody, organizationOfAgent, toAgentSnapshot } from "../buildkite/agent-schema.ts";
import { BuildBody, JobBody, PipelineBody, toBuildSnapshot, toJobSnapshot } from "../buildkite/schemas.ts";
import { toInstant } from "../buildkite/values.ts";
import type { Event, Ignored } from "../domain/event.ts";

/** Not what Buildkite sends. `problem` names the field and what was expected there, never what was found. */
interface Malformed {
  readonly kind: "malformed";
  readonly problem: string;
}

interface Delivery {
  /** The event's name, safe to log; null when the body has none. */
  readonly name: string | null;
  readonly outcome: Event | Ignored | Malformed;
}

interface PayloadContext {
  readonly mask: (text: string) => string;
}

type Read = (body: object, context: PayloadContext) => Event | Ignored | Malformed;

const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["ping", () => ignored("ping")],
  ["build.scheduled", readBuild],
  ["build.running", readBuild],
  ["build.failing", readBuild],
  ["build.finished", readBuild],
  ["build.skipped", readBuild],
  ["job.scheduled", readJob],
  ["job.started", readJob],
  ["job.finished", readJob],
  ["job.activated", readJob],
  ["job.promised_exit_status", readJob],
  ["agent.connected", readAgent("connected", "connected_at")],
  ["agent.disconnected", readAgent("disconnected", "disconnected_at")],
  ["agent.lost", readAgent("lost", "lost_at")],
  // Buildkite says when an agent was told to stop, or refused, in no field.
  ["agent.stopping", readAgent("stopping", null)],
  ["agent.stopped", readAgent("stopped", "stopped_at")],
  ["agent.blocked", readAgent("blocked", null)],
  ["cluster_token.registration_blocked", () => ignored("an agent's registration, not an agent")],
]);

export function readDelivery(raw: Buffer, context: PayloadContext): Delivery {
  const body = parseJson(raw);
  if (body === undefined) return { name: null, outcome: malformed("The body is not JSON in UTF-8.") };
  const name = typeof body === "object" && body !== null && "event" in body ? body.event : null;
  if (typeof body !== "object" || body === null || typeof name !== "string" || name === "") {
    return { name: null, outcome: malformed("The body must be a JSON object with the event's name in `event`.") };
  }
  const safeName = name.slice(0, 64).replace(/[^\w.-]/g, "?");
  const read = readers.get(name);
  return { name: safeName, outcome: read?.(body, context) ?? ignored(`unknown event ${safeName}`) };
}

/** Undefined when it is not JSON. What `JSON.parse` says is dropped, for it quotes the body. */
function parseJson(raw: Buffer): unknown {
  // Decoding puts U+FFFD for bytes that are no UTF-8, so one wrong byte would change a name in silence.
  if (!isUtf8(raw)) return undefined;
  try {
    return JSON.parse(raw.toString("utf8"));
  } catch {
    return undefined;
  }
}

const buildShape = { build: BuildBody, pipeline: PipelineBody.nullish().catch(null) };
const BuildEvent = z.object(buildShape);
const JobEvent = z.object({ ...buildShape, job: JobBody });

function readBuild(body: object): Event | Malformed {
  const parsed = BuildEvent.safeParse(body);
  if (!parsed.success) return malformed(describe(parsed.error));
  const { build, pipeline } = parsed.data;
  return contradiction(build, pipeline) ?? { kind: "build.changed", build: toBuildSnapshot(build, pipeline) };
}

function readJob(body: object, { mask }: PayloadContext): Event | Ignored | Malformed {
  const parsed = JobEvent.safeParse(body);
  if (!parsed.success) return malformed(describe(parsed.error));
  const { build, pipeline, job } = parsed.data;
  const wrong = contradiction(build, pipeline);
  if (wrong !== null) return wrong;
  const snapshot = toJobSnapshot(job, { organization: build.url.organization, mask });
  if (snapshot === null) return ignored("a job without a state");
  return { kind: "job.changed", build: toBuildSnapshot(build, pipeline), job: snapshot };
}

/**
 * A build is the one that its address names; a body that says two things is believed in neither. Asked here and not in
 * the schemas, where a refinement of a whole object costs more than reading all of its fields.
 */
function contradiction(build: BuildBody, pipeline: PipelineBody | null | undefined): Malformed | null {
  if (build.number !== build.url.number) return malformed("build.number must be the number in build.url.");
  const slug = pipeline?.slug ?? build.url.pipeline;
  return slug === build.url.pipeline ? null : malformed("pipeline.slug must be the pipeline that build.url names.");
}

const AgentEvent = z.object({ agent: AgentBody });

function readAgent(change: string, at: "connected_at" | "disconnected_at" | "lost_at" | "stopped_at" | null): Read {
  return (body) => {
    const parsed = AgentEvent.safeParse(body);
    if (!parsed.success) return malformed(describe(parsed.error));
    const { agent } = parsed.data;
    const organization = organizationOfAgent(agent);
    if (organization === null) return ignored("an agent without a known organization");
    return {
      kind: "agent.changed",
      organization,
      change,
      at: at === null ? null : toInstant(agent[at]),
      agent: toAgentSnapshot(agent),
    };
  };
}

/** Paths and expectations are ours (the schemas' keys and messages), so nothing of the body gets into the answer. */
function describe(error: z.ZodError): string {
  const issue = error.issues[0];
  return `${issue?.path.join(".")} must be ${issue?.message}.`;
}

function ignored(reason: string): Ignored {
  return { kind: "ignored", reason };
}

function malformed(problem: string): Malformed {
  return { kind: "malformed", problem };
}
