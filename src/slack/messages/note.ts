/**
 * What the thread of an alert is told. A note may be posted long after it was written, so it says what it knows itself
 * and takes from the alert only what does not change.
 */
import type { RichTextBlock } from "@slack/types";
import type { AlertState, Note } from "../../domain/alert.ts";
import { type Message, section } from "./blocks.ts";
import { cureLine } from "./cure.ts";
import { jobUrl } from "./links.ts";
import { link, type Mrkdwn, md, spoken } from "./mrkdwn.ts";
import { branchName, buildLink, buildRef, jobName, personName, pipelineName } from "./parts.ts";
import { cut, logLine } from "./text.ts";
import { firstFew, ordinal } from "./words.ts";

type NoteOf<K extends Note["kind"]> = Extract<Note, { kind: K }>;

const mostNames = 5;
const longestLine = 500;
const longestLog = 2_800;

export function noteMessage(alert: AlertState, note: Note): Message {
  if (note.kind === "log") return logMessage(alert, note);
  const sentence = sentenceOf(alert, note);
  return { text: spoken(sentence), blocks: [section(sentence)] };
}

/** Who thought it was over is told in the channel; all else is for those who follow the thread. */
export function broadcasts(note: Note): boolean {
  return note.kind === "brokeAgain";
}

function sentenceOf(alert: AlertState, note: Exclude<Note, { kind: "log" }>): Mrkdwn {
  const build = buildLink(alert, note.build);
  switch (note.kind) {
    case "alsoBroken":
      return md`Also broken since ${build}: ${firstFew(note.jobs.map(jobName), mostNames)}`;
    case "stillFailing":
      return md`Still failing: ${note.streak} builds in a row, newest ${build}`;
    case "fixed":
      return fixedSentence(alert, note);
    case "brokeAgain":
      return brokeAgainSentence(alert, note);
  }
}

function brokeAgainSentence(alert: AlertState, note: NoteOf<"brokeAgain">): Mrkdwn {
  const what = md`*${branchName(alert)} broke again* (${ordinal(note.timesBroken)} time)`;
  const build = buildLink(alert, note.build, md`build #${note.build}`);
  const person = personName(note.person);
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
