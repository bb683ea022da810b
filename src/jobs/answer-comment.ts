/**
 * Carries out the commands of a comment on a pull request, and answers: with a reaction, and with one comment where there
 * is something to say. What they come to is decided once and kept; from there on everything bears repetition.
 */
import { z } from "zod";
import type { PullComment } from "../domain/event.ts";
import type { GithubClient } from "../github/client.ts";
import { type Reaction, react } from "../github/comment-calls.ts";
import { mistakesAnswer, type RefusedRerun, refusedAnswer, together } from "../github/messages/answers.ts";
import type { Markdown } from "../github/messages/markdown.ts";
import { isBot } from "../github/payloads/parts.ts";
import type { Act } from "../handlers/slack/acting.ts";
import { Later } from "../later.ts";
import { carryOut } from "./carry-out.ts";
import { Decision, decideComment } from "./decide-comment.ts";
import { decideOnce } from "./decide-once.ts";
import { personOf } from "./github-person.ts";
import type { Run, Tools } from "./job.ts";
import { postAnswer } from "./post-answer.ts";
import type { CommentRef } from "./subjects.ts";
import { tellingsAnswer } from "./tell-commit.ts";

type Accepted = Extract<Decision, { kind: "accepted" }>;

interface Outcome {
  readonly reaction: Reaction;
  readonly answer: Markdown | null;
}

export async function answerComment(ref: CommentRef, tools: Tools, run: Run): Promise<void> {
  const { github, comments, clock } = tools;
  const comment = github === null ? null : await comments.read(ref, ref.comment);
  if (github === null || comment === null || isBot(comment.author)) return;
  const person = await personOf(comment.author.login, "comment", tools);
  if (person === null) return;
  const slot = { organization: ref.organization, name: `comment/${ref.repository}/${ref.comment}` };
  const decision = await decideOnce(slot, Decision, () => decideComment(comment, person, tools), tools);
  if (decision.kind === "nothing" || (await isOver(ref, tools))) return;

  const { reaction, answer } =
    decision.kind === "refused"
      ? { reaction: "confused" as const, answer: mistakesAnswer(decision.mistakes) }
      : await perform(comment, decision, github, tools, run);
  if (answer !== null) await postAnswer(ref, String(ref.comment), answer, tools);
  await react(ref, ref.comment, reaction, github);
  await decideOnce(overSlot(ref), z.number(), async () => clock.now(), tools);
  run.log.info({ comment: ref.comment, decision: decision.kind, answered: answer !== null }, "comment answered");
}

/** Told to the end: a mute that a person has ended since must not be set again. */
async function isOver(ref: CommentRef, { slots }: Tools): Promise<boolean> {
  return (await slots.read(overSlot(ref), z.number())) !== null;
}

function overSlot({ organization, repository, comment }: CommentRef) {
  return { organization, name: `comment-over/${repository}/${comment}` };
}

async function perform(
  comment: PullComment,
  { by, commit, effects, tellings }: Accepted,
  github: GithubClient,
  tools: Tools,
  { log }: Run,
): Promise<Outcome> {
  const act: Act = { actor: by, from: "comment" };
  const refused: RefusedRerun[] = [];
  for (const effect of effects) {
    try {
      const refusal = await carryOut(effect, `comment-${comment.id}`, act, tools, log);
      if (refusal !== null) refused.push(refusal);
    } catch (error) {
      // It takes a while: they are told at least that they were heard.
      if (error instanceof Later) await react(comment.pull, comment.id, "eyes", github).catch(() => undefined);
      throw error;
    }
  }
  const told = await tellingsAnswer(comment.pull, commit, tellings, tools);
  const refusal = refusedAnswer(refused, effects.length - refused.length);
  const parts = [refusal, ...told].filter((part) => part !== null);
  return { reaction: refusal === null ? "+1" : "confused", answer: parts.length === 0 ? null : together(parts) };
}
