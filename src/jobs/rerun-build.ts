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
import { fullNameOf, type PullRef, type RepositoryRef } from "../domain/pull.ts";
import { reportedCommit } from "../domain/reported-commit.ts";
import { mistakesAnswer, refusedAnswer } from "../github/messages/answers.ts";
import type { Markdown } from "../github/messages/markdown.ts";
import { isBot } from "../github/payloads/parts.ts";
import { rightOf } from "../github/rights.ts";
import type { SlotRef } from "../state/slots.ts";
import { carryOut } from "./carry-out.ts";
import { commitBuild } from "./commit-builds.ts";
import { comesFromFork } from "./from-fork.ts";
import { mayCarryOut, personOf } from "./github-person.ts";
import type { Run, Tools } from "./job.ts";
import { once } from "./once.ts";
import { postAnswer } from "./post-answer.ts";
import type { RerunRef } from "./subjects.ts";

/** `to` names what is answered. */
const Decision = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("nothing") }),
  z.object({ kind: z.literal("refused"), message: z.string(), to: z.string() }),
  z.object({ kind: z.literal("accepted"), by: Actor, effect: Effect, to: z.string() }),
]);
type Decision = z.infer<typeof Decision>;
type Accepted = Extract<Decision, { kind: "accepted" }>;
const nothing: Decision = { kind: "nothing" };

export async function rerunBuild(ref: RerunRef, tools: Tools, { log }: Run): Promise<void> {
  const request = await tools.checkRequests.read(ref);
  if (request === null) return;
  const wish = { organization: ref.organization, name: `request/${ref.pipeline}/${ref.number}/${ref.request}` };
  const decision = await once(wish, Decision, () => decide(ref, request, tools, log), tools);
  if (decision.kind === "nothing") return;
  const text =
    decision.kind === "refused"
      ? mistakesAnswer([{ typed: null, message: decision.message }])
      : await perform(decision, wish, tools, log);
  if (text !== null) await answer(request, decision.to, text, tools);
}

/** @returns what is to be said: nothing, when all went well. */
async function perform({ by, effect }: Accepted, wish: SlotRef, tools: Tools, log: Logger): Promise<Markdown | null> {
  return refusedAnswer(await carryOut([effect], wish, { actor: by, from: "check" }, tools, log), 0);
}

async function decide(ref: RerunRef, request: CheckRequest, tools: Tools, log: Logger): Promise<Decision> {
  const { github, clock } = tools;
  const build = await commitBuild(ref, tools);
  if (github === null || build === null || isBot(request.by)) return nothing;
  // A right in one repository is none in the others that Buildkite builds.
  const place = reportedCommit(build.facts, github.host);
  if (place === null || place.commit !== request.commit || !isSame(place.repository, request.repository)) {
    log.info({ request: ref.request }, "a check run's button names a build of another commit");
    return nothing;
  }
  const person = await personOf(request.by.login, "check", tools);
  // GitHub shows the buttons only to people who may write; that is theirs to change, so it is asked.
  const right = person === null ? null : await rightOf(request.by.login, request.repository, github);
  if (person === null || right !== "write") {
    log.info({ request: ref.request, right }, "a check run's button was pressed by somebody who may not");
    return nothing;
  }
  const pull = await pullOf(request, tools);
  const to = answeredBy(build);
  const effect = effectOfRequest(
    request.what,
    build,
    pull?.number ?? null,
    await comesFromFork(build, request, tools),
    clock.now(),
  );
  if (effect === null) return nothing;
  if (effect.kind === "refused") return { kind: "refused", message: effect.message, to };
  const policy = await tools.policies.of(fullNameOf(request.repository));
  if (!(await mayCarryOut(effect, person.act, policy, tools))) {
    return { kind: "refused", message: notInGroup(effect).message, to };
  }
  return { kind: "accepted", by: person.act.actor, effect, to };
}

function isSame(one: RepositoryRef, other: RepositoryRef): boolean {
  return fullNameOf(one) === fullNameOf(other);
}

/** Presses about the same failure share their answer. */
function answeredBy({ facts: { ref }, verdict }: CommitBuild): string {
  return `check/${ref.organization}/${ref.pipeline}/${failureOf(ref, verdict)}`;
}

async function pullOf({ repository, commit }: CheckRequest, { pulls }: Tools): Promise<PullRef | null> {
  const [number] = await pulls.withHead(repository, commit);
  return number === undefined ? null : { ...repository, number };
}

/** Without a pull request there is no place to say it. */
async function answer(request: CheckRequest, to: string, text: Markdown, tools: Tools): Promise<void> {
  const pull = await pullOf(request, tools);
  if (pull !== null) await postAnswer(pull, to, text, tools);
}
