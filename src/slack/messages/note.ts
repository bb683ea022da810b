/**
 * What the thread of an alert is told. A note may be posted long after it was written, so it says what it knows itself
 * and takes from the alert only what does not change.
 */
import type { RichTextBlock } from "@slack/types";
import type { AlertState, Note } from "../../domain/alert.ts";
import { type Message, present, section } from "./blocks.ts";
import { jobLink } from "./causes.ts";
import { joined, type Mrkdwn, md, spoken } from "./mrkdwn.ts";
import { branchName, buildLink, jobName, personName, pipelineName } from "./parts.ts";
import { cut, logLine } from "./text.ts";
import { afterwards, firstFew, ordinal } from "./words.ts";

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
    case "brokeAgain": {
      const times = md`(${ordinal(note.timesBroken)} time)`;
      const where = md`:red_circle: *${branchName(alert)} broke again* ${times} · ${pipelineName(alert)}`;
      return joined(present([md`${where}: ${build}`, personName(note.person)]), " · ");
    }
  }
}

function fixedSentence(alert: AlertState, note: NoteOf<"fixed">): Mrkdwn {
  const build = buildLink(alert, note.build);
  const after = afterwards(note.after);
  switch (note.by) {
    case "build":
      return joined(present([md`:large_green_circle: Fixed by ${build}${after}`, personName(note.person)]), " · ");
    case "retry": {
      const passed = md`:large_green_circle: ${build} passed on retry${after}`;
      const names = firstFew(note.recovered.map(jobName), mostNames);
      return names.mrkdwn === "" ? md`${passed} — possibly flaky` : md`${passed}: ${names} — possibly flaky`;
    }
    case "withdrawn":
      return md`:white_circle: ${build} was canceled before it finished; nothing newer is red`;
  }
}

function logMessage(alert: AlertState, note: NoteOf<"log">): Message {
  const job = loggedJob(alert, note);
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

/** With a link to the log while the alert still knows the job. */
function loggedJob(alert: AlertState, { job }: NoteOf<"log">): Mrkdwn {
  const cause = alert.verdict.causes.find(({ jobId, key, name }) => job === jobId || job === key || job === name);
  return cause === undefined ? jobName(job) : jobLink(alert, cause);
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
