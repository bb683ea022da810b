/** What is told of a commit's builds to whoever asks in a comment. */
import type { CommitBuild, Telling } from "../domain/comment-plan.ts";
import { fileMutesOf } from "../domain/file-mute.ts";
import type { Mute } from "../domain/mute.ts";
import { explain, isTracked } from "../domain/policy.ts";
import type { RepositoryRef } from "../domain/pull.ts";
import { asksToTrack } from "../domain/subscription.ts";
import { type AnsweredBuild, helpAnswer, statusAnswer, whyAnswer } from "../github/messages/answers.ts";
import type { Markdown } from "../github/messages/markdown.ts";
import { buildsOfCommit, mutesOfBuilds } from "./commit-builds.ts";
import type { Tools } from "./job.ts";

/** Of which those that were done on GitHub are told. */
const mostAudit = 50;

export async function tellingsAnswer(
  repository: RepositoryRef,
  commit: string,
  tellings: readonly Telling[],
  tools: Tools,
): Promise<readonly Markdown[]> {
  const asksForBuilds = tellings.some((telling) => telling !== "help");
  const builds = asksForBuilds ? await answeredBuilds(repository, commit, tools) : [];
  return tellings.map((telling) => answers[telling](commit, builds));
}

const answers: { readonly [K in Telling]: (commit: string, builds: readonly AnsweredBuild[]) => Markdown } = {
  status: statusAnswer,
  why: whyAnswer,
  help: helpAnswer,
};

async function answeredBuilds(repository: RepositoryRef, commit: string, tools: Tools): Promise<AnsweredBuild[]> {
  const builds = await buildsOfCommit(repository, commit, tools);
  const mutes = await mutesOfBuilds(builds, tools);
  return Promise.all(builds.map((build) => answeredBuild(build, mutes, tools)));
}

async function answeredBuild(
  { facts, verdict, alert }: CommitBuild,
  mutes: readonly Mute[],
  { audit, subscriptions, policies, clock }: Tools,
): Promise<AnsweredBuild> {
  const { organization } = facts.ref;
  const branch = { ...facts.ref, branch: facts.branch };
  const policy = await policies.ofAddress(facts.repository);
  const now = clock.now();
  const tracked =
    isTracked(policy, branch, facts.defaultBranch) ||
    (await subscriptions.all()).some((subscription) => asksToTrack(subscription, branch));
  return {
    facts,
    verdict,
    mutes: mutes.filter((mute) => mute.organization === organization),
    log: null,
    now,
    rules: explain(policy, branch),
    fileMutes: fileMutesOf({ ...branch, verdict }, policy, now),
    tracked,
    hasAlert: alert !== null,
    audit: alert === null ? [] : await audit.newest(organization, alert, mostAudit),
  };
}
