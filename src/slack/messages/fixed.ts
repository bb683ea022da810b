/** The alert of a branch that was red: what ended it, and a short record of what it was. */
import type { KnownBlock } from "@slack/types";
import { context, present, section } from "./blocks.ts";
import { causeNames } from "./causes.ts";
import { cureLine } from "./cure.ts";
import { rerunLine, wasOnItLine } from "./handling-lines.ts";
import { joined, type Mrkdwn, md } from "./mrkdwn.ts";
import { branchName, buildLink, change, personName, pipelineName } from "./parts.ts";
import type { FixedView } from "./view.ts";
import { dateTime } from "./words.ts";

type Fixed = FixedView["alert"];

const mostNames = 5;

export function fixedBlocks(view: FixedView, previous: Mrkdwn | null): KnownBlock[] {
  const { alert } = view;
  const body = joined(present([headline(alert), outcomeLine(alert, null), newestChange(alert)]), "\n");
  const handled = [wasOnItLine(view.handling), rerunLine(view)];
  return [section(body), ...context(failedJobs(alert), redSince(alert), ...handled, previous)];
}

export function fixedSentence(alert: Fixed): Mrkdwn {
  return md`${headline(alert)}. ${outcomeLine(alert, alert.fixed.build?.person ?? null)}.`;
}

function headline(alert: Fixed): Mrkdwn {
  const branch = branchName(alert);
  const pipeline = pipelineName(alert);
  if (alert.fixed.by !== "withdrawn") return md`:large_green_circle: *${branch} is green again* · ${pipeline}`;
  const { number } = alert.newest;
  const build = buildLink(alert, number, md`Build #${number}`);
  return md`:white_circle: *${build} was canceled before it finished* · ${branch} · ${pipeline}`;
}

function outcomeLine(alert: Fixed, person: string | null): Mrkdwn {
  const { by, build, at } = alert.fixed;
  if (by === "withdrawn") return md`Nothing newer is red`;
  const { recovered } = alert.verdict;
  const number = build?.number ?? alert.newest.number;
  return cureLine(alert, { by, build: number, person, after: at - alert.since.at, recovered });
}

/** A retry needs no change. */
function newestChange(alert: Fixed): Mrkdwn | null {
  const { by, build } = alert.fixed;
  if (by !== "build" || build === null) return null;
  return joined(present([change(alert, build), personName(build.person)]), " · ");
}

function failedJobs(alert: Fixed): Mrkdwn | null {
  const names = causeNames(alert, mostNames);
  return names === null ? null : md`Had failed: ${names}`;
}

function redSince(alert: Fixed): Mrkdwn {
  const { since, newest, streak } = alert;
  const first = buildLink(alert, since.number);
  const builds = streak > 1 ? md`${first} to ${buildLink(alert, newest.number)}, ${streak} builds in a row` : first;
  const date = dateTime(since.at);
  return date === null ? md`Was red: ${builds}` : md`Was red since ${date}: ${builds}`;
}
