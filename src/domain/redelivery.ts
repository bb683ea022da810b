/** Webhooks that GitHub could not deliver: which of them it is asked for again. It does not try again by itself. */
import { z } from "zod";
import type { Instant } from "../clock.ts";

/** One attempt to deliver an event. */
export interface Delivery {
  readonly id: string;
  /** The same for all attempts of one event. */
  readonly guid: string;
  /** To the second. */
  readonly at: Instant;
  /** GitHub was asked for it again. */
  readonly again: boolean;
  /** What we answered; 0 when we did not. */
  readonly status: number;
}

/** What is remembered of an event that did not get through at first. */
export const Redelivery = z.object({
  /** How often GitHub was asked for it. */
  attempts: z.number(),
  /** The newest attempt that was looked at, and when it was. */
  last: z.string(),
  at: z.number(),
  arrived: z.boolean(),
});
export type Redelivery = z.infer<typeof Redelivery>;

/** What to do first, if anything, and what to remember then. */
export type RedeliveryStep =
  | { readonly kind: "ask" | "give up" | "remember"; readonly memory: Redelivery }
  /** Too early to ask again: it is looked at once more later. */
  | { readonly kind: "wait" }
  | { readonly kind: "nothing" };

const hour = 60 * 60_000;
/** How old a failure must be for the first, second, … attempt: what breaks us may take a day to mend. */
const gaps: readonly number[] = [0, hour, 6 * hour, 24 * hour];
const nothing: RedeliveryStep = { kind: "nothing" };

/**
 * @param newest The newest attempt of an event that is known of.
 * @param known null: never looked at.
 */
export function stepFor(newest: Delivery, known: Redelivery | null, now: Instant): RedeliveryStep {
  if (known?.arrived === true) return nothing;
  // Looked at already, or older: the attempt that we asked for is still on its way.
  if (known !== null && (known.last === newest.id || known.at > newest.at)) return nothing;
  const attempts = known?.attempts ?? 0;
  const memory: Redelivery = { attempts, last: newest.id, at: newest.at, arrived: isDelivered(newest) };
  // Remembered for the attempts before it, which may be looked at in another run.
  if (memory.arrived) return newest.again ? { kind: "remember", memory } : nothing;
  const gap = gaps[attempts];
  if (gap === undefined) return { kind: "give up", memory };
  if (newest.at + gap > now) return { kind: "wait" };
  return { kind: "ask", memory: { ...memory, attempts: attempts + 1 } };
}

function isDelivered({ status }: Delivery): boolean {
  return status >= 200 && status <= 299;
}
