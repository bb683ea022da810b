/**
 * The lines of a job's log that most likely say why it failed: the last ones of the section that failed.
 *
 * An agent divides a log by lines that open with `---`, `+++` (opened) or `~~~`, and `^^^ +++`, which opens the section it
 * stands in. When the command has failed the agent adds `^^^ +++` and a line with the exit status, then runs its hooks.
 */
import { maskSecrets } from "./secrets.ts";

export interface ExcerptOptions {
  readonly maxLines?: number;
  /** Of a line, in UTF-16 units. */
  readonly maxLength?: number;
}

/** @param rawTail The end of a log as Buildkite sends it, from the beginning of a line. */
export function excerpt(rawTail: string, { maxLines = 15, maxLength = 200 }: ExcerptOptions = {}): string[] {
  const all = readable(rawTail);
  const lines = all.slice(0, endOfCommand(all));
  const headers = lines.map((_, i) => isHeader(lines, i));
  const meaningful = (from: number) => lines.filter((line, i) => i >= from && !headers[i] && !isClosing(line));
  const section = meaningful(startOfSection(lines, headers));
  const found = section.length > 0 ? section : meaningful(0);
  return found.slice(Math.max(0, found.length - maxLines)).map((line) => cut(line, maxLength));
}

/** The lines as a terminal shows them, without the empty ones and without secrets. */
export function readable(rawTail: string): string[] {
  const masked = maskSecrets(readableLines(rawTail).join("\n")).split("\n");
  return masked.filter((line) => line !== "");
}

// OSC 1339 is Buildkite's own link: url=…;content=…, each in quotes or not.
const link = /\x1b\]1339;([^\x07\x1b]*)(?:\x07|\x1b\\)/g;
const linkContent = /(?:^|;)content=(?:"([^"]*)|'([^']*)|([^;]*))/;
const linkUrl = /(?:^|;)url=(?:"([^"]*)|'([^']*)|([^;]*))/;
// CSI; then OSC, APC (Buildkite's time stamps), DCS, PM and SOS up to their end; then the short sequences.
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]_PX^][^\x07\x1b\n]*(?:\x07|\x1b\\)|[ -/]*[0-~])/g;
// Control characters, and the marks that reorder or hide the text around them.
const unreadable = /[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g;

function readableLines(raw: string): string[] {
  return raw
    .replace(link, (_, fields: string) => linkText(fields))
    .replace(escapes, "")
    .split("\n")
    .map(shown);
}

function linkText(fields: string): string {
  const [, ...quotedOrNot] = linkContent.exec(fields) ?? linkUrl.exec(fields) ?? [];
  return quotedOrNot.find((text) => text !== undefined) ?? "";
}

/** What a terminal shows of a line: a bare CR goes back to its beginning, as progress bars do. */
function shown(line: string): string {
  const text = line.replace(/\r+$/, "");
  return text
    .slice(text.lastIndexOf("\r") + 1)
    .replaceAll("\t", "  ")
    .replace(unreadable, "")
    .toWellFormed()
    .trimEnd();
}

/** The agent's report that the command has failed. Other errors of the agent (a hook, a checkout) are news: they stay. */
const commandFailed = /^🚨 Error: The command exited with status -?\d+$/u;
const closings: readonly RegExp[] = [commandFailed, /^user command error: exit status -?\d+$/, /^\^\^\^ \+\+\+$/];

function isClosing(line: string): boolean {
  return closings.some((closing) => closing.test(line));
}

/** What follows the report of the failure are hooks and uploads. */
function endOfCommand(lines: readonly string[]): number {
  const last = lines.findLastIndex((line) => commandFailed.test(line));
  return last === -1 ? lines.length : last;
}

/** Diffs (`--- a`, `+++ b`, `@@ …`) and Go's test results (`--- FAIL: TestX`) look like headers and are what matters most. */
function isHeader(lines: readonly string[], i: number): boolean {
  const line = lines[i] ?? "";
  if (!/^(?:---|\+\+\+|~~~) /.test(line) || /^--- (?:FAIL|PASS|SKIP|BENCH): /.test(line)) return false;
  const first = line.startsWith("+++ ") ? i - 1 : i;
  const [from = "", to = "", hunk = ""] = lines.slice(Math.max(0, first), first + 3);
  return !(from.startsWith("--- ") && to.startsWith("+++ ") && hunk.startsWith("@@ "));
}

function startOfSection(lines: readonly string[], headers: readonly boolean[]): number {
  const opener = lines.lastIndexOf("^^^ +++");
  const openedLater = opener === -1 ? -1 : headers.lastIndexOf(true, opener);
  const opened = lines.findLastIndex((line, i) => headers[i] === true && line.startsWith("+++ "));
  return Math.max(openedLater, opened, 0);
}

function cut(line: string, limit: number): string {
  if (line.length <= limit) return line;
  // Half of a character at the end becomes U+FFFD, and goes.
  const start = line.slice(0, limit - 1).toWellFormed();
  return `${start.replace(/\ufffd$/, "")}…`;
}
