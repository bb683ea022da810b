/** The alert of a branch that was red: what ended it, and a short record of what it was. */
import type { KnownBlock } from "@slack/types";
import type { AlertState } from "../../domain/alert.ts";
import { context, present, section } from "./blocks.ts";
import { causeNames } from "./causes.ts";
import { joined, type Mrkdwn, md } from "./mrkdwn.ts";
import { branchName, buildLink, change, jobName, personName, pipelineName } from "./parts.ts";
import { afterwards, dateTime, firstFew } from "./words.ts";

type Fixed = AlertState & { status: "fixed" };

const mostNames = 5;

export function fixedBlocks(alert: Fixed, previous: Mrkdwn | null): KnownBlock[] {
  const body = joined(present([headline(alert), cure(alert), newestChange(alert)]), "\n");
  return [section(body), ...context(failedJobs(alert), redSince(alert), previous)];
}

export function fixedSentence(alert: Fixed): Mrkdwn {
  const person = personName(alert.fixed.build?.person ?? null);
  const author = alert.fixed.by === "build" && person !== null ? md` Author ${person}.` : md``;
  return md`${headline(alert)}. ${cure(alert)}.${author}`;
}

function headline(alert: Fixed): Mrkdwn {
  const branch = branchName(alert);
  if (alert.fixed.by !== "withdrawn")
    return md`:large_green_circle: *${branch} is green again* · ${pipelineName(alert)}`;
  const { number } = alert.newest;
  const build = buildLink(alert, number, md`Build #${number}`);
  return md`:white_circle: *${build} was canceled before it finished* · ${branch} · ${pipelineName(alert)}`;
}

function cure(alert: Fixed): Mrkdwn {
  const { by, build, at } = alert.fixed;
  const number = build?.number ?? alert.newest.number;
  const after = afterwards(at - alert.since.at);
  switch (by) {
    case "build":
      return md`Fixed by ${buildLink(alert, number)}${after}`;
    case "retry": {
      const passed = md`${buildLink(alert, number, md`Build #${number}`)} passed on retry${after}`;
      const names = firstFew(alert.verdict.recovered.map(jobName), mostNames);
      return names.mrkdwn === "" ? md`${passed} — possibly flaky` : md`${passed}: ${names} — possibly flaky`;
    }
    case "withdrawn":
      return md`Nothing newer is red`;
  }
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
