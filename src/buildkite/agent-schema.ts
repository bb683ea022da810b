/** An agent as webhooks and REST show it. Only its id is required. */
import { z } from "zod";
import type { AgentSnapshot } from "../domain/build.ts";
import { Organization } from "../domain/ids.ts";
import { limits, optional, optionalText, word } from "./schemas.ts";
import { toLine, toName } from "./values.ts";

const maxQueues = 20;

export const AgentBody = z.object(
  {
    id: word,
    url: optionalText,
    name: optionalText,
    hostname: optionalText,
    version: optionalText,
    ip_address: optionalText,
    user_agent: optionalText,
    meta_data: optional(z.array(optionalText)),
    connected_at: optionalText,
    disconnected_at: optionalText,
    lost_at: optionalText,
    stopped_at: optionalText,
  },
  { error: "an object" },
);
export type AgentBody = z.infer<typeof AgentBody>;

export function toAgentSnapshot(agent: AgentBody): AgentSnapshot {
  return {
    id: toName(agent.id, limits.word),
    name: toLine(agent.name, limits.name),
    hostname: toLine(agent.hostname, limits.name),
    version: toLine(agent.version, limits.word),
    ipAddress: toLine(agent.ip_address, limits.word),
    userAgent: toLine(agent.user_agent, limits.name),
    queues: toQueues(agent.meta_data ?? []),
  };
}

/** Agent events name no organization; the agent's address does. */
export function organizationOfAgent(agent: AgentBody): Organization | null {
  const slug = /\/organizations\/([^/]+)\/agents\//.exec(agent.url ?? "")?.[1];
  return Organization.safeParse(slug).data ?? null;
}

function toQueues(metaData: readonly (string | null | undefined)[]): readonly string[] {
  const queues = metaData.flatMap((entry) => (entry?.startsWith("queue=") ? [entry.slice("queue=".length)] : []));
  return queues.slice(0, maxQueues).map((queue) => toName(queue, limits.name));
}
