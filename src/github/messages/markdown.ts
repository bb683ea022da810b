/**
 * GitHub's Markdown as a type of its own. The templates take no plain string, so text that others wrote cannot get into a
 * comment without passing through `foreign`, `code` or `fenced`: it would not compile.
 */
import { cut, logLine, oneLine } from "../../domain/text.ts";

export interface Markdown {
  readonly markdown: string;
}

/** Markup of our own, with safe values in it: md`Fixed by ${build}`. */
export function md(own: TemplateStringsArray, ...values: readonly (Markdown | number)[]): Markdown {
  const parts = own.map((text, index) => {
    const value = values[index];
    return value === undefined ? text : text + (typeof value === "number" ? value : value.markdown);
  });
  return { markdown: parts.join("") };
}

/** Words that nobody else wrote. */
export function words(own: string): Markdown {
  return { markdown: own };
}

export function joined(parts: readonly (Markdown | null)[], separator: string): Markdown {
  return { markdown: parts.flatMap((part) => (part === null ? [] : [part.markdown])).join(separator) };
}

/** Paragraphs, as many from the first as there is room for; none is cut, for half of a fence would swallow what follows. */
export function paragraphs(parts: readonly (Markdown | null)[], max: number): Markdown {
  const kept: string[] = [];
  let length = 0;
  for (const part of parts) {
    if (part === null || part.markdown === "") continue;
    length += part.markdown.length + 2;
    if (length > max) break;
    kept.push(part.markdown);
  }
  return { markdown: kept.join("\n\n") };
}

/** @param max Before escaping, which may make it six times as long. @returns null when nothing of it can be seen. */
export function foreign(text: string, max: number): Markdown | null {
  const line = oneLine(text);
  return line === "" ? null : { markdown: withoutMarkup(withoutReferences(cut(line, max))) };
}

/** GitHub looks for no references in code. */
export function code(text: string, max: number): Markdown | null {
  const line = cut(oneLine(text), max);
  if (line === "") return null;
  const quotes = "`".repeat(longestRun(line) + 1);
  // One blank on each side is taken away again; without it, a back-tick at the end would join the quotes.
  const edge = /^`|`$|^ .* $/.test(line) ? " " : "";
  return { markdown: quotes + edge + line + edge + quotes };
}

/** A block of code, whose fence is longer than any in it. @returns null when nothing of it can be seen. */
export function fenced(lines: readonly string[], maxLine: number): Markdown | null {
  const shown = lines.map((line) => cut(logLine(line), maxLine));
  if (shown.every((line) => line === "")) return null;
  const text = shown.join("\n");
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return { markdown: `${fence}text\n${text}\n${fence}` };
}

export function link(url: string | null, label: Markdown): Markdown {
  return url === null ? label : { markdown: `[${label.markdown}](${url})` };
}

/** Folded away behind a line of plain words: inside of HTML, Markdown means nothing. */
export function folded(summary: string, body: Markdown): Markdown {
  const safe = escapedHtml(withoutReferences(cut(oneLine(summary), longestSummary)));
  return { markdown: `<details>\n<summary>${safe}</summary>\n\n${body.markdown}\n\n</details>` };
}

const longestSummary = 200;

/** Nobody sees it, and whatever stands on its two sides is not one word. */
const wordJoiner = "\u2060";

/**
 * What GitHub would turn into a mention, a reference or a link once the Markdown is rendered, whatever is escaped in it:
 * people and teams, issues, commits, advisories, addresses.
 */
function withoutReferences(text: string): string {
  return text
    .replaceAll("@", `@${wordJoiner}`)
    .replace(/#(?=\d)/g, `#${wordJoiner}`)
    .replace(/(GH-(?=\d)|GHSA-(?=\w)|CVE-(?=\d))/gi, `$1${wordJoiner}`)
    .replaceAll("://", `:${wordJoiner}//`)
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}${wordJoiner}.`)
    .replace(/(?<![0-9a-z])([0-9a-f])(?=[0-9a-f]{6,63}(?![0-9a-z]))/gi, `$1${wordJoiner}`);
}

function withoutMarkup(text: string): string {
  return (
    escapedHtml(text.replace(/[\\`*_[\]!|~^]/g, "\\$&"))
      // Between two of them GitHub would show a formula.
      .replaceAll("$", "&#36;")
      // These mean something at the beginning of a line only.
      .replace(/^[#+=-]/, "\\$&")
      .replace(/^(\d{1,9})([.)])/, "$1\\$2")
  );
}

function escapedHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}
