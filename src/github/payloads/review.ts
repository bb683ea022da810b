/** Reviews of pull requests. Comments within them are nobody's business here. */
import type { EventOf, Ignored } from "../../domain/event.ts";
import type { ReviewState } from "../../domain/pull.ts";
import { type Malformed, mustBe } from "../../malformed.ts";
import { type Body, toBody, toInstant, toPositiveInteger } from "../../values.ts";
import { ignored, toAccount, toCommit, toRepositoryRef } from "./parts.ts";

const actions: readonly unknown[] = ["submitted", "edited", "dismissed"];
const states: ReadonlyMap<string, ReviewState> = new Map(
  (["approved", "changes_requested", "commented", "dismissed", "pending"] as const).map((state) => [state, state]),
);

export function readReview(body: Body): EventOf<"review.changed"> | Ignored | Malformed {
  if (!actions.includes(body.action)) return ignored("nothing that changes a review");
  const repository = toRepositoryRef(body.repository);
  if (repository === null) return mustBe("repository.full_name", "owner/name");
  const number = toPositiveInteger(toBody(body.pull_request)?.number);
  if (number === null) return mustBe("pull_request.number", "a positive whole number");
  const review = toBody(body.review);
  const id = toPositiveInteger(review?.id);
  if (review === null || id === null) return mustBe("review.id", "a positive whole number");
  if (typeof review.state !== "string") return mustBe("review.state", "a text");

  // The API writes them in capitals.
  const state = states.get(review.state.toLowerCase());
  const reviewer = toAccount(review.user);
  const submittedAt = toInstant(review.submitted_at);
  if (state === undefined) return ignored("a review of an unknown state");
  if (reviewer === null) return ignored("a review of nobody who is still there");
  if (submittedAt === null) return ignored("a review that is not submitted");
  return {
    kind: "review.changed",
    pull: { ...repository, number },
    review: { id, reviewer, state, submittedAt, commit: toCommit(review.commit_id) },
  };
}
