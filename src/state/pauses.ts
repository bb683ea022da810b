/** Services that asked us to wait, for all processes. */
import type { Redis } from "ioredis";
import type { Pauses } from "../slack/client.ts";
import type { Keys } from "./keys.ts";
import type { Scripts } from "./scripts.ts";

export function createPauses(redis: Redis, scripts: Scripts, keys: Keys): Pauses {
  return {
    async until(service) {
      const until = await redis.get(keys.pause(service));
      return until === null ? null : Number(until);
    },
    async set(service, until, now) {
      await scripts.run("pause", [keys.pause(service)], [until, Math.max(1, Math.ceil(until - now))]);
    },
  };
}
