/** Which right the commands of a comment take. Asked of all of them before any is carried out. */
import type { Mistake, TypedCommand } from "./comment-command.ts";
import type { Effect } from "./comment-plan.ts";
import { commentUsages } from "./comment-usage.ts";

/** What somebody may do in a repository. */
export type Right = "none" | "read" | "write";

export function mayAsk(commands: readonly TypedCommand[], right: Right): boolean {
  if (right === "write") return true;
  return right === "read" && commands.every(({ command }) => commentUsages[command.kind].needs === "read");
}

/** Where an operator has named the user groups that may. */
export function notInGroup(effect: Effect): Mistake {
  const what = { rerun: "running builds again", mute: "muting", unmute: "unmuting" }[effect.kind];
  return {
    typed: null,
    message: `Nothing was done: here, ${what} is for members of a user group in Slack; link your login there with \`/signalbox link\`.`,
  };
}
