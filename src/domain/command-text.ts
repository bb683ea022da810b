/** The text of a command as Slack sends it, as the words that the person typed. */
import { quoted, type Refusal, refused } from "./refusal.ts";

export interface Word {
  readonly text: string;
  /** A name, whatever it looks like: never a number, a keyword or an address. */
  readonly quoted: boolean;
  /** Where it ends in the text. */
  readonly end: number;
}

const markup = /<([^<>|]*)(?:\|([^<>]*))?>/g;
const scheme = /^(?:https?:\/\/|mailto:|tel:)/i;
const entities: Readonly<Record<string, string>> = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/**
 * Slack marks up what looks like a link or a mention (`<https://…|…>`, `<@U1|ada>`) and escapes the rest. A mention at the
 * beginning is of the bot itself: that is how a command is given in a thread.
 */
export function typedText(text: string): string {
  return text
    .replace(/^\s*<@[^<>]*>[\s:,]*/, "")
    .replace(markup, (whole, target: string, label = "") => unmarked(whole, target, label))
    .replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity] ?? entity)
    .trim();
}

function unmarked(whole: string, target: string, label: string): string {
  // What only looks like a domain, such as a branch "fix.it", was made a link too: the label is what was typed.
  if (scheme.test(target)) return target.replace(scheme, "") === label.replace(scheme, "") ? label : target;
  const sign = target.charAt(0);
  if (!/[@#!]/.test(sign)) return whole;
  const name = label === "" ? target.slice(1) : label.replace(/^[@#]/, "");
  return `${sign === "#" ? "#" : "@"}${name}`;
}

// Slack's clients turn straight quotes into curly ones while one types. A quote within a word is an apostrophe.
const word = /([a-z]+:)?(?:["“”„]([^"“”„]*)["“”„]|['‘’‚]([^'‘’‚]*)['‘’‚]|`([^`]*)`)(?!\S)|\S+/gi;

/** Words between white space; quotes hold words together, also after a key (`job:"unit tests"`). */
export function splitWords(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(word)) {
    const [whole, key, ...names] = match;
    const name = names.find((candidate) => candidate !== undefined)?.trim();
    const typed = name === undefined ? whole : `${key ?? ""}${name}`;
    if (typed === "") continue;
    words.push({ text: typed, quoted: name !== undefined && key === undefined, end: match.index + whole.length });
  }
  return words;
}

export function isBare(word: Word, pattern: RegExp): boolean {
  return !word.quoted && pattern.test(word.text);
}

export function joinWords(words: readonly Word[]): string {
  return words.map(({ text }) => text).join(" ");
}

/** An argument is missing. */
export interface Missing {
  readonly kind: "missing";
}
export const missing: Missing = { kind: "missing" };

export function tooMuch(words: readonly Word[], advice = "leave it out"): Refusal {
  return refused(`${quoted(joinWords(words))} is more than is understood here; ${advice}.`);
}
