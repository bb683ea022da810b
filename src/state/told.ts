/** What alerts told of in the last two weeks: what a mute would have hidden is counted from it. */
import type { Redis } from "ioredis";
import type { Instant } from "../clock.ts";
import type { Organization, Pipeline } from "../domain/ids.ts";
import { ToldFailure } from "../domain/mute.ts";
import { type Keys, ttl } from "./keys.ts";
import { transact } from "./transaction.ts";

export interface Told {
  /** Adding the same again changes nothing; more jobs of a stretch are joined to those that are known. */
  add(organization: Organization, pipeline: Pipeline, failure: ToldFailure, at: Instant): Promise<void>;
  since(organization: Organization, pipeline: Pipeline, from: Instant): Promise<ToldFailure[]>;
}

export function createTold(redis: Redis, keys: Keys): Told {
  return {
    async add(organization, pipeline, failure, at) {
      const key = keys.told(organization, pipeline);
      const old = `(${at - ttl.told * 1000}`;
      await transact(
        redis
          .multi()
          .zadd(key, "NX", at, JSON.stringify(ToldFailure.parse(failure)))
          .zremrangebyscore(key, "-inf", old)
          .expire(key, ttl.told),
      );
    },
    async since(organization, pipeline, from) {
      const stored = await redis.zrange(keys.told(organization, pipeline), from, "+inf", "BYSCORE");
      return byStretch(stored.map((json) => ToldFailure.parse(JSON.parse(json))));
    },
  };
}

function byStretch(told: readonly ToldFailure[]): ToldFailure[] {
  const stretches = new Map<string, ToldFailure>();
  for (const failure of told) {
    const name = `${failure.alert} ${failure.since}`;
    const jobs = [...(stretches.get(name)?.jobs ?? []), ...failure.jobs];
    stretches.set(name, { ...failure, jobs: [...new Set(jobs)] });
  }
  return [...stretches.values()];
}
