/** Which right each command of a comment takes. Asked of all of them before any is carried out. */
import type { Mistake, TypedCommand } from "./comment-command.ts";
import type { Effect } from "./comment-plan.ts";
import { commentUsages } from "./comment-usage.ts";

/** What somebody may do in a repository. */
export type Right = "none" | "read" | "write";

/** @returns what is missing; null: nothing is. */
export function missingRight(commands: readonly TypedCommand[], right: Right): Mistake | null {
  const kinds = [...new Set(commands.map(({ command }) => command.kind))];
  const refused = kinds.filter((kind) => commentUsages[kind].needs === "write" && right !== "write");
  if (refused.length > 0) {
    const names = refused.map((kind) => `\`${kind}\``).join(" and ");
    const verb = refused.length === 1 ? "takes" : "take";
    return { typed: null, message: `Nothing was done: ${names} ${verb} write access to this repository.` };
  }
  return right === "none" ? { typed: null, message: "Commands take read access to this repository." } : null;
}

/** Where an operator has named the user groups that may. */
export function notInGroup(effect: Effect): Mistake {
  const what = { rerun: "running builds again", mute: "muting", unmute: "unmuting" }[effect.kind];
  return {
    typed: null,
    message: `Nothing was done: here, ${what} is for members of a user group in Slack; link your login there with \`/signalbox link\`.`,
  };
}
