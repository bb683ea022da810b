/** What each command in a comment on a pull request takes and does: for the help, and for whoever mistyped it. */
import type { CommentCommand } from "./comment-command.ts";

export type CommentCommandName = CommentCommand["kind"];

export interface CommentUsage {
  /** Behind the command's name: `<…>` must be there, `[…]` may. */
  readonly arguments: string;
  readonly summary: string;
  readonly example: string;
  /** Other words for the command: those of Slack. */
  readonly aliases: readonly string[];
  /** What the commenter must be allowed in the repository. */
  readonly needs: "read" | "write";
}

export const commentUsages: { readonly [K in CommentCommandName]: CommentUsage } = {
  rerun: {
    arguments: "",
    summary: "Run the failed jobs of this commit again.",
    example: "rerun",
    aliases: ["retry"],
    needs: "write",
  },
  rebuild: {
    arguments: "",
    summary: "Start new builds of this commit in place of those that failed.",
    example: "rebuild",
    aliases: [],
    needs: "write",
  },
  mute: {
    arguments: "<job> [everywhere] [for 4h | until tomorrow | until fixed] [because …]",
    summary: "Keep quiet about a job for a time, on this branch or on every one; an hour when you do not say how long.",
    example: "mute unit tests everywhere for 4h because the disk is full",
    aliases: ["silence", "snooze"],
    needs: "write",
  },
  unmute: {
    arguments: "<job>",
    summary: "End the mutes of a job.",
    example: "unmute unit tests",
    aliases: ["unsilence", "unsnooze"],
    needs: "write",
  },
  status: {
    arguments: "",
    summary: "How the builds of this commit are.",
    example: "status",
    aliases: ["st"],
    needs: "read",
  },
  why: {
    arguments: "",
    summary: "What is known of the failure, and which rules apply to it.",
    example: "why",
    aliases: ["explain"],
    needs: "read",
  },
  help: { arguments: "", summary: "This list.", example: "help", aliases: ["?", "usage"], needs: "read" },
};

// The table's type makes sure that these are all names, and that each is one.
export const commentCommandNames = Object.keys(commentUsages) as readonly CommentCommandName[];

/** "/signalbox mute <job> …" */
export function usageLine(name: CommentCommandName): string {
  return `/signalbox ${name} ${commentUsages[name].arguments}`.trim();
}
