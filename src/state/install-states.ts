/** Which started installations were brought to an end: a link back from Slack counts once. */
import type { Redis } from "ioredis";
import { type Keys, ttl } from "./keys.ts";

export interface InstallStates {
  /** @returns false when it was spent before. */
  spend(nonce: string): Promise<boolean>;
}

export function createInstallStates(redis: Redis, keys: Keys): InstallStates {
  return {
    async spend(nonce) {
      return (await redis.set(keys.installState(nonce), "spent", "EX", ttl.installState, "NX")) === "OK";
    },
  };
}
