/** Comments on pull requests: those of people, when they are made, that seem to hold a command. */
import { mentionsUs } from "../../domain/comment-lines.ts";
import type { EventOf, Ignored } from "../../domain/event.ts";
import { type Malformed, mustBe } from "../../malformed.ts";
import { type Body, toBody, toInstant, toPositiveInteger } from "../../values.ts";
import { ignored, isBot, limits, toAccount, toRepositoryRef } from "./parts.ts";

/** With what our own comments are marked, so that they are found again. */
const ownMarker = "<!-- signalbox:";

/** As `values.ts` has it, but tabs and line ends stay: they tell what is code. */
const unsafe = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

export function readComment(body: Body): EventOf<"comment.created"> | Ignored | Malformed {
  // Who edits a comment into a command cannot be seen by those who read it before.
  if (body.action !== "created") return ignored("a comment that was edited or deleted, not made");
  const issue = toBody(body.issue);
  const comment = toBody(body.comment);
  if (issue === null) return mustBe("issue", "an object");
  if (comment === null) return mustBe("comment", "an object");
  if (toBody(issue.pull_request) === null) return ignored("a comment on an issue, not on a pull request");
  const text = comment.body;
  if (typeof text !== "string" || !mentionsUs(text)) return ignored("a comment without a command");
  if (text.includes(ownMarker)) return ignored("a comment of our own");
  // Cut to size it might say something else, and commands are carried out all or none.
  if (text.length > limits.comment) return ignored("a comment that is longer than GitHub allows");
  const author = toAccount(comment.user);
  if (author === null) return ignored("a comment of nobody who is still there");
  if (isBot(author)) return ignored("a comment of a bot");

  const repository = toRepositoryRef(body.repository);
  if (repository === null) return mustBe("repository.full_name", "owner/name");
  const number = toPositiveInteger(issue.number);
  if (number === null) return mustBe("issue.number", "a positive whole number");
  const id = toPositiveInteger(comment.id);
  if (id === null) return mustBe("comment.id", "a positive whole number");
  const createdAt = toInstant(comment.created_at);
  if (createdAt === null) return mustBe("comment.created_at", "an instant");
  return {
    kind: "comment.created",
    comment: {
      pull: { ...repository, number },
      id,
      author,
      body: text.replace(unsafe, "\ufffd").toWellFormed(),
      createdAt,
    },
  };
}
