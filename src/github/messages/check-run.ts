/** A build as the check run of its commit. Always made from the state, never from what GitHub shows already. */
import { checkStateOf } from "../../domain/check.ts";
import type { BuildRef, Pipeline } from "../../domain/ids.ts";
import { buildUrl } from "../../domain/links.ts";
import { branchName, brokenJobs, buildLink, buildName, causeList, logLines, muteOf } from "./causes.ts";
import { joined, type Markdown, md, paragraphs, words } from "./markdown.ts";
import { jobName } from "./mutes.ts";
import type { ReportedBuild } from "./reported-build.ts";

/** In the names that GitHub's REST API has. */
export interface CheckRun {
  readonly name: string;
  readonly details_url: string;
  readonly external_id: string;
  readonly status: "queued" | "in_progress" | "completed";
  readonly started_at?: string;
  readonly completed_at?: string;
  readonly conclusion?: string;
  readonly output: { readonly title: string; readonly summary: string; readonly text: string };
  readonly actions: readonly CheckAction[];
}

interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: "failure";
  readonly message: string;
}

const checkActions = { rerun: "rerun", mute: "mute" } as const;

/** GitHub takes 65,535 characters; what we write is far below it. */
const longestField = 60_000;
const mostRecovered = 10;

/** One for each pipeline: branch protection requires a check by its name. */
function checkName(pipeline: Pipeline): string {
  return `Signalbox: ${pipeline}`;
}

function externalId({ organization, pipeline, number }: BuildRef): string {
  return `${organization}/${pipeline}/${number}`;
}

/** @param canRerun Buildkite lets us. */
export function checkRun(build: ReportedBuild, canRerun: boolean): CheckRun {
  const { facts, verdict } = build;
  const { ref } = facts;
  const state = checkStateOf(verdict.outcome, facts.startedAt !== null);
  const started = time(facts.startedAt);
  const completed = state.status === "completed" ? time(verdict.at) : null;
  return {
    name: checkName(ref.pipeline),
    details_url: buildUrl(ref),
    external_id: externalId(ref),
    status: state.status,
    ...(started !== null && { started_at: started }),
    ...(state.conclusion !== null && { conclusion: state.conclusion }),
    ...(completed !== null && { completed_at: completed }),
    output: {
      title: titleOf(build),
      summary: summaryOf(build).markdown,
      text: textOf(build).markdown,
    },
    actions: actionsOf(build, canRerun),
  };
}

/** Plain text, and of our own words only. */
function titleOf({ facts, verdict }: ReportedBuild): string {
  const { outcome, failedJobs, recovered } = verdict;
  switch (outcome) {
    case "running":
      return facts.startedAt === null ? "Scheduled" : "Running";
    case "failing":
      return failedJobs === 0 ? "Failing" : `Failing: ${count(failedJobs, "job")} failed so far`;
    case "failed": {
      const failed = failedJobs === 0 ? "Failed" : `${brokenJobs(verdict)} failed`;
      return verdict.retrying ? `${failed}, retry is running` : failed;
    }
    case "passed":
      return recovered.length === 0 ? "Passed" : `Passed, ${count(recovered.length, "job")} only on retry`;
    case "canceled":
      return "Canceled";
    case "blocked":
      return "Waits to be unblocked";
    case "skipped":
      return "Skipped";
    case "notRun":
      return "Did not run";
  }
}

function summaryOf(build: ReportedBuild): Markdown {
  const { verdict } = build;
  const { recovered, casualties } = verdict;
  const flaky = recovered.slice(0, mostRecovered).map(jobName);
  return paragraphs(
    [
      md`${buildName(build)} on ${branchName(build)} ${words(sentenceEnd(build))}`,
      causeList(build, verdict.causes.length),
      casualties > 0 ? words(`${count(casualties, "job")} did not start because of it.`) : null,
      flaky.length > 0 ? md`Passed only on retry: ${joined(flaky, ", ")}` : null,
    ],
    longestField,
  );
}

function sentenceEnd({ facts, verdict }: ReportedBuild): string {
  switch (verdict.outcome) {
    case "running":
      return facts.startedAt === null ? "is scheduled." : "is running.";
    case "failing":
      return `is failing: ${brokenJobs(verdict)} so far.`;
    case "failed":
      return `failed: ${brokenJobs(verdict)}.`;
    case "passed":
      return "passed.";
    case "canceled":
      return "was canceled.";
    case "blocked":
      return "has passed so far, and waits for somebody to unblock it.";
    case "skipped":
      return "was skipped by Buildkite.";
    case "notRun":
      return "did not run: its pipeline does not ask for it.";
  }
}

function textOf(build: ReportedBuild): Markdown {
  const open = buildLink(build, md`Open the build on Buildkite`);
  return paragraphs([logOf(build), open], longestField);
}

function logOf(build: ReportedBuild): Markdown | null {
  const lines = logLines(build);
  return lines === null || build.log === null ? null : md`Last lines of ${jobName(build.log.job)}:\n\n${lines}`;
}

/** GitHub adds them to those that a check run has already: they are sent once, with a build that has failed. */
export function annotationsOf({ verdict, log }: ReportedBuild): readonly CheckAnnotation[] {
  if (verdict.outcome !== "failed" || log === null) return [];
  return log.annotations.map(({ path, line, column, message }) => ({
    path,
    start_line: line,
    end_line: line,
    ...(column !== null && { start_column: column, end_column: column }),
    annotation_level: "failure" as const,
    message,
  }));
}

/** At most three; labels have 20 characters, descriptions 40. */
function actionsOf(build: ReportedBuild, canRerun: boolean): CheckAction[] {
  const { verdict } = build;
  if (verdict.outcome !== "failed") return [];
  const actions: CheckAction[] = [];
  if (canRerun && verdict.failedJobs > 0 && !verdict.retrying) {
    const description = "Have Buildkite retry what has failed";
    actions.push({ label: "Rerun failed jobs", description, identifier: checkActions.rerun });
  }
  const [only, ...others] = verdict.causes;
  const alone = only !== undefined && others.length === 0 && verdict.failedJobs <= Math.max(1, only.shards.length);
  if (alone && muteOf(build, only) === null) {
    const description = "Keep its failures out of Slack for 4 h";
    actions.push({ label: "Mute this job", description, identifier: checkActions.mute });
  }
  return actions;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** @returns null for a time that nobody told. */
function time(at: number | null): string | null {
  return at === null || at <= 0 ? null : new Date(at).toISOString();
}
