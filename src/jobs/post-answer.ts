/**
 * Posts an answer to a pull request, once. GitHub makes a second comment of the same words without complaint, so after a
 * doubt the comments are looked through for the answer's marker.
 */
import { z } from "zod";
import type { PullRef } from "../domain/pull.ts";
import { GithubUnclear } from "../github/client.ts";
import { createComment, findComment } from "../github/comment-calls.ts";
import { answerMarker } from "../github/messages/answers.ts";
import type { Markdown } from "../github/messages/markdown.ts";
import { Later } from "../later.ts";
import type { Tools } from "./job.ts";

/** The comment's id; null where GitHub takes none, or there are enough of them. */
const Posted = z.number().nullable();
/** Longer than looking for it and posting it can take. */
const leaseMs = 90_000;

/** @param to Names what is answered: the id of a comment, or a wish. */
export async function postAnswer(pull: PullRef, to: string, answer: Markdown, tools: Tools): Promise<void> {
  const { github, slots, comments, clock } = tools;
  if (github === null) return;
  const marker = answerMarker(to);
  const slot = { organization: pull.organization, name: `answer/${pull.repository}/${pull.number}/${to}` };
  const claim = await slots.claim(slot, Posted, clock.now(), leaseMs);
  if (claim.kind === "done") return;
  if (claim.kind === "busy") throw new Later("another run posts this answer", claim.until);
  try {
    const found = claim.doubt ? await findComment(pull, marker, claim.firstClaimedAt, github) : null;
    const allowed = found !== null || (await comments.mayAnswer(pull, to));
    const posted = found ?? (allowed ? await createComment(pull, `${marker}\n${answer.markdown}`, github) : null);
    await slots.done(slot, claim.attempt, posted);
  } catch (error) {
    await (error instanceof GithubUnclear ? slots.doubt(slot, claim.attempt) : slots.release(slot, claim.attempt));
    throw error;
  }
}
