/**
 * The one comment on a pull request: what its builds of the newest commit have come to. Only a failure begins it; from then
 * on it is kept true, and is one line again when everything is green.
 */
import { z } from "zod";
import { Organization, Pipeline } from "../../domain/ids.ts";
import { buildUrl } from "../../domain/links.ts";
import { isRed, type Outcome } from "../../domain/outcome.ts";
import { brokenJobs, buildName, causeList, logLines } from "./causes.ts";
import { folded, foreign, joined, link, type Markdown, md, paragraphs, words } from "./markdown.ts";
import { jobName } from "./mutes.ts";
import type { ReportedBuild } from "./reported-build.ts";

/** What had failed when the comment was red last, to be named when it is green. */
export const Failed = z.array(
  z.object({
    organization: Organization,
    pipeline: Pipeline,
    number: z.number(),
    title: z.string(),
    commit: z.string(),
    jobs: z.array(z.string()),
  }),
);
export type Failed = z.infer<typeof Failed>;

export interface PullComment {
  readonly body: string;
  readonly failed: Failed;
  /** What it says in a word: a change of it is told at once. */
  readonly stage: "red" | "running" | "green" | "over";
  /** No build goes on: what it says will stay. */
  readonly settled: boolean;
}

export const pullMarker = "<!-- signalbox:pull -->";

/** GitHub takes 65,536 characters. */
const longestBody = 60_000;
const mostBuilds = 10;
const mostCauses = 5;
const longestName = 200;

/**
 * @param commit The head of the pull request, 40 hex digits.
 * @param before What had failed, when there is a comment already; null when there is none.
 * @returns null when there is nothing to say.
 */
export function pullComment(
  commit: string,
  builds: readonly ReportedBuild[],
  before: Failed | null,
): PullComment | null {
  const red = builds.filter(({ verdict }) => isRed(verdict.outcome));
  if (builds.length === 0 || (red.length === 0 && before === null)) return null;
  const settled = builds.every(({ verdict }) => verdict.outcome !== "running" && verdict.outcome !== "failing");
  const failed = red.length > 0 ? red.slice(0, mostBuilds).map((build) => failureOf(commit, build)) : (before ?? []);
  const stage = stageOf(builds);
  const parts = stage === "red" ? redParts(commit, builds, red) : [headline(commit, builds, stage), hadFailed(failed)];
  const { markdown: body } = paragraphs([words(pullMarker), ...parts], longestBody);
  return { body, failed, stage, settled };
}

function stageOf(builds: readonly ReportedBuild[]): PullComment["stage"] {
  const outcomes = builds.map(({ verdict }) => verdict.outcome);
  if (outcomes.some(isRed)) return "red";
  if (outcomes.includes("running")) return "running";
  return outcomes.every((outcome) => outcome === "passed") ? "green" : "over";
}

function headline(commit: string, builds: readonly ReportedBuild[], stage: "running" | "green" | "over"): Markdown {
  const name = words(commit.slice(0, 7));
  switch (stage) {
    case "running":
      return md`:hourglass_flowing_sand: Builds of ${name} are running`;
    case "green":
      return md`:white_check_mark: All builds of ${name} passed`;
    case "over": {
      const others = builds.filter(({ verdict }) => verdict.outcome !== "passed").slice(0, mostBuilds);
      return md`:white_circle: No build of ${name} failed: ${joined(others.map(standing), ", ")}`;
    }
  }
}

function redParts(commit: string, builds: readonly ReportedBuild[], red: readonly ReportedBuild[]): Markdown[] {
  const shown = red.slice(0, mostBuilds);
  const others = builds.filter((build) => !shown.includes(build));
  const more = others.length - mostBuilds;
  const rest = joined(others.slice(0, mostBuilds).map(standing), " · ");
  return [
    redHeadline(commit, builds, red),
    ...shown.flatMap(failure),
    ...(others.length > 0 ? [more > 0 ? md`${rest} and ${more} more` : rest] : []),
    md`<sub>Comment \`/signalbox help\` to see what you can ask for.</sub>`,
  ];
}

function redHeadline(commit: string, builds: readonly ReportedBuild[], red: readonly ReportedBuild[]): Markdown {
  const verb = red.some(({ verdict }) => verdict.outcome === "failed") ? "failed" : failing(red.length);
  const name = words(commit.slice(0, 7));
  if (builds.length === 1) return md`:x: **The build of ${name} ${words(verb)}**`;
  return md`:x: **${red.length} of ${builds.length} builds of ${name} ${words(verb)}**`;
}

function failing(builds: number): string {
  return builds === 1 ? "is failing" : "are failing";
}

function failure(build: ReportedBuild): Markdown[] {
  const { verdict } = build;
  const verb = verdict.outcome === "failed" ? md`failed` : md`is failing`;
  const soFar = verdict.outcome === "failed" ? md`` : md` so far`;
  const head = md`**${buildName(build)}** ${verb}: ${words(brokenJobs(verdict))}${soFar}`;
  const list = causeList(build, mostCauses);
  const lines = logLines(build);
  return [
    list === null ? head : md`${head}\n${list}`,
    ...(lines === null ? [] : [folded(`Last lines of ${build.log?.job ?? "a job"}`, lines)]),
  ];
}

/** How each outcome is told of a build beside others. */
const standings: { readonly [K in Outcome]: string } = {
  running: "is running",
  failing: "is failing",
  passed: "passed",
  failed: "failed",
  canceled: "was canceled",
  blocked: "waits to be unblocked",
  skipped: "was skipped",
  notRun: "did not run",
};

function standing(build: ReportedBuild): Markdown {
  return md`${buildName(build)} ${words(standings[build.verdict.outcome])}`;
}

function failureOf(commit: string, { facts, verdict }: ReportedBuild): Failed[number] {
  const { ref, pipelineName } = facts;
  const jobs = verdict.causes.slice(0, mostCauses).map(({ name }) => name.slice(0, longestName));
  return { ...ref, title: (pipelineName ?? ref.pipeline).slice(0, longestName), commit, jobs };
}

function hadFailed(failed: Failed): Markdown | null {
  if (failed.length === 0) return null;
  const lines = failed.map(({ title, commit, jobs, ...ref }) => {
    const build = link(buildUrl(ref), md`${foreign(title, 60) ?? md`build`} #${ref.number}`);
    const names = jobs.length === 0 ? md`` : md`: ${joined(jobs.map(jobName), ", ")}`;
    return md`- ${build} of ${words(commit.slice(0, 7))}${names}`;
  });
  return folded("What had failed", joined(lines, "\n"));
}
