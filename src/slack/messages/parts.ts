/**
 * How messages name things. The lengths are in characters before escaping; with all of them at five times their length,
 * every block still is within Slack's limits.
 */
import type { AlertState, BuildSummary } from "../../domain/alert.ts";
import type { BuildRef, Pipeline } from "../../domain/ids.ts";
import { buildUrl } from "../../domain/links.ts";
import { cut } from "../../domain/text.ts";
import { present } from "./blocks.ts";
import { commitUrl, isSha, pullRequestUrl } from "./links.ts";
import { code, foreign, joined, link, type Mrkdwn, md } from "./mrkdwn.ts";
import { withoutFormatting } from "./text.ts";

export function branchName(alert: AlertState): Mrkdwn {
  return code(alert.branch, 80) ?? md`an unnamed branch`;
}

export function pipelineName(alert: AlertState): Mrkdwn {
  return foreign(alert.pipelineName, 60) ?? slug(alert.pipeline);
}

/** Never empty, unlike other text. */
export function slug(pipeline: Pipeline): Mrkdwn {
  return { mrkdwn: withoutFormatting(cut(pipeline, 60)) };
}

export function jobName(name: string): Mrkdwn {
  return foreign(name, 60) ?? md`unnamed job`;
}

export function personName(person: string | null): Mrkdwn | null {
  return person === null ? null : foreign(person, 60);
}

export function buildRef({ organization, pipeline }: AlertState, number: number): BuildRef {
  return { organization, pipeline, number };
}

export function buildLink(alert: AlertState, number: number, label = md`#${number}`): Mrkdwn {
  return link(buildUrl(buildRef(alert, number)), label);
}

/** A hash by its first seven digits, another ref in full; null when Buildkite does not know it yet. */
export function commitLink(alert: AlertState, { commit }: BuildSummary): Mrkdwn | null {
  if (commit === null) return null;
  const name = foreign(isSha(commit) ? commit.slice(0, 7) : commit, 40);
  return name === null ? null : link(commitUrl(alert.repository, commit, alert.host), name);
}

/** "4f8d2c9 Round amounts half-even · #512" */
export function change(alert: AlertState, build: BuildSummary): Mrkdwn {
  const { pullRequest } = build;
  // GitHub ends the title of a squashed commit with its pull request.
  const title = pullRequest === null ? build.title : withoutNumber(build.title, pullRequest);
  const words = joined(present([commitLink(alert, build), foreign(title, 120) ?? md`no message`]), " ");
  return pullRequest === null ? words : md`${words} · ${pullRequestLink(alert, pullRequest)}`;
}

export function withoutNumber(title: string, pull: number): string {
  return title.replace(`(#${pull})`, "");
}

export function pullRequestLink(alert: AlertState, number: number, label = md`#${number}`): Mrkdwn {
  return link(pullRequestUrl(alert.repository, number, alert.host), label);
}
