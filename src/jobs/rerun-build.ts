/**
 * Does what somebody asked for at a check run: GitHub's "Re-run", or one of our buttons. A press is carried out once, and of
 * many presses about one failure Buildkite hears once. What cannot be done is said once for each failure, on the pull request.
 */
import type { Logger } from "pino";
import { z } from "zod";
import { effectOfRequest } from "../domain/check-request.ts";
import { type CommitBuild, Effect, failureOf } from "../domain/comment-plan.ts";
import { notInGroup } from "../domain/comment-rights.ts";
import type { CheckRequest } from "../domain/event.ts";
import { Actor } from "../domain/handling.ts";
import { fullNameOf, type PullRef } from "../domain/pull.ts";
import { mistakesAnswer, refusedAnswer } from "../github/messages/answers.ts";
import type { Markdown } from "../github/messages/markdown.ts";
import { isBot } from "../github/payloads/parts.ts";
import { rightOf } from "../github/rights.ts";
import { carryOut } from "./carry-out.ts";
import { commitBuild } from "./commit-builds.ts";
import { decideOnce } from "./decide-once.ts";
import { mayCarryOut, personOf } from "./github-person.ts";
import type { Run, Tools } from "./job.ts";
import { postAnswer } from "./post-answer.ts";
import type { RerunRef } from "./subjects.ts";

/** `to` names what is answered. */
const Decision = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("nothing") }),
  z.object({ kind: z.literal("refused"), message: z.string(), to: z.string() }),
  z.object({ kind: z.literal("accepted"), by: Actor, effect: Effect, to: z.string() }),
]);
type Decision = z.infer<typeof Decision>;
const nothing: Decision = { kind: "nothing" };

export async function rerunBuild(ref: RerunRef, tools: Tools, { log }: Run): Promise<void> {
  const request = await tools.checkRequests.read(ref);
  if (request === null) return;
  const slot = { organization: ref.organization, name: `request/${ref.pipeline}/${ref.number}/${ref.request}` };
  const decision = await decideOnce(slot, Decision, () => decide(ref, request, tools, log), tools);
  if (decision.kind === "nothing") return;
  if (decision.kind === "refused") {
    await answer(request, decision.to, mistakesAnswer([{ typed: null, message: decision.message }]), tools);
    return;
  }
  const act = { actor: decision.by, from: "check" as const };
  const refusal = await carryOut(decision.effect, ref.request, act, tools, log);
  if (refusal === null) return;
  await answer(request, decision.to, refusedAnswer([refusal], 0), tools);
}

async function decide(ref: RerunRef, request: CheckRequest, tools: Tools, log: Logger): Promise<Decision> {
  const { github, clock } = tools;
  const build = await commitBuild(ref, tools);
  if (github === null || build === null || isBot(request.by)) return nothing;
  const person = await personOf(request.by.login, "check", tools);
  // GitHub shows the buttons only to people who may write; that is theirs to change, so it is asked.
  const right = person === null ? null : await rightOf(request.by.login, request.repository, github);
  if (person === null || right !== "write") {
    log.info({ request: ref.request, right }, "a check run's button was pressed by somebody who may not");
    return nothing;
  }
  const pull = await pullOf(request, tools);
  const to = answeredBy(build);
  const effect = effectOfRequest(request.what, build, pull?.number ?? null, clock.now());
  if (effect === null) return nothing;
  if (effect.kind === "refused") return { kind: "refused", message: effect.message, to };
  const policy = await tools.policies.of(fullNameOf(request.repository));
  if (!(await mayCarryOut(effect, person.act, policy, tools))) {
    return { kind: "refused", message: notInGroup(effect).message, to };
  }
  return { kind: "accepted", by: person.act.actor, effect, to };
}

/** Presses about the same failure share their answer. */
function answeredBy({ facts: { ref }, verdict }: CommitBuild): string {
  return `check-${ref.pipeline}-${failureOf(ref, verdict)}`;
}

async function pullOf({ repository, commit }: CheckRequest, { pulls }: Tools): Promise<PullRef | null> {
  const [number] = await pulls.withHead(repository, commit);
  return number === undefined ? null : { ...repository, number };
}

/** Without a pull request there is no place to say it. */
async function answer(request: CheckRequest, to: string, text: Markdown | null, tools: Tools): Promise<void> {
  const pull = await pullOf(request, tools);
  if (pull !== null && text !== null) await postAnswer(pull, to, text, tools);
}
