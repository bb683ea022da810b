/** The alert of a branch that is red. */
import type { KnownBlock } from "@slack/types";
import { culpritIn } from "../../domain/suspects.ts";
import { alertButtons, alertOverflow } from "./alert-actions.ts";
import { context, fields, present, section } from "./blocks.ts";
import { brokenJobs, causeList, causeNames } from "./causes.ts";
import { onItLine, rerunLine } from "./handling-lines.ts";
import { commitUrl } from "./links.ts";
import { joined, link, type Mrkdwn, md } from "./mrkdwn.ts";
import { silenceLine } from "./mutes.ts";
import { branchName, buildLink, change, commitLink, personName, pipelineName } from "./parts.ts";
import { actorName, authorOf } from "./people.ts";
import { culpritName, suspectsSection } from "./suspects.ts";
import type { FailingView } from "./view.ts";
import { count, dateTime, ordinal } from "./words.ts";

type Failing = FailingView["alert"];

/** A notification has room for little. */
const mostNames = 3;

export function failingBlocks(view: FailingView, previous: Mrkdwn | null): KnownBlock[] {
  const { alert } = view;
  const stretch = joined(stretchOf(alert), " · ");
  const head = section(stretch.mrkdwn === "" ? headline(alert) : md`${headline(alert)}\n${stretch}`);
  const more = alertOverflow(view);
  return [
    more === null ? head : { ...head, block_id: `head:${view.version}`, accessory: more },
    fields(md`*Broken*\n${brokenJobs(alert)}`, ...changeFields(view), sinceField(view)),
    section(causeList(alert, view.mutedJobs)),
    ...suspectsSection(view),
    section(linkLine(alert)),
    ...alertButtons(view),
    ...context(onItLine(view.handling), silenceLine(view.silence), rerunLine(view), casualties(alert), previous),
  ];
}

export function failingSentence(view: FailingView): Mrkdwn {
  const { alert, handling, silence } = view;
  const names = causeNames(alert, mostNames) ?? md`which jobs failed is not known`;
  const sentences = [md`${headline(alert)}: ${names}.`, ...stretchOf(alert).map((part) => md`${part}.`)];
  if (alert.streak <= 1) {
    const author = brokenBy(view);
    if (author !== null) sentences.push(md`Author ${author}.`);
  } else {
    const author = personName(alert.newest.person);
    const first = md`#${alert.since.number}${by(brokenBy(view))}`;
    sentences.push(alert.streakTruncated ? md`Red since ${first} or earlier.` : md`Red since ${first}.`);
    if (author !== null) sentences.push(md`Newest change${by(author)}.`);
  }
  if (handling.kind === "acknowledged") sentences.push(md`${actorName(handling.by)} is on it.`);
  if (silence !== null) sentences.push(md`Muted.`);
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
function changeFields(view: FailingView): (Mrkdwn | null)[] {
  const { alert, suspects } = view;
  const newest = change(alert, alert.newest);
  if (alert.streak > 1) {
    const author = personName(alert.newest.person);
    return [md`*Newest change*\n${newest}${author === null ? md`` : md`\nby ${author}`}`];
  }
  const author = brokenBy(view);
  // The likely cause says it better: by its pull request, and not by the commit that happened to be built.
  const toldBelow = suspects !== null && culpritIn(suspects) !== null;
  return [toldBelow ? null : md`*Change*\n${newest}`, author === null ? null : md`*Author*\n${author}`];
}

/** The person whose change broke the branch: whom a build names is, for a merge, only the one who merged. */
function brokenBy({ alert, mention, suspects }: FailingView): Mrkdwn | null {
  const culprit = suspects === null ? null : culpritName(suspects);
  return mention === null && culprit !== null ? culprit : authorOf(mention, alert.since.person);
}

function sinceField(view: FailingView): Mrkdwn | null {
  const { alert } = view;
  const { since, streak, streakTruncated } = alert;
  const date = dateTime(since.at);
  if (streak <= 1) return date === null ? null : md`*Failing since*\n${date}`;
  const when = date !== null && streakTruncated ? md`${date} or earlier` : date;
  const commit = commitLink(alert, since);
  const build = md`${buildLink(alert, since.number)}${commit === null ? md`` : md` (${commit})`}`;
  return md`*Failing since*\n${joined(present([when, md`${build}${by(brokenBy(view))}`]), "\n")}`;
}

function linkLine(alert: Failing): Mrkdwn {
  const commit = commitUrl(alert.repository, alert.newest.commit, alert.host);
  const links = [
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
