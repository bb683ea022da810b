/** Draws the verdict from a build's facts, enters it into the branch's history, and says who must look at it next. */
import type { BuildFacts } from "../domain/facts.ts";
import { historyEntry } from "../domain/history.ts";
import type { BranchRef, BuildRef } from "../domain/ids.ts";
import { isRed } from "../domain/outcome.ts";
import { isTracked, type Policy } from "../domain/policy.ts";
import { reportedCommit } from "../domain/reported-commit.ts";
import { asksToTrack } from "../domain/subscription.ts";
import { childName, type Verdict, verdictOf } from "../domain/verdict.ts";
import type { Run, Tools } from "./job.ts";
import { markOf, spell } from "./subjects.ts";
import { wake } from "./wake.ts";

/** Jobs and builds are told by different deliveries: those of the jobs may just be late. */
const fetchDelay = 3000;
const followedEndings = ["passed", "failed", "canceled"] as const;

export async function evaluateBuild(ref: BuildRef, tools: Tools, { log }: Run): Promise<void> {
  const { builds, verdicts, clock, config, policies } = tools;
  const facts = await builds.read(ref);
  if (facts === null) return;
  const verdict = verdictOf(facts, await causesOfChildren(facts, tools));
  const branch: BranchRef = { organization: ref.organization, pipeline: ref.pipeline, branch: facts.branch };
  const tracked =
    isTracked(await policies.ofAddress(facts.repository), branch, facts.defaultBranch) ||
    (await tools.subscriptions.all()).some((subscription) => asksToTrack(subscription, branch));

  const subjects = [
    ...(tracked ? [spell("evaluateBranch", branch)] : []),
    ...parentOf(facts, verdict),
    ...followUpsOf(facts, config.policy),
  ];
  const turnedRed = facts.failingAt ?? facts.endings.failed;
  const history = tracked ? { branch, entry: historyEntry(ref.number, verdict, turnedRed) } : null;
  const { changed, fire } = await verdicts.write(facts, verdict, history, subjects, clock.now());
  await tools.fire(fire);
  // Not only when the verdict changed: a check run also tells that a build has begun.
  if (isReported(facts, tools)) await wake([markOf("reportBuild", ref)], tools);
  if (tracked && verdict.jobsUnknown && tools.buildkite !== null) {
    await tools.triggerAt("fetchBuild", ref, clock.now() + fetchDelay);
  }
  if (changed) {
    const { outcome, failedJobs, jobsUnknown } = verdict;
    log.info({ build: ref.number, branch: facts.branch, outcome, failedJobs, jobsUnknown, tracked }, "build evaluated");
  }
}

function isReported(facts: BuildFacts, { github }: Tools): boolean {
  return github !== null && reportedCommit(facts, github.host) !== null;
}

/** What failed in the builds that failed trigger steps started; one level, as each level was told by its own children. */
async function causesOfChildren(facts: BuildFacts, { builds }: Tools): Promise<Map<string, string[]>> {
  const { organization } = facts.ref;
  const causes = new Map<string, string[]>();
  for (const job of facts.causes) {
    if (job.triggeredBuild === null) continue;
    const verdict = await builds.verdict({ organization, ...job.triggeredBuild });
    if (verdict !== null) causes.set(childName(job.triggeredBuild), namesWithin(verdict));
  }
  return causes;
}

/** A child that failed because of its own child is explained by that one. */
function namesWithin(verdict: Verdict): string[] {
  return verdict.causes.flatMap(({ name, child }) =>
    child !== null && child.causes.length > 0 ? child.causes.map((inner) => `${name} → ${inner}`) : [name],
  );
}

/** The build that triggered this one shows why it failed, and no longer when it recovered. */
function parentOf(facts: BuildFacts, verdict: Verdict): string[] {
  const parent = facts.triggeredFrom;
  if (parent === null || !(isRed(verdict.outcome) || verdict.recoveredBuild)) return [];
  return [spell("evaluateBuild", { organization: facts.ref.organization, ...parent })];
}

/** Never for the follow-up pipeline's own builds, or they would follow each other for ever. */
function followUpsOf(facts: BuildFacts, { followUp }: Policy): string[] {
  if (followUp === null || facts.ref.pipeline === followUp.pipeline || facts.madeBySignalbox !== null) return [];
  return followedEndings
    .filter((ending) => facts.endings[ending] !== null)
    .map((ending) => spell("followUp", { ...facts.ref, ending }));
}
