/** Services that asked us to wait, for all processes. */
import type { Redis } from "ioredis";
import type { Pauses } from "../slack/client.ts";
import type { Keys } from "./keys.ts";

export function createPauses(redis: Redis, keys: Keys): Pauses {
  return {
    async until(service) {
      const until = await redis.get(keys.pause(service));
      return until === null ? null : Number(until);
    },
    async set(service, until, now) {
      await redis.set(keys.pause(service), until, "PX", Math.max(1, Math.ceil(until - now)));
    },
  };
}
