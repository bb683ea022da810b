/** The list of alerts that a person was shown last: `ack 2` means the second of it. */
import type { Redis } from "ioredis";
import { z } from "zod";
import { AlertId, type SlackUser } from "../domain/ids.ts";
import { type Keys, ttl } from "./keys.ts";

export interface ShownLists {
  read(team: string | null, user: SlackUser): Promise<AlertId[]>;
  write(team: string | null, user: SlackUser, alerts: readonly AlertId[]): Promise<void>;
}

const List = z.array(AlertId);

export function createShownLists(redis: Redis, keys: Keys): ShownLists {
  return {
    async read(team, user) {
      const stored = await redis.get(keys.shownList(team ?? "-", user));
      return stored === null ? [] : List.parse(JSON.parse(stored));
    },
    async write(team, user, alerts) {
      await redis.set(keys.shownList(team ?? "-", user), JSON.stringify(alerts), "EX", ttl.shownList);
    },
  };
}
