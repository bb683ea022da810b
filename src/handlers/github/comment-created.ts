import { typedCommands } from "../../domain/comment-command.ts";
import type { EventOf } from "../../domain/event.ts";
import type { Recorders } from "../index.ts";

export async function commentCreated(event: EventOf<"comment.created">, recorders: Recorders): Promise<void> {
  const { body, ...comment } = event.comment;
  const commands = typedCommands(body);
  // It named us, in a quotation or in code.
  if (commands.length === 0) return;
  const { clock, comments, pulls, marks, triggers } = recorders;
  await marks.introduce(comment.pull.organization);
  const now = clock.now();
  const fire = [...(await comments.record({ ...comment, commands }, now)), ...(await pulls.want(comment.pull, now))];
  if (fire.length > 0) await triggers.fire(fire);
}
