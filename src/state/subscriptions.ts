/** Which channels subscribed to what. One for all organisations: a channel names pipelines, not whose they are. */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { AlertId, Organization } from "../domain/ids.ts";
import { Subscription } from "../domain/subscription.ts";
import { type Keys, ttl } from "./keys.ts";

export interface Subscriptions {
  all(): Promise<Subscription[]>;
  /** Replaces the channel's subscription of that pattern. */
  put(subscription: Subscription): Promise<void>;
  /** @returns false when there was none. */
  remove(subscription: Pick<Subscription, "channel" | "pipeline">): Promise<boolean>;
  /** All those of a workspace: it has gone. */
  forget(team: Subscription["team"]): Promise<void>;
  /** The channels that an alert was posted to: there it is kept true, also when nobody subscribes any more. */
  copies(organization: Organization, alert: AlertId): Promise<ReadonlyMap<string, Pick<Subscription, "team">>>;
  addCopy(organization: Organization, alert: AlertId, channel: string, team: string | null): Promise<void>;
}

const Copy = z.object({ team: z.string().nullable() });

export function createSubscriptions(redis: Redis, keys: Keys): Subscriptions {
  const nameOf = ({ channel, pipeline }: Pick<Subscription, "channel" | "pipeline">): string =>
    `${channel} ${pipeline}`;
  async function all(): Promise<Subscription[]> {
    const stored = await redis.hvals(keys.subscriptions);
    return stored
      .map((json) => Subscription.parse(JSON.parse(json)))
      .sort((a, b) => a.at - b.at || (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  return {
    all,
    async copies(organization, alert) {
      const stored = await redis.hgetall(keys.copies(organization, alert));
      return new Map(Object.entries(stored).map(([channel, json]) => [channel, Copy.parse(JSON.parse(json))]));
    },
    async addCopy(organization, alert, channel, team) {
      const key = keys.copies(organization, alert);
      await redis.hset(key, channel, JSON.stringify({ team }));
      await redis.expire(key, ttl.idle);
    },
    async put(subscription) {
      await redis.hset(keys.subscriptions, nameOf(subscription), JSON.stringify(Subscription.parse(subscription)));
    },
    async remove(subscription) {
      return (await redis.hdel(keys.subscriptions, nameOf(subscription))) === 1;
    },
    async forget(team) {
      const gone = (await all()).filter((subscription) => subscription.team === team).map(nameOf);
      if (gone.length > 0) await redis.hdel(keys.subscriptions, ...gone);
    },
  };
}
