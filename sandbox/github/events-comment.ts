import type { Account } from "./accounts.ts";
import type { Comment } from "./comments.ts";
import { context } from "./events.ts";
import { commentJson } from "./json-comment.ts";
import { issueJson } from "./json-pull.ts";

export function commentEvent(
  comment: Comment,
  action: "created" | "edited" | "deleted",
  by: Account,
  more: object,
): object {
  const { thread } = comment;
  return {
    action,
    ...more,
    issue: issueJson(thread),
    comment: commentJson(comment),
    ...context(thread.repository, by),
  };
}
