import type { EventOf } from "../../domain/event.ts";
import type { Recorders } from "../index.ts";

export async function commentCreated({ comment }: EventOf<"comment.created">, recorders: Recorders): Promise<void> {
  const { clock, comments, pulls, marks, triggers } = recorders;
  await marks.introduce(comment.pull.organization);
  const now = clock.now();
  const fire = [...(await comments.record(comment, now)), ...(await pulls.want(comment.pull, now))];
  if (fire.length > 0) await triggers.fire(fire);
}
