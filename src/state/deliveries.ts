/** How far we have looked through the webhooks that GitHub tried to deliver, and which it was asked for again. */
import type { Redis } from "ioredis";
import { z } from "zod";
import { Redelivery } from "../domain/redelivery.ts";
import { type Keys, ttl } from "./keys.ts";

const Walk = z.object({
  /** What was delivered before then needs no second look. */
  watermark: z.number(),
  /** A look that was not finished: where it goes on (null: from the newest), and the watermark when it is. */
  unfinished: z.object({ cursor: z.string().nullable(), watermark: z.number() }).nullable(),
});
export type Walk = z.infer<typeof Walk>;

export interface Deliveries {
  walk(): Promise<Walk | null>;
  setWalk(walk: Walk): Promise<void>;
  /** @param guid GitHub's, the same for each attempt to deliver an event. */
  read(guid: string): Promise<Redelivery | null>;
  write(guid: string, redelivery: Redelivery): Promise<void>;
}

export function createDeliveries(redis: Redis, keys: Keys): Deliveries {
  return {
    async walk() {
      const stored = await redis.get(keys.deliveries);
      return stored === null ? null : (Walk.safeParse(JSON.parse(stored)).data ?? null);
    },
    async setWalk(walk) {
      await redis.set(keys.deliveries, JSON.stringify(Walk.parse(walk)), "EX", ttl.redelivery);
    },
    async read(guid) {
      const stored = await redis.get(keys.redelivery(guid));
      return stored === null ? null : (Redelivery.safeParse(JSON.parse(stored)).data ?? null);
    },
    async write(guid, redelivery) {
      await redis.set(keys.redelivery(guid), JSON.stringify(Redelivery.parse(redelivery)), "EX", ttl.redelivery);
    },
  };
}
