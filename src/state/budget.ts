/** How many requests a service allows us in a minute: one count for all processes. */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import { Later } from "../later.ts";
import type { Keys } from "./keys.ts";
import type { Scripts } from "./scripts.ts";

/** `person`: somebody waits for it. */
export type Lane = "background" | "person";

export interface Budget {
  /** Takes one request out of the budget of this minute. Throws `Later` when there is none left, or while paused. */
  spend(now: Instant, lane: Lane): Promise<void>;
  /** The service told us to wait: nobody sends a request before `until`. */
  pause(until: Instant, now: Instant): Promise<void>;
}

export interface BudgetOptions {
  readonly service: string;
  readonly perMinute: number;
  /** How much of it is kept from the background: a click must not wait because jobs were busy. */
  readonly reserve: number;
}

const minute = 60_000;
/** Longer than the minute it is for, in seconds: another process's clock may be behind. */
const windowTtl = 120;

const Reply = z.union([
  z.tuple([z.literal("granted")]),
  z.tuple([z.literal("spent")]),
  z.tuple([z.literal("paused"), z.coerce.number()]),
]);

export function createBudget(
  scripts: Scripts,
  redis: Pick<Redis, "set">,
  keys: Keys,
  { service, perMinute, reserve }: BudgetOptions,
): Budget {
  const limits: { readonly [K in Lane]: number } = { background: perMinute - reserve, person: perMinute };
  return {
    async spend(now, lane) {
      const window = Math.floor(now / minute);
      const used = [keys.pause(service), keys.budget(service, window)];
      const reply = Reply.parse(await scripts.run("spendBudget", used, [now, limits[lane], windowTtl]));
      switch (reply[0]) {
        case "granted":
          return;
        case "spent":
          throw new Later(`the ${lane} requests to ${service} of this minute are used up`, (window + 1) * minute);
        case "paused":
          throw new Later(`${service} told us to wait`, reply[1]);
      }
    },
    async pause(until, now) {
      // Of two pauses the last one told counts: it knows better, and one that ends too early earns another.
      await redis.set(keys.pause(service), Math.ceil(until), "PX", Math.max(1, Math.ceil(until - now)));
    },
  };
}
