/**
 * Tells GitHub of a build: the commit's check run says how it is, and its pull requests are looked at. Of several builds of
 * a pipeline for one commit the newest speaks, in the check run that the ones before it had.
 */
import type { Instant } from "../clock.ts";
import type { BuildRef } from "../domain/ids.ts";
import { isRed } from "../domain/outcome.ts";
import { type ReportedCommit, reportedCommit } from "../domain/reported-commit.ts";
import { checkRunThing } from "../github/check-runs.ts";
import type { ReportedBuild } from "../github/messages/reported-build.ts";
import type { Run, Tools } from "./job.ts";
import { keepOnGithub } from "./keep-on-github.ts";
import { mayQuote } from "./may-quote.ts";
import { quoteLog } from "./quote-log.ts";
import { readReportedBuild } from "./reported-build.ts";
import { markOf } from "./subjects.ts";
import { wake } from "./wake.ts";

export async function reportBuild(ref: BuildRef, tools: Tools, run: Run): Promise<void> {
  const { github, clock, reports } = tools;
  if (github === null) return;
  const readAt = clock.now();
  const build = await readReportedBuild(ref, tools);
  const place = build === null ? null : reportedCommit(build.facts, github.host);
  if (build === null || place === null) return;
  const newest = await reports.add(place.repository, place.commit, ref);
  await reports.setRed(ref, newest && isRed(build.verdict.outcome));
  const quoted = await quoteOrNot(build, place, tools, run);
  await wakeComments(build, place, tools);
  if (newest && !run.signal.aborted) await showCheck({ ...build, log: quoted.log }, place, readAt, tools, run);
  if (quoted.failure !== null) throw quoted.failure;
}

/** What Buildkite, or GitHub, does not tell now must not keep GitHub from being told the rest; the run then comes again. */
async function quoteOrNot(
  { facts, verdict, log: kept }: ReportedBuild,
  { repository }: ReportedCommit,
  tools: Tools,
  run: Run,
): Promise<Pick<ReportedBuild, "log"> & { readonly failure: Error | null }> {
  try {
    const log = kept ?? (await quoteLog(facts.ref, verdict, tools, run));
    return { log: log !== null && (await mayQuote(repository, tools)) ? log : null, failure: null };
  } catch (error) {
    return { log: null, failure: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** The one that Buildkite names, and those that GitHub says have this head. */
async function wakeComments({ facts }: ReportedBuild, place: ReportedCommit, tools: Tools): Promise<void> {
  const { repository, commit } = place;
  const named = facts.pullRequest === null ? [] : [facts.pullRequest.number];
  const numbers = new Set([...named, ...(await tools.pulls.withHead(repository, commit))]);
  await wake(
    [...numbers].map((number) => markOf("commentOnPull", { ...repository, number })),
    tools,
  );
}

async function showCheck(
  build: ReportedBuild,
  place: ReportedCommit,
  readAt: Instant,
  tools: Tools,
  run: Run,
): Promise<void> {
  const { github, slots, buildkite } = tools;
  if (github === null) return;
  const thing = await checkRunThing({ github, slots, build, place, readAt, canRerun: buildkite !== null });
  const again = (at: Instant): Promise<void> => tools.triggerAt("reportBuild", build.facts.ref, at);
  await keepOnGithub(thing, "check run", again, tools, run);
}
