/** Which channels subscribed to what. One for all organisations: a channel names pipelines, not whose they are. */
import type { Redis } from "ioredis";
import { Subscription } from "../domain/subscription.ts";
import type { Keys } from "./keys.ts";

export interface Subscriptions {
  all(): Promise<Subscription[]>;
  /** Replaces the channel's subscription of that pattern. */
  put(subscription: Subscription): Promise<void>;
  /** @returns false when there was none. */
  remove(subscription: Pick<Subscription, "channel" | "pipeline">): Promise<boolean>;
}

export function createSubscriptions(redis: Redis, keys: Keys): Subscriptions {
  const nameOf = ({ channel, pipeline }: Pick<Subscription, "channel" | "pipeline">): string =>
    `${channel} ${pipeline}`;
  return {
    async all() {
      const stored = await redis.hvals(keys.subscriptions);
      return stored
        .map((json) => Subscription.parse(JSON.parse(json)))
        .sort((a, b) => a.at - b.at || (nameOf(a) < nameOf(b) ? -1 : 1));
    },
    async put(subscription) {
      await redis.hset(keys.subscriptions, nameOf(subscription), JSON.stringify(Subscription.parse(subscription)));
    },
    async remove(subscription) {
      return (await redis.hdel(keys.subscriptions, nameOf(subscription))) === 1;
    },
  };
}
