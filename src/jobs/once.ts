/**
 * A step whose result is kept: when the job runs again, because something after the step failed or its process died, the
 * step is not taken again, though the facts have moved on. A step that was cut off is, so it must bear repetition.
 */
import type { z } from "zod";
import { Later } from "../later.ts";
import type { SlotRef } from "../state/slots.ts";
import type { Tools } from "./job.ts";

/** Longer than all calls of one step can take together. */
const leaseMs = 45_000;

export async function once<T extends z.ZodType>(
  slot: SlotRef,
  schema: T,
  step: () => Promise<z.infer<T>>,
  { slots, clock }: Pick<Tools, "slots" | "clock">,
): Promise<z.infer<T>> {
  const claim = await slots.claim(slot, schema, clock.now(), leaseMs);
  if (claim.kind === "done") return claim.result;
  if (claim.kind === "busy") throw new Later("another run is at this step", claim.until);
  try {
    const result = await step();
    await slots.done(slot, claim.attempt, result);
    return (await slots.read(slot, schema)) ?? result;
  } catch (error) {
    await slots.release(slot, claim.attempt);
    throw error;
  }
}
