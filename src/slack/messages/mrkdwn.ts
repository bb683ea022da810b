/**
 * Slack's markup as a type of its own. The templates take no plain string, so text that others wrote cannot get into a
 * message without passing through `foreign` or `code`: it would not compile.
 */
import { cut, oneLine } from "../../domain/text.ts";
import { escaped, withoutFormatting } from "./text.ts";

export interface Mrkdwn {
  readonly mrkdwn: string;
}

/** Markup of our own, with safe values in it: md`Fixed by ${build}`. */
export function md(own: TemplateStringsArray, ...values: readonly (Mrkdwn | number)[]): Mrkdwn {
  const parts = own.map((text, index) => {
    const value = values[index];
    return value === undefined ? text : text + (typeof value === "number" ? value : value.mrkdwn);
  });
  return { mrkdwn: parts.join("") };
}

export function joined(parts: readonly Mrkdwn[], separator: string): Mrkdwn {
  return { mrkdwn: parts.map((part) => part.mrkdwn).join(separator) };
}

/** @param max Before escaping, which may make it five times as long. @returns null when nothing of it can be seen. */
export function foreign(text: string, max: number): Mrkdwn | null {
  const line = oneLine(text);
  return line === "" ? null : { mrkdwn: escaped(withoutFormatting(cut(line, max))) };
}

export function code(text: string, max: number): Mrkdwn | null {
  const safe = foreign(text, max);
  return safe && { mrkdwn: `\`${safe.mrkdwn}\`` };
}

/** What one may want to copy and type: only what would end the code is changed. */
export function typeable(text: string, max: number): Mrkdwn | null {
  const line = cut(oneLine(text), max);
  return line === "" ? null : { mrkdwn: `\`${escaped(line.replaceAll("`", "ˋ"))}\`` };
}

/** A sentence in plain text, with quotations in back-ticks: these stay code, and all else means nothing to Slack. */
export function prose(text: string, max: number): Mrkdwn | null {
  const parts = cut(oneLine(text), max).split("`");
  // An odd one out closes nothing.
  const last = parts.length % 2 === 0 ? parts.splice(-2).join("'") : null;
  if (last !== null) parts.push(last);
  const marked = parts.map((part, index) => {
    const safe = escaped(withoutFormatting(part));
    return index % 2 === 1 && part.trim() !== "" ? `\`${safe}\`` : safe;
  });
  const mrkdwn = marked.join("");
  return mrkdwn.trim() === "" ? null : { mrkdwn };
}

/** Without an address, the label alone. */
export function link(url: string | null, label: Mrkdwn): Mrkdwn {
  if (url === null) return label;
  // The first bar ends the address; whether clients take a second one for text is nowhere written.
  return { mrkdwn: `<${escaped(url)}|${label.mrkdwn.replaceAll("|", "∣")}>` };
}

const token = /<([^|>]*)\|([^>]*)>/g;
/** An emoji before a word is decoration; alone, it is the name. */
const decoration = /(?<=^|\s):[a-z0-9_+'-]+:\s+(?=[^\s·,.])/gi;

/**
 * The same as a person hears it: for notifications and screen readers. Only our own links and formatting can be found
 * and taken away, since foreign text has lost the characters for it.
 */
export function spoken({ mrkdwn }: Mrkdwn): string {
  const words = mrkdwn.replace(token, "$2").replace(/[*`]/g, "").replace(decoration, "");
  // Without its decoration, the name that begins the line might begin with what begins a quotation.
  return words
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^(?:&gt;)+/, "›");
}
