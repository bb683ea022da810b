/** What was decided about a wish is kept: after a crash the same is carried out, though the facts have moved on. */
import type { z } from "zod";
import { Later } from "../later.ts";
import type { SlotRef } from "../state/slots.ts";
import type { Tools } from "./job.ts";

/** Deciding has no effect, so a claim that nobody settled is simply taken over. */
const leaseMs = 30_000;

export async function decideOnce<T extends z.ZodType>(
  slot: SlotRef,
  schema: T,
  decide: () => Promise<z.infer<T>>,
  { slots, clock }: Pick<Tools, "slots" | "clock">,
): Promise<z.infer<T>> {
  const claim = await slots.claim(slot, schema, clock.now(), leaseMs);
  if (claim.kind === "done") return claim.result;
  if (claim.kind === "busy") throw new Later("another run decides about this", claim.until);
  try {
    const decision = await decide();
    await slots.done(slot, claim.attempt, decision);
    return (await slots.read(slot, schema)) ?? decision;
  } catch (error) {
    await slots.release(slot, claim.attempt);
    throw error;
  }
}
