/** An agent as webhooks and REST show it. Only its id is required. */
import type { Instant } from "../clock.ts";
import type { AgentSnapshot } from "../domain/build.ts";
import { isOrganization, type Organization } from "../domain/ids.ts";
import { type Malformed, mustBe, mustBeWord } from "../malformed.ts";
import { isWord, limits, toBody, toInstant, toLine, toName } from "../values.ts";

const maxQueues = 20;

/** Which of an agent's times tells when it changed. */
export type AgentMoment = "connected_at" | "disconnected_at" | "lost_at" | "stopped_at";

interface AgentReading {
  /** Agent events name no organization; the agent's address does. */
  readonly organization: Organization | null;
  readonly at: Instant | null;
  readonly agent: AgentSnapshot;
}

export function readAgent(value: unknown, moment: AgentMoment | null): AgentReading | Malformed {
  const agent = toBody(value);
  if (agent === null) return mustBe("agent", "an object");
  if (!isWord(agent.id)) return mustBeWord("agent.id", agent.id);
  return {
    organization: toOrganization(agent.url),
    at: moment === null ? null : toInstant(agent[moment]),
    agent: {
      id: toName(agent.id, limits.word),
      name: toLine(agent.name, limits.name),
      hostname: toLine(agent.hostname, limits.name),
      version: toLine(agent.version, limits.word),
      ipAddress: toLine(agent.ip_address, limits.word),
      userAgent: toLine(agent.user_agent, limits.name),
      queues: toQueues(agent.meta_data),
    },
  };
}

function toOrganization(url: unknown): Organization | null {
  const slug = typeof url === "string" ? /\/organizations\/([^/]+)\/agents\//.exec(url)?.[1] : null;
  return isOrganization(slug) ? slug : null;
}

function toQueues(metaData: unknown): readonly string[] {
  const entries = Array.isArray(metaData) ? metaData : [];
  const queues = entries.flatMap((entry: unknown) => {
    return typeof entry === "string" && entry.startsWith("queue=") ? [entry.slice("queue=".length)] : [];
  });
  return queues.slice(0, maxQueues).map((queue) => toName(queue, limits.name));
}
