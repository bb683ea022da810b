/** What whoever wrote a command is answered. Plain success has no answer: a reaction says it. */
import type { AuditEntry } from "../../domain/audit.ts";
import type { Mistake } from "../../domain/comment-command.ts";
import { commentCommandNames, commentUsages, usageLine } from "../../domain/comment-usage.ts";
import { loginOfActor } from "../../domain/handling.ts";
import type { BuildRef } from "../../domain/ids.ts";
import { buildUrl } from "../../domain/links.ts";
import { concerns } from "../../domain/mute.ts";
import { isRed } from "../../domain/outcome.ts";
import { type Explanation, policyFiles, type RuleSource } from "../../domain/policy.ts";
import { branchName, brokenJobs, buildName, causeList } from "./causes.ts";
import { code, foreign, joined, link, type Markdown, md, paragraphs, words } from "./markdown.ts";
import { muteLine, utc } from "./mutes.ts";
import type { ReportedBuild } from "./reported-build.ts";

/** A build of the commit, and the rules it is under. */
export interface AnsweredBuild extends ReportedBuild {
  /** Whether its branch is watched: only then there are alerts in Slack. */
  readonly tracked: boolean;
  readonly hasAlert: boolean;
  /** Which rules of the settings files hold for its branch. */
  readonly rules: Pick<Explanation, "track" | "route" | "repository">;
  /** What people did about its alert, the newest first. */
  readonly audit: readonly AuditEntry[];
}

/** What Buildkite did not do. */
export interface RefusedRerun {
  readonly build: BuildRef;
  readonly what: "retry" | "rebuild";
  /** In Buildkite's words. */
  readonly reason: string;
  readonly offer: "rebuild" | null;
}

const longestAnswer = 30_000;
const mostBuilds = 20;
const mostCauses = 10;
const mostMutes = 10;
const mostDeeds = 5;
const longestName = 100;
const longestReason = 300;

/** Found again by it; anybody could write it, so it proves nothing. */
export function answerMarker(to: string): string {
  return `<!-- signalbox:answer ${to} -->`;
}

export function together(parts: readonly (Markdown | null)[]): Markdown {
  return paragraphs(parts, longestAnswer);
}

/** @returns null without any: whoever wrote it is not somebody to be told. */
export function mistakesAnswer(mistakes: readonly Mistake[]): Markdown | null {
  const [only, ...others] = mistakes;
  if (only === undefined) return null;
  if (others.length === 0 && only.typed === null) return sentence(only.message);
  const lines = mistakes.map(({ typed, message }) =>
    typed === null ? md`- ${sentence(message)}` : md`- ${typedLine(typed)}: ${sentence(message)}`,
  );
  const head = others.length === 0 ? md`Nothing was done:` : md`Nothing was done, for there are mistakes in it:`;
  return md`${head}\n${joined(lines, "\n")}`;
}

function typedLine(typed: string): Markdown {
  return code(`/signalbox ${typed}`, longestName) ?? md`\`/signalbox\``;
}

/** Our own words, with what others wrote, or may write, between back-ticks. */
function sentence(message: string): Markdown {
  return joined(message.split("`").map(textOrCode), "");
}

function textOrCode(part: string, index: number): Markdown | null {
  if (index % 2 === 1) return code(part, longestName);
  const [, before = "", text = "", after = ""] = /^(\s*)(.*?)(\s*)$/s.exec(part) ?? [];
  const shown = foreign(text, longestReason);
  return shown === null ? words(before) : md`${words(before)}${shown}${words(after)}`;
}

/** @param done How many other things were done. */
export function refusedAnswer(refused: readonly RefusedRerun[], done: number): Markdown | null {
  if (refused.length === 0) return null;
  const lines = refused.map(({ build, what, reason, offer }) => {
    const name = link(buildUrl(build), md`${words(build.pipeline)} #${build.number}`);
    const why = foreign(reason, longestReason) ?? md`no reason was given`;
    const advice = offer === null ? md`` : md` \`/signalbox rebuild\` may work.`;
    const verb = what === "retry" ? md`The failed jobs of ${name} do not run again` : md`${name} is not built again`;
    return md`- ${verb}: ${why}.${advice}`;
  });
  const head = done === 0 ? md`This was not possible:` : md`Not all of this was possible:`;
  return md`${head}\n${joined(lines, "\n")}`;
}

export function helpAnswer(): Markdown {
  const lines = commentCommandNames.map((name) => {
    const { summary, needs } = commentUsages[name];
    const right = needs === "write" ? md` Needs write access.` : md``;
    return md`- \`${words(usageLine(name))}\`: ${words(summary)}${right}`;
  });
  return md`Write a command at the beginning of a line of its own. Several in one comment are carried out all or none.\n\n${joined(lines, "\n")}`;
}

export function statusAnswer(commit: string, builds: readonly AnsweredBuild[]): Markdown {
  const name = words(commit.slice(0, 7));
  if (builds.length === 0) return md`Signalbox knows no build of ${name} yet.`;
  const lines = builds.slice(0, mostBuilds).map((build) => {
    const { verdict } = build;
    const list = isRed(verdict.outcome) ? causeList(build, mostCauses) : null;
    const head = md`**${buildName(build)}** ${words(outcomeWords(build))}`;
    return list === null ? head : md`${head}\n${list}`;
  });
  return together([md`Builds of ${name}:`, ...lines]);
}

function outcomeWords({ verdict, facts }: ReportedBuild): string {
  switch (verdict.outcome) {
    case "running":
      return facts.startedAt === null ? "is scheduled" : "is running";
    case "failing":
      return `is failing: ${brokenJobs(verdict)} so far`;
    case "failed":
      return verdict.retrying ? "failed, and its failed jobs run again" : `failed: ${brokenJobs(verdict)}`;
    case "passed":
      return verdict.recovered.length === 0 ? "passed" : "passed, some jobs only on retry";
    case "canceled":
      return "was canceled";
    case "blocked":
      return "waits to be unblocked";
    case "skipped":
      return "was skipped";
    case "notRun":
      return "did not run";
  }
}

export function whyAnswer(commit: string, builds: readonly AnsweredBuild[]): Markdown {
  const red = builds.filter(({ verdict }) => isRed(verdict.outcome)).slice(0, mostBuilds);
  if (red.length === 0) {
    return md`No build of ${words(commit.slice(0, 7))} is known to have failed, so there is nothing to explain.`;
  }
  return together(red.flatMap(explanation));
}

function explanation(build: AnsweredBuild): (Markdown | null)[] {
  const { verdict } = build;
  const known = [
    verdict.casualties > 0 ? md`- ${verdict.casualties} jobs did not start because of it` : null,
    verdict.jobsUnknown ? md`- Buildkite has told of no job that explains it` : null,
    watchedLine(build),
    routeLine(build),
    ...muteLines(build),
    problemLine(build),
    ...build.audit.filter(isDoneHere).slice(0, mostDeeds).map(deedLine),
  ];
  return [md`**${buildName(build)}** ${words(outcomeWords(build))}`, causeList(build, mostCauses), joined(known, "\n")];
}

function watchedLine(build: AnsweredBuild): Markdown {
  const branch = branchName(build);
  if (!build.tracked) return md`- ${branch} is not watched: Slack is not told of it`;
  const { track } = build.rules;
  const watched = track === null ? md`is watched` : md`is watched by ${sourceName(track.source)}`;
  return build.hasAlert
    ? md`- ${branch} ${watched}, and there is an alert in Slack`
    : md`- ${branch} ${watched}, and there is no alert in Slack`;
}

/** Not the channel: who reads here may not be in that workspace. */
function routeLine({ tracked, rules: { route } }: AnsweredBuild): Markdown | null {
  return route === null || !tracked ? null : md`- Its alerts go where ${sourceName(route.source)} says`;
}

function problemLine({ rules: { repository } }: AnsweredBuild): Markdown | null {
  const [first] = repository?.problem?.mistakes ?? [];
  if (first === undefined) return null;
  const what = foreign(first.message, longestReason) ?? md`it cannot be read`;
  const file = md`\`${words(policyFiles.repository)}\``;
  return md`- ${file} is broken in line ${first.line} (${what}), so its last good version holds`;
}

function sourceName({ file, line }: RuleSource): Markdown {
  return md`\`${words(file)}\`, line ${line}`;
}

function muteLines({ facts: { ref, branch }, mutes, fileMutes }: AnsweredBuild): Markdown[] {
  const here = mutes.filter((mute) => concerns(mute.scope, { pipeline: ref.pipeline, branch }));
  const lines = [...here.map(muteLine), ...fileMutes.map(muteLine)];
  return lines.length === 0 ? [md`- Nothing of it is muted`] : lines.slice(0, mostMutes);
}

/** Of what was done in Slack those who read here are not told. */
function isDoneHere({ from }: AuditEntry): boolean {
  return from === "comment" || from === "check";
}

function deedLine({ at, user, action }: AuditEntry): Markdown {
  const verb = words(action.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));
  const login = loginOfActor(user);
  const who = login === null ? null : foreign(login, longestName);
  return who === null ? md`- ${utc(at)}: ${verb}` : md`- ${utc(at)}: ${who}, ${verb}`;
}
