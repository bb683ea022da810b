/**
 * `mute <what> [scope] [for … | until …] [because …]`. What is muted comes first and the reason last; the scope may stand
 * anywhere between.
 */
import type { Instant } from "../clock.ts";
import { isBare, joinWords, type Missing, missing, splitWords, tooMuch, type Word } from "./command-text.ts";
import type { Pipeline } from "./ids.ts";
import type { MuteScope } from "./mute.ts";
import { type MuteEnd, type MuteLimits, parseMuteEnd } from "./mute-end.ts";
import { quoted, type Refusal, refused } from "./refusal.ts";
import { readTarget, singleTarget, type Target } from "./target.ts";
import { hour, parseSpan } from "./time-span.ts";

export type MuteTarget =
  | Target
  | { readonly kind: "job"; readonly job: string; readonly within: Target | null }
  /** A pipeline or a job: only who knows the pipelines can tell. */
  | { readonly kind: "name"; readonly name: Pipeline };

export interface MuteCommand {
  readonly kind: "mute";
  readonly target: MuteTarget;
  /** null: nothing was said; what the target is decides. */
  readonly scope: MuteScope["kind"] | null;
  readonly end: MuteEnd;
  readonly reason: string | null;
}

/** How long a mute lasts that says nothing of its end. */
const usualMute = hour;
export const longestReason = 500;

const endWord = /^(?:for|until|till?|forever)$/i;
const jobInTarget = /^(?:in|on)$/i;

interface Circumstances {
  readonly now: Instant;
  readonly timeZone: string;
  readonly limits: MuteLimits;
}

/** @param text The whole text; the ends of the words count in it. @param here As for `parseCommand`. */
export function parseMute(
  text: string,
  words: readonly Word[],
  here: Target | null,
  circumstances: Circumstances,
): MuteCommand | Refusal | Missing {
  const parts = divideMute(text, words);
  const target = parseMuteTarget(parts.named, here);
  if (target.kind === "refused" || target.kind === "missing") return target;
  const end = endOfMute(parts, circumstances);
  if (end.kind === "refused" || end.kind === "missing") return end;
  return { kind: "mute", target, scope: parts.scope, end, reason: parts.reason };
}

/** The parts of what stands after `mute`, by the words that begin them. */
interface MuteParts {
  /** What is muted. */
  readonly named: readonly Word[];
  readonly scope: MuteScope["kind"] | null;
  readonly ending: readonly Word[];
  readonly reason: string | null;
}

/** @param text As for `parseMute`. */
export function divideMute(text: string, words: readonly Word[]): MuteParts {
  const because = words.findIndex((word) => isBare(word, /^because$/i));
  const reason = because < 0 ? null : text.slice(words[because]?.end).trim();
  const { scope, others } = takeScope(because < 0 ? words : words.slice(0, because));
  const beginning = others.findIndex(
    (word) => isBare(word, endWord) || (!word.quoted && parseSpan(word.text) !== null),
  );
  const named = beginning < 0 ? others : others.slice(0, beginning);
  return { named, scope, ending: beginning < 0 ? [] : others.slice(beginning), reason };
}

export function endOfMute(
  { ending, reason }: MuteParts,
  { now, timeZone, limits }: Circumstances,
): MuteEnd | Refusal | Missing {
  if (reason !== null) {
    const fault = faultOf(reason, ending.length === 0, now, timeZone, limits);
    if (fault !== null) return fault;
  }
  if (ending.length === 0) return { kind: "at", at: now + Math.min(usualMute, limits.longest) };
  return parseEnding(ending, now, timeZone, limits);
}

/** @param here As for `parseCommand`: a job that is named alone is one of it. */
export function parseMuteTarget(words: readonly Word[], here: Target | null): MuteTarget | Refusal | Missing {
  const named = parseNamed(words);
  if (here === null) return named;
  if (named.kind === "missing") return words.length === 0 ? here : named;
  if (named.kind === "name") return { kind: "job", job: named.name, within: here };
  return named.kind === "job" && named.within === null ? { ...named, within: here } : named;
}

/** A job's name is in quotes, or before `in`, or the one word after a target, or alone. */
function parseNamed(words: readonly Word[]): MuteTarget | Refusal | Missing {
  const [first, ...more] = words;
  if (first === undefined) return missing;
  const name = words.findIndex((word) => word.quoted);
  if (name >= 0) {
    const around = words.filter((word, index) => index !== name && !(index === name + 1 && isBare(word, jobInTarget)));
    return jobWithin(words[name]?.text ?? "", around);
  }
  const preposition = words.findIndex((word, index) => index > 0 && /^in$/i.test(word.text));
  if (preposition > 0) {
    const target = words.slice(preposition + 1);
    return target.length === 0 ? missing : jobWithin(joinWords(words.slice(0, preposition)), target);
  }
  if (more.length === 0) return singleMuteTarget(first);
  const read = readTarget([first, ...more]);
  if (read.kind === "refused") return read;
  const [job, ...extra] = read.rest;
  if (extra.length > 0) return tooMuch(read.rest, "put a job's name in quotes");
  return job === undefined ? read.target : { kind: "job", job: job.text, within: read.target };
}

function singleMuteTarget(word: Word): MuteTarget | Refusal {
  const target = singleTarget(word);
  if (target !== null) return target;
  const read = readTarget([word]);
  if (read.kind === "read" && read.target.kind === "branch") return { kind: "name", name: read.target.pipeline };
  return { kind: "job", job: word.text, within: null };
}

function jobWithin(job: string, [first, ...more]: readonly Word[]): MuteTarget | Refusal {
  if (first === undefined) return { kind: "job", job, within: null };
  const read = readTarget([first, ...more]);
  if (read.kind === "refused") return read;
  return read.rest.length > 0 ? tooMuch(read.rest) : { kind: "job", job, within: read.target };
}

function takeScope(words: readonly Word[]): { scope: MuteScope["kind"] | null; others: readonly Word[] } {
  for (const [scope, phrase] of scopePhrases) {
    const first = words.findIndex((_, index) =>
      phrase.every((pattern, offset) => {
        const word = words[index + offset];
        return word !== undefined && isBare(word, pattern);
      }),
    );
    if (first >= 0) return { scope, others: words.toSpliced(first, phrase.length) };
  }
  return { scope: null, others: words };
}

const scopePhrases: readonly (readonly [MuteScope["kind"], readonly RegExp[]])[] = [
  ["jobEverywhere", [/^(?:on|in)$/i, /^(?:every|all)$/i, /^branch(?:es)?$/i]],
  ["jobEverywhere", [/^(?:everywhere|scope:everywhere)$/i]],
  ["branch", [/^(?:whole|entire)$/i, /^pipeline$/i]],
  ["branch", [/^(?:whole-pipeline|scope:pipeline)$/i]],
  ["job", [/^scope:job$/i]],
];

function parseEnding(words: readonly Word[], now: Instant, timeZone: string, limits: MuteLimits): MuteEnd | Refusal {
  const whole = parseMuteEnd(joinWords(words), now, timeZone, limits);
  if (whole.kind !== "refused") return whole;
  // A reason without its "because" is the likeliest mistake: find what is an end by itself.
  for (let length = Math.min(words.length - 1, 8); length > 0; length--) {
    const part = parseMuteEnd(joinWords(words.slice(0, length)), now, timeZone, limits);
    if (part.kind !== "refused") return tooMuch(words.slice(length), "a reason begins with because");
  }
  return whole;
}

function faultOf(
  reason: string,
  endIsMissing: boolean,
  now: Instant,
  timeZone: string,
  limits: MuteLimits,
): Refusal | Missing | null {
  if (reason === "") return missing;
  if (reason.length > longestReason)
    return refused(`The reason is too long; write ${longestReason} characters at most.`);
  if (!endIsMissing) return null;
  // "because the disk is full for 4h": an end, or part of the reason? Not to be guessed.
  const words = splitWords(reason);
  const beginning = words.findLastIndex((word) => isBare(word, endWord));
  const ending = beginning < 0 ? "" : joinWords(words.slice(beginning));
  if (ending === "" || parseMuteEnd(ending, now, timeZone, limits).kind === "refused") return null;
  return refused(`${quoted(ending)} is read as a part of the reason; write it before because.`);
}
