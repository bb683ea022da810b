/**
 * What the thread of an alert is told. A note may be posted long after it was written, so it says what it knows itself
 * and takes from the alert only what does not change.
 */
import type { ActionsBlock, RichTextBlock } from "@slack/types";
import type { AlertState, Note } from "../../domain/alert.ts";
import type { SlackUser } from "../../domain/ids.ts";
import { jobUrl } from "../../domain/links.ts";
import { cut, logLine } from "../../domain/text.ts";
import { actionIds } from "../action-ids.ts";
import { type Message, section } from "./blocks.ts";
import { cureLine } from "./cure.ts";
import { type Deed, deedSentence, isDeed } from "./deeds.ts";
import { actions, button } from "./elements.ts";
import { link, type Mrkdwn, md, spoken } from "./mrkdwn.ts";
import { scopeName } from "./mutes.ts";
import { branchName, buildLink, buildRef, jobName, pipelineName } from "./parts.ts";
import { actorMention, actorName, authorOf, mentionOf, ownersMention } from "./people.ts";
import { buttonValue } from "./view.ts";
import { dateTime, firstFew, ordinal } from "./words.ts";

type NoteOf<K extends Note["kind"]> = Extract<Note, { kind: K }>;

const mostNames = 5;
const longestLine = 500;
const longestLog = 2_800;

/**
 * @param version Of the alert as it is now: the buttons carry it.
 * @param author Whom the alert mentions: a note that it broke again pings them, which the edited message cannot.
 */
export function noteMessage(alert: AlertState, note: Note, version: number, author: SlackUser | null = null): Message {
  if (note.kind === "log") return logMessage(alert, note);
  const sentence = isDeed(note) ? deedSentence(note) : sentenceOf(alert, note, author);
  return { text: spoken(sentence), blocks: [section(sentence), ...noteButtons(note, buttonValue({ alert, version }))] };
}

/** Who thought it was over is told in the channel, and so are the owners; all else is for those who follow the thread. */
export function broadcasts(note: Note): boolean {
  return note.kind === "brokeAgain" || (note.kind === "reminder" && note.owners !== null);
}

function noteButtons({ kind }: Note, value: string): ActionsBlock[] {
  switch (kind) {
    case "stillOnIt":
      return actions([
        button(actionIds.confirm, "Yes, I am on it", value, "primary"),
        button(actionIds.handBack, "Hand back", value),
      ]);
    case "reminder":
      return actions([button(actionIds.acknowledge, "Acknowledge", value, "primary")]);
    default:
      return [];
  }
}

function sentenceOf(alert: AlertState, note: Exclude<Note, { kind: "log" } | Deed>, author: SlackUser | null): Mrkdwn {
  switch (note.kind) {
    case "alsoBroken":
      return md`Also broken since ${buildLink(alert, note.build)}: ${firstFew(note.jobs.map(jobName), mostNames)}`;
    case "stillFailing":
      return md`Still failing: ${note.streak} builds in a row, newest ${buildLink(alert, note.build)}`;
    case "fixed":
      return fixedSentence(alert, note);
    case "brokeAgain":
      return brokeAgainSentence(alert, note, author);
    case "rerun":
      return rerunSentence(alert, note);
    case "reminder":
      return reminderSentence(alert, note);
    case "muteEnded": {
      const { by, scope } = note;
      return md`:bell: The mute of ${scopeName(scope)} has ended, and ${branchName(alert)} is still red. ${actorMention(by)}`;
    }
    case "stillOnIt": {
      const since = dateTime(note.since);
      const taken = since === null ? md`` : md` You took it ${since}.`;
      return md`:eyes: ${mentionOf(note.who.user)}, are you still on it?${taken} ${branchName(alert)} is still red.`;
    }
  }
}

function rerunSentence(alert: AlertState, { by, what, build }: NoteOf<"rerun">): Mrkdwn {
  const number = buildLink(alert, build, md`build #${build}`);
  const done = what === "retry" ? md`reran the failed jobs of ${number}` : md`started a rebuild: ${number}`;
  return md`:arrows_counterclockwise: *${actorName(by)}* ${done}`;
}

function reminderSentence(alert: AlertState, { since, owners }: NoteOf<"reminder">): Mrkdwn {
  const date = dateTime(since);
  const red = date === null ? md`is red` : md`has been red since ${date}`;
  const line = md`:bell: ${branchName(alert)} ${red}, and nobody is on it · ${pipelineName(alert)}`;
  return owners === null ? line : md`${line} ${ownersMention(owners)}`;
}

function brokeAgainSentence(alert: AlertState, note: NoteOf<"brokeAgain">, author: SlackUser | null): Mrkdwn {
  const what = md`*${branchName(alert)} broke again* (${ordinal(note.timesBroken)} time)`;
  const build = buildLink(alert, note.build, md`build #${note.build}`);
  const person = authorOf(alert.since.number === note.build ? author : null, note.person);
  const change = person === null ? md`` : md`, change by ${person}`;
  return md`:red_circle: ${what} · ${pipelineName(alert)}: ${build}${change}`;
}

function fixedSentence(alert: AlertState, note: NoteOf<"fixed">): Mrkdwn {
  const { by } = note;
  if (by === "withdrawn") {
    return md`:white_circle: ${buildLink(alert, note.build)} was canceled before it finished; nothing newer is red`;
  }
  return md`:large_green_circle: ${cureLine(alert, { ...note, by })}`;
}

function logMessage(alert: AlertState, note: NoteOf<"log">): Message {
  const job = link(jobUrl(buildRef(alert, note.build), note.jobId), jobName(note.job));
  const lines = lastLines(note.lines);
  if (lines.length === 0) {
    const empty = md`The log of ${job} is empty`;
    return { text: spoken(empty), blocks: [section(empty)] };
  }
  const heading = md`Last lines of *${job}*`;
  // Rich text is taken literally: nothing in it is escaped, and nothing in it can link or mention.
  const log: RichTextBlock = {
    type: "rich_text",
    elements: [{ type: "rich_text_preformatted", elements: [{ type: "text", text: lines.join("\n") }] }],
  };
  return { text: spoken(heading), blocks: [section(heading), log] };
}

/** As many whole lines from the end as there is room for. */
function lastLines(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines.map(logLine).reverse()) {
    const short = cut(line, longestLine);
    length += short.length + 1;
    if (length > longestLog) break;
    kept.unshift(short);
  }
  return kept.some((line) => line !== "") ? kept : [];
}
