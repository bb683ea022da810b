/** What the commands of a comment come to: read, allowed, and planned, all of them or none. */
import { z } from "zod";
import { parseComment } from "../domain/comment-command.ts";
import { Effect, planOf, Telling } from "../domain/comment-plan.ts";
import { missingRight, notInGroup } from "../domain/comment-rights.ts";
import type { PullComment } from "../domain/event.ts";
import { Actor } from "../domain/handling.ts";
import { fullNameOf } from "../domain/pull.ts";
import { rightOf } from "../github/rights.ts";
import { Later } from "../later.ts";
import { buildsOfCommit, mutesOfBuilds } from "./commit-builds.ts";
import { type GithubPerson, mayCarryOut } from "./github-person.ts";
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
const lookAgainAfterMs = 5_000;
const lookForMs = 60 * 60_000;

export async function decideComment(comment: PullComment, person: GithubPerson, tools: Tools): Promise<Decision> {
  const { github, pulls, buildkite, clock } = tools;
  const { pull, author } = comment;
  const now = clock.now();
  // A time such as "until tomorrow" is meant from when it was written, however late we read it.
  const parsed = parseComment(comment.body, Math.min(now, comment.createdAt), person.timeZone);
  if (github === null || parsed.kind === "none") return nothing;
  const right = await rightOf(author.login, pull, github);
  if (right === null) return nothing;
  const missing = missingRight(parsed.commands, right);
  if (missing !== null) return refused([missing]);

  const known = await pulls.read(pull);
  if (known === null) {
    if (now > comment.createdAt + lookForMs) return nothing;
    throw new Later("the pull request is not known yet", now + lookAgainAfterMs);
  }
  const commit = known.head.sha;
  const builds = await buildsOfCommit(pull, commit, tools);
  const mutes = await mutesOfBuilds(builds, tools);
  const plan = planOf(parsed.commands, { builds, mutes, canRerun: buildkite !== null, now });
  const mistakes = [
    ...(parsed.kind === "mistaken" ? parsed.mistakes : []),
    ...(plan.kind === "mistaken" ? plan.mistakes : []),
  ];
  if (plan.kind === "mistaken" || mistakes.length > 0) return refused(mistakes);
  const policy = await tools.policies.of(fullNameOf(pull));
  for (const effect of plan.effects) {
    if (!(await mayCarryOut(effect, person.act, policy, tools))) return refused([notInGroup(effect)]);
  }
  const { effects, tellings } = plan;
  return { kind: "accepted", by: person.act.actor, commit, effects: [...effects], tellings: [...tellings] };
}

function refused(mistakes: readonly z.infer<typeof Mistake>[]): Decision {
  return { kind: "refused", mistakes: [...mistakes] };
}
