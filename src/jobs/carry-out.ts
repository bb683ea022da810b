/**
 * Does what somebody of GitHub wants, each effect once: what comes after it may fail, and in the meantime a person may have
 * ended the mute, or the build that was wanted may have failed too.
 */
import type { Logger } from "pino";
import { z } from "zod";
import type { Effect } from "../domain/comment-plan.ts";
import type { RefusedRerun } from "../github/messages/answers.ts";
import type { Act } from "../handlers/slack/acting.ts";
import { endThis, setMute } from "../handlers/slack/mute-alert.ts";
import type { SlotRef } from "../state/slots.ts";
import type { Tools } from "./job.ts";
import { once } from "./once.ts";
import { runAgain } from "./run-again.ts";

/** null: it was done. */
const Refusal = z.object({ reason: z.string(), offer: z.enum(["rebuild"]).nullable() }).nullable();

/** @param wish The slot of what was decided, always the same effects. @returns what was refused. */
export async function carryOut(
  effects: readonly Effect[],
  wish: SlotRef,
  act: Act,
  tools: Tools,
  log: Logger,
): Promise<readonly RefusedRerun[]> {
  const refused: RefusedRerun[] = [];
  for (const [index, effect] of effects.entries()) {
    const slot = { ...wish, name: `${wish.name}/${index}` };
    const refusal = await once(slot, Refusal, () => bringAbout(effect, wish.name, act, tools, log), tools);
    if (refusal !== null && effect.kind === "rerun") refused.push({ build: effect, what: effect.what, ...refusal });
  }
  return refused;
}

async function bringAbout(
  effect: Effect,
  wish: string,
  act: Act,
  tools: Tools,
  log: Logger,
): Promise<z.infer<typeof Refusal>> {
  const muting = { mutes: tools.mutes, clock: tools.clock, triggers: { fire: tools.fire }, log };
  switch (effect.kind) {
    case "rerun": {
      const asked = await runAgain(effect, act, tools, log);
      return asked.kind === "refused" ? { reason: asked.reason, offer: asked.offer } : null;
    }
    case "mute": {
      const { kind: _, ...wanted } = effect;
      await setMute(wanted, wish, act, muting);
      return null;
    }
    case "unmute": {
      const mute = await tools.mutes.read(effect.organization, effect.mute);
      if (mute !== null && mute.ended === null) await endThis(mute, act, muting);
      return null;
    }
  }
}
