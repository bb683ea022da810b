/** The alert of a branch that is red. */
import type { KnownBlock } from "@slack/types";
import type { AlertState } from "../../domain/alert.ts";
import { context, fields, present, section } from "./blocks.ts";
import { brokenJobs, causeList, causeNames, logUrl } from "./causes.ts";
import { commitUrl } from "./links.ts";
import { joined, link, type Mrkdwn, md } from "./mrkdwn.ts";
import { branchName, buildLink, change, commitLink, personName, pipelineName } from "./parts.ts";
import { count, dateTime, ordinal } from "./words.ts";

type Failing = Extract<AlertState, { status: "failing" }>;

/** A notification has room for little. */
const mostNames = 3;

export function failingBlocks(alert: Failing, previous: Mrkdwn | null): KnownBlock[] {
  const stretch = joined(stretchOf(alert), " · ");
  return [
    section(stretch.mrkdwn === "" ? headline(alert) : md`${headline(alert)}\n${stretch}`),
    fields(md`*Broken*\n${brokenJobs(alert)}`, ...changeFields(alert), sinceField(alert)),
    section(causeList(alert)),
    section(linkLine(alert)),
    ...context(casualties(alert), previous),
  ];
}

export function failingSentence(alert: Failing): Mrkdwn {
  const names = causeNames(alert, mostNames) ?? md`which jobs failed is not known`;
  const sentences = [md`${headline(alert)}: ${names}.`, ...stretchOf(alert).map((part) => md`${part}.`)];
  const author = personName(alert.newest.person);
  const culprit = personName(alert.since.person);
  if (alert.streak <= 1) {
    if (author !== null) sentences.push(md`Author ${author}.`);
  } else {
    const first = md`#${alert.since.number}${by(culprit)}`;
    sentences.push(alert.streakTruncated ? md`Red since ${first} or earlier.` : md`Red since ${first}.`);
    if (author !== null) sentences.push(md`Newest change${by(author)}.`);
  }
  return joined(sentences, " ");
}

function headline(alert: Failing): Mrkdwn {
  const { number } = alert.newest;
  const build = buildLink(alert, number, md`Build #${number}`);
  const verb = alert.verdict.outcome === "failing" ? md`is failing` : md`failed`;
  return md`:red_circle: *${build} ${verb} on ${branchName(alert)}* · ${pipelineName(alert)}`;
}

/** "Broke again (2nd time)", "3rd red build in a row"; nothing for a branch that broke just now. */
function stretchOf({ timesBroken, streak, streakTruncated }: Failing): Mrkdwn[] {
  const parts: Mrkdwn[] = [];
  if (timesBroken > 1) parts.push(md`Broke again (${ordinal(timesBroken)} time)`);
  if (streakTruncated) parts.push(md`${streak} or more red builds in a row`);
  else if (streak > 1) parts.push(md`${ordinal(streak)} red build in a row`);
  return parts;
}

/** In a row of red builds the newest change is rarely the culprit, so there each change comes with its own author. */
function changeFields(alert: Failing): (Mrkdwn | null)[] {
  const newest = change(alert, alert.newest);
  const author = personName(alert.newest.person);
  if (alert.streak > 1) return [md`*Newest change*\n${newest}${author === null ? md`` : md`\nby ${author}`}`];
  return [md`*Change*\n${newest}`, author === null ? null : md`*Author*\n${author}`];
}

function sinceField(alert: Failing): Mrkdwn | null {
  const { since, streak, streakTruncated } = alert;
  const date = dateTime(since.at);
  if (streak <= 1) return date === null ? null : md`*Failing since*\n${date}`;
  const when = date !== null && streakTruncated ? md`${date} or earlier` : date;
  const commit = commitLink(alert, since);
  const build = md`${buildLink(alert, since.number)}${commit === null ? md`` : md` (${commit})`}`;
  return md`*Failing since*\n${joined(present([when, md`${build}${by(personName(since.person))}`]), "\n")}`;
}

function linkLine(alert: Failing): Mrkdwn {
  const log = logUrl(alert);
  const commit = commitUrl(alert.repository, alert.newest.commit);
  const links = [
    log === null ? null : link(log, md`View log`),
    buildLink(alert, alert.newest.number, md`Open build`),
    commit === null ? null : link(commit, md`Commit`),
  ];
  return joined(present(links), "  ·  ");
}

function casualties({ verdict }: Failing): Mrkdwn | null {
  return verdict.casualties > 0 ? md`${count(verdict.casualties, "job")} did not start because of it` : null;
}

function by(person: Mrkdwn | null): Mrkdwn {
  return person === null ? md`` : md` by ${person}`;
}
