import type { EventOf } from "../../domain/event.ts";
import type { Recorders } from "../index.ts";

export async function reviewChanged(event: EventOf<"review.changed">, recorders: Recorders): Promise<void> {
  const { clock, pulls, marks, triggers } = recorders;
  await marks.introduce(event.pull.organization);
  const fire = await pulls.recordReview(event.pull, event.review, clock.now());
  if (fire.length > 0) await triggers.fire(fire);
}
