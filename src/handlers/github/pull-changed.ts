import type { EventOf } from "../../domain/event.ts";
import type { Recorders } from "../index.ts";

export async function pullChanged({ pull }: EventOf<"pull.changed">, recorders: Recorders): Promise<void> {
  const { clock, pulls, marks, triggers } = recorders;
  await marks.introduce(pull.organization);
  const fire = await pulls.record(pull, "webhook", clock.now());
  if (fire.length > 0) await triggers.fire(fire);
}
