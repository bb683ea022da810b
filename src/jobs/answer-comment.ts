/**
 * Carries out the commands of a comment on a pull request, and answers: with a reaction, and with one comment where there
 * is something to say. Decided once, carried out once; the answer and the reaction bear repetition.
 */
import type { Logger } from "pino";
import type { GithubClient } from "../github/client.ts";
import { type Reaction, react } from "../github/comment-calls.ts";
import { mistakesAnswer, refusedAnswer, together } from "../github/messages/answers.ts";
import type { Markdown } from "../github/messages/markdown.ts";
import { isBot } from "../github/payloads/parts.ts";
import type { Act } from "../handlers/slack/acting.ts";
import { Later } from "../later.ts";
import type { KeptComment } from "../state/comments.ts";
import type { SlotRef } from "../state/slots.ts";
import { carryOut } from "./carry-out.ts";
import { Decision, decideComment } from "./decide-comment.ts";
import type { Run, Tools } from "./job.ts";
import { once } from "./once.ts";
import { postAnswer } from "./post-answer.ts";
import type { CommentRef } from "./subjects.ts";
import { tellingsAnswer } from "./tell-commit.ts";

type Accepted = Extract<Decision, { kind: "accepted" }>;

interface Outcome {
  readonly reaction: Reaction;
  readonly answer: Markdown | null;
}

export async function answerComment(ref: CommentRef, tools: Tools, { log }: Run): Promise<void> {
  const { github, comments } = tools;
  const comment = github === null ? null : await comments.read(ref, ref.comment);
  if (github === null || comment === null || isBot(comment.author)) return;
  const wish = { organization: ref.organization, name: `comment/${ref.repository}/${ref.comment}` };
  const decision = await once(wish, Decision, () => decideComment(comment, tools), tools);
  if (decision.kind === "nothing") return;
  const { reaction, answer } =
    decision.kind === "refused"
      ? { reaction: "confused" as const, answer: mistakesAnswer(decision.mistakes) }
      : await perform(comment, decision, wish, github, tools, log);
  if (answer !== null) await postAnswer(ref, String(ref.comment), answer, tools);
  await react(ref, ref.comment, reaction, github);
  log.info({ comment: ref.comment, decision: decision.kind, answered: answer !== null }, "comment answered");
}

async function perform(
  { pull, id }: KeptComment,
  { by, commit, effects, tellings }: Accepted,
  wish: SlotRef,
  github: GithubClient,
  tools: Tools,
  log: Logger,
): Promise<Outcome> {
  const act: Act = { actor: by, from: "comment" };
  const refused = await carryOut(effects, wish, act, tools, log).catch(async (error: unknown) => {
    // It takes a while: they are told at least that they were heard.
    if (error instanceof Later) await react(pull, id, "eyes", github).catch(() => undefined);
    throw error;
  });
  const told = await tellingsAnswer(pull, commit, tellings, tools);
  const refusal = refusedAnswer(refused, effects.length - refused.length);
  const parts = [refusal, ...told].filter((part) => part !== null);
  return { reaction: refusal === null ? "+1" : "confused", answer: parts.length === 0 ? null : together(parts) };
}
