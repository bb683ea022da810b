/** Does what somebody of GitHub wants. Each effect bears repetition: it is known by the wish, or by what it is about. */
import type { Logger } from "pino";
import type { Effect } from "../domain/comment-plan.ts";
import type { RefusedRerun } from "../github/messages/answers.ts";
import type { Act } from "../handlers/slack/acting.ts";
import { endThis, setMute } from "../handlers/slack/mute-alert.ts";
import type { Tools } from "./job.ts";
import { runAgain } from "./run-again.ts";

/** @param wish Tells it from any other. @returns null when it was done. */
export async function carryOut(
  effect: Effect,
  wish: string,
  act: Act,
  tools: Tools,
  log: Logger,
): Promise<RefusedRerun | null> {
  const muting = { mutes: tools.mutes, clock: tools.clock, triggers: { fire: tools.fire }, log };
  switch (effect.kind) {
    case "rerun": {
      const asked = await runAgain(effect, act, tools, log);
      if (asked.kind !== "refused") return null;
      return { build: effect, what: effect.what, reason: asked.reason, offer: asked.offer };
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
