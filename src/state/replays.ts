/** Tells a request that was worked on before: a captured one that is sent again, an event that Slack repeats. */
import type { Redis } from "ioredis";
import { type Keys, ttl } from "./keys.ts";

export interface Replays {
  /** True once for each name within the time that a repetition could come. */
  isFirst(name: string): Promise<boolean>;
}

export function createReplays(redis: Redis, keys: Keys): Replays {
  return {
    async isFirst(name) {
      return (await redis.set(keys.replay(name), "1", "EX", ttl.replay, "NX")) !== null;
    },
  };
}
