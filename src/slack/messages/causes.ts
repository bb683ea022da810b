/** The jobs that made a build fail, as lines of a list. */
import type { AlertState } from "../../domain/alert.ts";
import { reasonOf, shardsOf } from "../../domain/cause-words.ts";
import { buildUrl, jobUrl } from "../../domain/links.ts";
import type { Cause } from "../../domain/verdict.ts";
import { present } from "./blocks.ts";
import { joined, link, type Mrkdwn, md } from "./mrkdwn.ts";
import { buildLink, buildRef, jobName, slug } from "./parts.ts";
import { count, enumerated, firstFew } from "./words.ts";

const mostCauses = 5;
const mostChildCauses = 3;
/** Slack allows a section 3,000. A line never has more than 2,200, so one always fits, and the one that counts the rest. */
const longestList = 2_600;

export function causeList(alert: AlertState, muted: ReadonlySet<string>): Mrkdwn {
  const { causes, jobsUnknown } = alert.verdict;
  const open = buildLink(alert, alert.newest.number, md`Open the build`);
  if (jobsUnknown || causes.length === 0) {
    return md`Which jobs failed is not known: Buildkite has not told Signalbox. ${open} to see them.`;
  }
  const lines: Mrkdwn[] = [];
  let length = 0;
  for (const cause of causes.slice(0, mostCauses)) {
    const line = md`• ${causeLine(alert, cause, muted.has(cause.key))}`;
    length += line.mrkdwn.length + 1;
    if (length > longestList) break;
    lines.push(line);
  }
  const more = jobsBeyond(alert, lines.length);
  if (more > 0) lines.push(md`• ${buildLink(alert, alert.newest.number, md`+${more} more`)}`);
  return joined(lines, "\n");
}

/** "Specs, Lint and 3 more", without links; null when none is known. */
export function causeNames(alert: AlertState, most: number): Mrkdwn | null {
  const names = alert.verdict.causes.slice(0, most).map((cause) => jobName(cause.name));
  return names.length === 0 ? null : enumerated(names, jobsBeyond(alert, names.length));
}

function jobLink(alert: AlertState, cause: Cause): Mrkdwn {
  return link(jobUrl(buildRef(alert, alert.newest.number), cause.jobId), jobName(cause.name));
}

/** Where to read what went wrong: the first cause that ran, and ran here. */
export function logUrl(alert: AlertState): string | null {
  const cause = alert.verdict.causes.find(({ type, kind }) => type !== "trigger" && kind !== "expired");
  return cause === undefined ? null : jobUrl(buildRef(alert, alert.newest.number), cause.jobId);
}

/** Failed jobs are counted one by one, while a cause stands for all its failed shards. */
function jobsBeyond({ verdict }: AlertState, shown: number): number {
  const told = verdict.causes.slice(0, shown).reduce((sum, { shards }) => sum + Math.max(1, shards.length), 0);
  return verdict.failedJobs - told;
}

function causeLine(alert: AlertState, cause: Cause, isMuted: boolean): Mrkdwn {
  const what = joined(present([jobLink(alert, cause), childBuild(alert, cause) ?? { mrkdwn: reasonOf(cause) }]), " ");
  const retry = alert.verdict.retrying ? md`retry is running` : null;
  const muted = isMuted ? md`muted` : null;
  const shards = shardsOf(cause);
  const parts = [what, shards === null ? null : { mrkdwn: shards }, retry, flakes(alert, cause), muted];
  return joined(present(parts), " · ");
}

function childBuild({ organization }: AlertState, { child }: Cause): Mrkdwn | null {
  if (child === null) return null;
  const { pipeline, number, causes } = child;
  const build = link(buildUrl({ organization, pipeline, number }), md`${slug(pipeline)} #${number}`);
  return causes.length === 0 ? md`→ ${build}` : md`→ ${build}: ${firstFew(causes.map(jobName), mostChildCauses)}`;
}

function flakes(alert: AlertState, { key }: Cause): Mrkdwn | null {
  const times = Object.hasOwn(alert.flakes, key) ? (alert.flakes[key] ?? 0) : 0;
  return times > 0 ? md`passed on retry ${times}× before` : null;
}

/** "2 of 14 jobs" */
export function brokenJobs({ verdict }: AlertState): Mrkdwn {
  if (verdict.jobsUnknown || verdict.failedJobs === 0) return md`jobs unknown`;
  const total = count(Math.max(verdict.totalJobs, verdict.failedJobs), "job");
  const soFar = verdict.outcome === "failing" ? md` so far` : md``;
  return md`${verdict.failedJobs} of ${total}${soFar}`;
}
