/**
 * What Slack said of people, for as long as it may be believed: asking is slow, and limited. That there is nobody is
 * remembered too.
 */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import { type SlackGroup, SlackUser } from "../domain/ids.ts";
import { SlackPerson } from "../domain/person.ts";
import { type Keys, ttl } from "./keys.ts";

/** One kind of answer, by what was asked. */
export interface Cache<Key, Value> {
  /** @returns undefined when it is not known, or not any more; null: Slack knows none. */
  get(team: string | null, key: Key, now: Instant): Promise<Value | null | undefined>;
  set(team: string | null, key: Key, value: Value | null, now: Instant): Promise<void>;
}

export interface DirectoryCache {
  readonly byEmail: Cache<string, SlackUser>;
  readonly users: Cache<SlackUser, SlackPerson>;
  readonly groups: Cache<SlackGroup, readonly SlackUser[]>;
}

const Stored = z.object({ until: z.number(), value: z.unknown() });

export function createDirectoryCache(redis: Redis, keys: Keys): DirectoryCache {
  function cache<Key, Value>(
    keyOf: (team: string | null, key: Key) => string,
    schema: { safeParse(value: unknown): { readonly data?: Value | undefined } },
    seconds: { readonly found: number; readonly none: number },
  ): Cache<Key, Value> {
    return {
      async get(team, key, now) {
        const stored = await redis.get(keyOf(team, key));
        if (stored === null) return undefined;
        const { until, value } = Stored.parse(JSON.parse(stored));
        if (until <= now) return undefined;
        // What another version wrote in another form is asked for again.
        return value === null ? null : schema.safeParse(value).data;
      },
      async set(team, key, value, now) {
        const lasts = value === null ? seconds.none : seconds.found;
        await redis.set(keyOf(team, key), JSON.stringify({ until: now + lasts * 1000, value }), "EX", lasts);
      },
    };
  }

  const always = (time: number) => ({ found: time, none: time });
  return {
    byEmail: cache((team, address) => keys.people(team).email(hashOf(address)), SlackUser, {
      found: ttl.emailFound,
      none: ttl.emailUnknown,
    }),
    users: cache((team, user) => keys.people(team).user(user), SlackPerson, always(ttl.slackUser)),
    groups: cache((team, group) => keys.people(team).group(group), z.array(SlackUser), always(ttl.slackGroup)),
  };
}

function hashOf(address: string): string {
  return createHash("sha256").update(address).digest("hex");
}
