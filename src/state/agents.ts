/** The last change of each agent: its connections, losses and stops, whatever order they were told in. */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { EventOf } from "../domain/event.ts";
import type { Organization } from "../domain/ids.ts";
import { type Keys, ttl } from "./keys.ts";
import type { Scripts } from "./scripts.ts";

export interface Agents {
  record(event: EventOf<"agent.changed">): Promise<void>;
  /** By id: each agent's latest change. */
  list(organization: Organization): Promise<Record<string, unknown>>;
}

export function createAgents(redis: Redis, scripts: Scripts, keys: Keys): Agents {
  return {
    async record({ organization, change, at, agent }) {
      const value = JSON.stringify({ change, at, ...agent });
      await scripts.run("recordAgent", [keys.agents(organization)], [agent.id, at ?? 0, value, ttl.agents]);
    },
    async list(organization) {
      const all = await redis.hgetall(keys.agents(organization));
      return Object.fromEntries(
        Object.entries(all).map(([id, stored]) => [
          id,
          z.unknown().parse(JSON.parse(stored.slice(stored.indexOf(":") + 1))),
        ]),
      );
    },
  };
}
