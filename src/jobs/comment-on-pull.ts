/** Keeps the one comment on a pull request true: what its builds of the newest commit have come to. */
import type { Instant } from "../clock.ts";
import type { PullFacts, PullRef } from "../domain/pull.ts";
import { Kept } from "../github/keeper.ts";
import { Failed, pullComment } from "../github/messages/pull-comment.ts";
import type { ReportedBuild } from "../github/messages/reported-build.ts";
import { commentSlot, commentThing } from "../github/pull-comments.ts";
import type { Run, Tools } from "./job.ts";
import { keepOnGithub } from "./keep-on-github.ts";
import { mayQuote } from "./may-quote.ts";
import { readReportedBuild } from "./reported-build.ts";
import { tellPullAuthor } from "./tell-pull-author.ts";

export async function commentOnPull(ref: PullRef, tools: Tools, run: Run): Promise<void> {
  const { github, pulls, slots, clock } = tools;
  if (github === null) return;
  const readAt = clock.now();
  const pull = await pulls.read(ref);
  // What GitHub then tells of it marks it again.
  if (pull === null) return tools.fire(await pulls.want(ref, readAt));
  const builds = await buildsOf(pull, tools);
  const kept = await slots.read(commentSlot(ref), Kept);
  const before = kept === null ? null : readFailed(kept.memory);
  const comment = pullComment(pull.head.sha, await forGithub(ref, builds, tools), before);
  // Who closed it has seen enough: what is there is kept true, and nothing is begun.
  if (comment !== null && (pull.state === "open" || kept !== null) && !run.signal.aborted) {
    const again = (at: Instant): Promise<void> => tools.triggerAt("commentOnPull", ref, at);
    await keepOnGithub(commentThing(ref, comment, readAt, github), "comment", again, tools, run);
  }
  if (pull.state === "open") await tellPullAuthor(pull, builds, tools, run);
}

async function buildsOf(pull: PullFacts, tools: Tools): Promise<readonly ReportedBuild[]> {
  const refs = await tools.reports.ofCommit(pull, pull.head.sha);
  const builds = await Promise.all(refs.map((build) => readReportedBuild(build, tools)));
  return builds.filter((build) => build !== null);
}

async function forGithub(
  ref: PullRef,
  builds: readonly ReportedBuild[],
  tools: Tools,
): Promise<readonly ReportedBuild[]> {
  const quotes = builds.some(({ log }) => log !== null) && (await mayQuote(ref, tools));
  return quotes ? builds : builds.map((build) => ({ ...build, log: null }));
}

/** Nothing is known of what a comment said that was found on GitHub. */
function readFailed(memory: string | null): Failed {
  return memory === null ? [] : Failed.parse(JSON.parse(memory));
}
