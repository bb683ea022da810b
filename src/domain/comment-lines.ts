/**
 * The lines of a comment that are commands: they begin with `/signalbox` where a reader sees plain text. The comment is read
 * as GitHub's Markdown as far as that tells what is quoted, code or hidden; where it is in doubt, a line is no command.
 * One pass over the lines, and one over the paragraphs that name us: a comment may have 65,536 characters.
 */

import { shownText } from "./inline-markdown.ts";

const call = /^ {0,3}\/signalbox(?=\s|$)/i;
const mention = /^ {0,3}\/signalbox(?=\s|$)/im;

const listMarker = /^\s*(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
/** More than four blanks after a sign are indented code in the item. */
const markers = /^\s*(?:(?:[-*+]|\d{1,9}[.)])\s{1,4})*/;
const outermostMarker = /^\s*(?:[-*+]|\d{1,9}[.)])\s{0,4}/;
const fenceSign = /^(?:`{3,}|~{3,})/;
/** Headings; they end a list or a paragraph without a blank line. */
const heading = /^ {0,3}#{1,6}(?:\s|$)/;
const comment = /^ {0,3}<!--/;
/** Their content is code, or somebody else's words, up to the end tag. */
const verbatim = /^ {0,3}<(pre|code|script|style|textarea|blockquote)(?=[\s>]|$)/i;

/** A block that holds no commands, and goes on until something ends it. */
type Closed =
  | {
      readonly kind: "fence";
      readonly sign: string;
      readonly length: number;
      /** The column it begins at. */
      readonly indent: number;
      /** The column that the list item begins at which it is in: what stands before that is outside. */
      readonly within: number;
    }
  | { readonly kind: "html"; readonly end: string };

/** Whether it is worth to look closer, and to find out who wrote it. */
export function mentionsUs(body: string): boolean {
  return mention.test(body);
}

/** @returns What stands after `/signalbox`, line by line. */
export function commandLines(body: string): string[] {
  const found: string[] = [];
  let paragraph: string[] = [];
  const flush = (): void => {
    if (paragraph.some((line) => call.test(line))) found.push(...commandsOf(paragraph));
    paragraph = [];
  };
  let closed: Closed | null = null;
  let quote = false;
  let afterBlank = true;
  /** The column at which the text of the outermost list item begins; 0 outside of lists. */
  let list = 0;
  for (const line of body.split(/\r\n|\n|\r/)) {
    const indent = columns(line);
    const blank = line.trim() === "";
    if (closed !== null) {
      const left = closed.kind === "fence" && !blank && indent < closed.within;
      if (!left) {
        if (ends(closed, line, indent)) closed = null;
        continue;
      }
      closed = null;
      afterBlank = true;
    }
    if (blank) {
      flush();
      quote = false;
      afterBlank = true;
      continue;
    }
    const item = (indent <= 3 || list > 0) && listMarker.test(line);
    const opened: Closed | null = opening(line, indent, list);
    const begins = item || opened !== null || heading.test(line);
    if (item && (list === 0 || indent < list))
      list = Math.max(2, columns(line, outermostMarker.exec(line)?.[0].length ?? 0));
    else if (indent < list && (afterBlank || begins)) list = 0;
    if (begins) {
      flush();
      quote = false;
    }
    // A line after a quotation without a blank one between goes on with it: GitHub shows it as quoted.
    quote ||= line.startsWith(">", markers.exec(line)?.[0].length ?? 0);
    afterBlank = false;
    if (opened !== null) closed = opened.kind === "html" && ends(opened, line, indent) ? null : opened;
    else if (quote) flush();
    else paragraph.push(line);
  }
  flush();
  return found;
}

function opening(line: string, indent: number, list: number): Closed | null {
  const html = verbatim.exec(line)?.[1];
  if (html !== undefined) return { kind: "html", end: `</${html.toLowerCase()}>` };
  if (comment.test(line)) return { kind: "html", end: "-->" };
  // Four columns in, it is indented code; in a list nobody but the list's items can tell.
  if (indent > 3 && list === 0) return null;
  const start = markers.exec(line)?.[0].length ?? 0;
  const fence = fenceSign.exec(line.slice(start))?.[0];
  if (fence === undefined) return null;
  const sign = fence.charAt(0);
  // Back-ticks on one line that close again are code within a text.
  if (sign === "`" && line.includes("`", start + fence.length)) return null;
  const column = columns(line, start);
  const within = listMarker.test(line) ? column : Math.min(list, column);
  return { kind: "fence", sign, length: fence.length, indent: column, within };
}

function ends(closed: Closed, line: string, indent: number): boolean {
  if (closed.kind === "html") return line.toLowerCase().includes(closed.end);
  const text = line.trim();
  return (
    indent <= Math.max(3, closed.indent) && text.length >= closed.length && text === closed.sign.repeat(text.length)
  );
}

/** How far in a place of a line is, a tab reaching to the next multiple of four. @param end By default, where the text begins. */
function columns(line: string, end = line.length - line.trimStart().length): number {
  let column = 0;
  for (let i = 0; i < end; i += 1) column += line.charAt(i) === "\t" ? 4 - (column % 4) : 1;
  return column;
}

/** Code and comments within a text may begin on one line and end on another. */
function commandsOf(paragraph: readonly string[]): string[] {
  const shown = shownText(paragraph.join("\n"));
  return shown.split("\n").flatMap((line, i) => {
    const match = call.exec(line);
    // A line that begins within code is not shown as text, though it may read like it.
    return match === null || !call.test(paragraph[i] ?? "") ? [] : [line.slice(match[0].length).trim()];
  });
}
