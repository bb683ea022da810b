/** The jobs that made a build fail, as a list in Markdown. */
import { reasonOf, shardsOf } from "../../domain/cause-words.ts";
import type { AnyMute } from "../../domain/file-mute.ts";
import type { BuildRef } from "../../domain/ids.ts";
import { buildUrl, jobUrl } from "../../domain/links.ts";
import { concerns, isOver } from "../../domain/mute.ts";
import type { Cause, Verdict } from "../../domain/verdict.ts";
import { code, fenced, foreign, joined, link, type Markdown, md, words } from "./markdown.ts";
import { jobName, mutedTerms } from "./mutes.ts";
import type { ReportedBuild } from "./reported-build.ts";

const mostChildCauses = 3;
const longestLogLine = 500;

export function buildLink({ facts: { ref } }: ReportedBuild, label: Markdown): Markdown {
  return link(buildUrl(ref), label);
}

/** "[Payments API #42](…)" */
export function buildName(build: ReportedBuild): Markdown {
  const { ref, pipelineName } = build.facts;
  return buildLink(build, md`${foreign(pipelineName ?? ref.pipeline, 60) ?? words(ref.pipeline)} #${ref.number}`);
}

export function branchName({ facts }: ReportedBuild): Markdown {
  return code(facts.branch, 80) ?? md`an unnamed branch`;
}

/** "2 of 14 jobs"; without numbers where Buildkite has told of no job. */
export function brokenJobs({ failedJobs, totalJobs, jobsUnknown }: Verdict): string {
  if (jobsUnknown || failedJobs === 0) return "which jobs is not known";
  const total = Math.max(failedJobs, totalJobs);
  return `${failedJobs} of ${total} job${total === 1 ? "" : "s"}`;
}

export function causeList(build: ReportedBuild, most: number): Markdown | null {
  const { verdict } = build;
  if (verdict.causes.length === 0) return null;
  const shown = verdict.causes.slice(0, most);
  const told = shown.reduce((sum, { shards }) => sum + Math.max(1, shards.length), 0);
  const more = verdict.failedJobs - told;
  const rest = more > 0 ? buildLink(build, md`and ${more} more`) : null;
  return joined(
    [...shown.map((cause) => md`- ${causeLine(build, cause)}`), rest === null ? null : md`- ${rest}`],
    "\n",
  );
}

function causeLine(build: ReportedBuild, cause: Cause): Markdown {
  const { ref } = build.facts;
  const what = md`${link(jobUrl(ref, cause.jobId), jobName(cause.name))} ${childOf(ref, cause) ?? words(reasonOf(cause))}`;
  const shards = shardsOf(cause);
  const mute = muteOf(build, cause);
  const attempts = build.attempts?.get(cause.jobId) ?? 1;
  return joined(
    [
      what,
      shards === null ? null : words(shards),
      attempts > 1 ? words(`${attempts} attempts`) : null,
      build.verdict.retrying ? md`retry is running` : null,
      mute === null ? null : mutedTerms(mute),
    ],
    " · ",
  );
}

function childOf({ organization }: BuildRef, { child }: Cause): Markdown | null {
  if (child === null) return null;
  const { pipeline, number, causes } = child;
  const build = link(
    buildUrl({ organization, pipeline, number }),
    md`${foreign(pipeline, 60) ?? words("build")} #${number}`,
  );
  if (causes.length === 0) return md`→ ${build}`;
  const more = causes.length - mostChildCauses;
  const names = joined(causes.slice(0, mostChildCauses).map(jobName), ", ");
  return more > 0 ? md`→ ${build}: ${names} and ${more} more` : md`→ ${build}: ${names}`;
}

/** The mute by which Slack is not told of this job's failures, if any. It silences, and makes nothing green. */
export function muteOf({ facts, mutes, fileMutes, now }: ReportedBuild, { key }: Cause): AnyMute | null {
  const at = { pipeline: facts.ref.pipeline, branch: facts.branch };
  const hides = ({ scope }: AnyMute): boolean => concerns(scope, at) && (scope.kind === "branch" || scope.job === key);
  return [...mutes, ...fileMutes].find((mute) => !isOver(mute, now) && hides(mute)) ?? null;
}

/** The end of the first failed job's log, as a block of code. */
export function logLines({ log }: ReportedBuild): Markdown | null {
  return log === null ? null : fenced(log.lines, longestLogLine);
}
