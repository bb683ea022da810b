/** What the commands of a comment come to: read, allowed, and planned, all of them or none. */
import { z } from "zod";
import { parseCommands } from "../domain/comment-command.ts";
import { Effect, planOf, Telling } from "../domain/comment-plan.ts";
import { mayAsk, notInGroup } from "../domain/comment-rights.ts";
import { Actor } from "../domain/handling.ts";
import { fullNameOf, isFromFork, type PullFacts } from "../domain/pull.ts";
import { rightOf } from "../github/rights.ts";
import { Later } from "../later.ts";
import type { KeptComment } from "../state/comments.ts";
import { buildsOfCommit, mutesOfBuilds } from "./commit-builds.ts";
import { mayCarryOut, personOf } from "./github-person.ts";
import type { Tools } from "./job.ts";

const Mistake = z.object({ typed: z.string().nullable(), message: z.string() });

export const Decision = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("nothing") }),
  z.object({ kind: z.literal("refused"), mistakes: z.array(Mistake) }),
  z.object({
    kind: z.literal("accepted"),
    by: Actor,
    /** The head of the pull request. */
    commit: z.string(),
    effects: z.array(Effect),
    tellings: z.array(Telling),
  }),
]);
export type Decision = z.infer<typeof Decision>;

const nothing: Decision = { kind: "nothing" };
/** While the pull request itself is not known. */
const firstLookAfterMs = 5_000;
const lastLookAfterMs = 5 * 60_000;
const lookForMs = 60 * 60_000;

export async function decideComment(comment: KeptComment, tools: Tools): Promise<Decision> {
  const { github, buildkite, clock } = tools;
  const { pull, author } = comment;
  const person = await personOf(author.login, "comment", tools);
  if (github === null || person === null) return nothing;
  const now = clock.now();
  // A time such as "until tomorrow" is meant from when it was written, however late we read it.
  const parsed = parseCommands(comment.commands, Math.min(now, comment.createdAt), person.timeZone);
  if (parsed.kind === "none") return nothing;
  const known = await knownPull(comment, tools);
  const right = known === null ? null : await rightOf(author.login, pull, github);
  if (known === null || right === null) return nothing;
  if (!mayAsk(parsed.commands, right)) return refused([]);

  const commit = known.head.sha;
  const builds = await buildsOfCommit(pull, commit, tools);
  const mutes = await mutesOfBuilds(builds, tools);
  const plan = planOf(parsed.commands, { builds, mutes, canRerun: buildkite !== null, fork: isFromFork(known), now });
  const mistakes = [
    ...(parsed.kind === "mistaken" ? parsed.mistakes : []),
    ...(plan.kind === "mistaken" ? plan.mistakes : []),
  ];
  // Of strangers' mistakes nobody is told in words: whoever likes to see the bot talk would make them.
  if (plan.kind === "mistaken" || mistakes.length > 0) return refused(right === "write" ? mistakes : []);
  const policy = await tools.policies.of(fullNameOf(pull));
  for (const effect of plan.effects) {
    if (!(await mayCarryOut(effect, person.act, policy, tools))) return refused([notInGroup(effect)]);
  }
  const { effects, tellings } = plan;
  return { kind: "accepted", by: person.act.actor, commit, effects: [...effects], tellings: [...tellings] };
}

/** Waits while it is being fetched. @returns null for one that GitHub does not know, or does not show. */
async function knownPull({ pull, createdAt }: KeptComment, { pulls, clock }: Tools): Promise<PullFacts | null> {
  // In this order: what is recorded in between is found.
  const expected = await pulls.isUncertain(pull);
  const known = await pulls.read(pull);
  const now = clock.now();
  const age = now - createdAt;
  if (known !== null || !expected || age > lookForMs) return known;
  const wait = Math.min(Math.max(age, firstLookAfterMs), lastLookAfterMs);
  throw new Later("the pull request is not known yet", now + wait);
}

function refused(mistakes: readonly z.infer<typeof Mistake>[]): Decision {
  return { kind: "refused", mistakes: [...mistakes] };
}
