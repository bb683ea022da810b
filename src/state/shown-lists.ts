/** The lists that a person was shown last: `ack 2` means the second of the alerts, `unmute 2` the second of the mutes. */
import type { Redis } from "ioredis";
import { z } from "zod";
import { AlertId, MuteId, type SlackUser } from "../domain/ids.ts";
import { type Keys, ttl } from "./keys.ts";

export interface ShownLists {
  readonly alerts: ShownList<AlertId>;
  readonly mutes: ShownList<MuteId>;
}

interface ShownList<Id> {
  read(team: string | null, user: SlackUser): Promise<Id[]>;
  write(team: string | null, user: SlackUser, ids: readonly Id[]): Promise<void>;
}

export function createShownLists(redis: Redis, keys: Keys): ShownLists {
  function listOf<Id extends z.ZodType<string>>(kind: keyof ShownLists, id: Id): ShownList<z.infer<Id>> {
    const List = z.array(id);
    return {
      async read(team, user) {
        const stored = await redis.get(keys.shownList(team ?? "-", user, kind));
        return stored === null ? [] : List.parse(JSON.parse(stored));
      },
      async write(team, user, ids) {
        await redis.set(keys.shownList(team ?? "-", user, kind), JSON.stringify(ids), "EX", ttl.shownList);
      },
    };
  }
  return { alerts: listOf("alerts", AlertId), mutes: listOf("mutes", MuteId) };
}
