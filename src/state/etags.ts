/** GitHub's answers with their ETags: to ask whether one has changed costs nothing of the limit when it has not. */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Organization } from "../domain/ids.ts";
import { type Keys, ttl } from "./keys.ts";

const Stored = z.object({
  etag: z.string(),
  status: z.number(),
  data: z.unknown(),
  /** Where the next page is. */
  link: z.string().optional(),
});
export type StoredAnswer = z.infer<typeof Stored>;

export interface Etags {
  /** @param request All that the answer depends on: installation, address, what was accepted. */
  get(organization: Organization, request: readonly string[]): Promise<StoredAnswer | null>;
  /** Keeps what is small enough, and forgets what was kept before when it is not. */
  set(organization: Organization, request: readonly string[], answer: StoredAnswer): Promise<void>;
}

const largest = 256 * 1024;

export function createEtags(redis: Redis, keys: Keys): Etags {
  const keyOf = (organization: Organization, request: readonly string[]): string =>
    keys.etag(organization, createHash("sha256").update(JSON.stringify(request)).digest("base64url").slice(0, 27));
  return {
    async get(organization, request) {
      const stored = await redis.get(keyOf(organization, request));
      // What another version wrote in another form is asked for again.
      return stored === null ? null : (Stored.safeParse(JSON.parse(stored)).data ?? null);
    },
    async set(organization, request, answer) {
      const key = keyOf(organization, request);
      const json = toJson(answer);
      if (json === null || json.length > largest) await redis.del(key);
      else await redis.set(key, json, "EX", ttl.etag);
    },
  };
}

/** @returns null when it would not come back as it is: numbers beyond JavaScript's are read as BigInt. */
function toJson(answer: StoredAnswer): string | null {
  try {
    return JSON.stringify(answer);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
