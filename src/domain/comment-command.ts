/**
 * The commands of a comment on a pull request. All or nothing: with one mistake among them, none is carried out, for
 * whoever wrote "mute this, then rerun" did not mean one without the other.
 */
import type { Instant } from "../clock.ts";
import { joinWords, type Missing, missing, splitWords, tooMuch, type Word } from "./command-text.ts";
import { commandLines } from "./comment-lines.ts";
import { type CommentCommandName, commentCommandNames, commentUsages, usageLine } from "./comment-usage.ts";
import { divideMute, endOfMute } from "./mute-command.ts";
import { type MuteEnd, type MuteLimits, muteLimits } from "./mute-end.ts";
import { nearest } from "./nearest.ts";
import { quoted, type Refusal, refused } from "./refusal.ts";

// One member for each command, so that a table of commands can tell their types apart.
type Alone<K> = K extends string ? { readonly kind: K } : never;

export type CommentCommand =
  | Alone<"rerun" | "rebuild" | "status" | "why" | "help">
  | {
      readonly kind: "mute";
      readonly job: string;
      /** On every branch, and not just on that of the pull request. */
      readonly everywhere: boolean;
      readonly end: MuteEnd;
      readonly reason: string | null;
    }
  | { readonly kind: "unmute"; readonly job: string };

export interface TypedCommand {
  /** What stood after `/signalbox`. */
  readonly typed: string;
  readonly command: CommentCommand;
}

/** In a sentence for whoever wrote it: plain text, to be escaped where it is shown. */
export interface Mistake {
  /** The command as it was typed; null when it is about all of them. */
  readonly typed: string | null;
  readonly message: string;
}

export type CommentCommands =
  | { readonly kind: "none" }
  | { readonly kind: "commands"; readonly commands: readonly TypedCommand[] }
  | {
      readonly kind: "mistaken";
      readonly mistakes: readonly Mistake[];
      /** The others: what is wrong with them is worth telling in the same answer. */
      readonly commands: readonly TypedCommand[];
    };

const mostCommands = 10;
const longestCommand = 1_000;

const names = new Map<string, CommentCommandName>(
  commentCommandNames.flatMap((name) => [name, ...commentUsages[name].aliases].map((word) => [word, name] as const)),
);

/**
 * What a comment asks for, as it was typed after `/signalbox`: few and short, so that nobody can fill a store with it. Of
 * what is too much, or too long, there is left what tells that it is.
 */
export function typedCommands(body: string): readonly string[] {
  return commandLines(body)
    .slice(0, mostCommands + 1)
    .map((line) => line.slice(0, longestCommand + 1));
}

/**
 * @param lines What `typedCommands` gives.
 * @param timeZone The commenter's, as the IANA database names it.
 */
export function parseCommands(
  lines: readonly string[],
  now: Instant,
  timeZone: string,
  limits: MuteLimits = muteLimits,
): CommentCommands {
  if (lines.length === 0) return { kind: "none" };
  if (lines.length > mostCommands) {
    const message = `These are more than ${mostCommands} commands; write ${mostCommands} at most in one comment.`;
    return { kind: "mistaken", mistakes: [{ typed: null, message }], commands: [] };
  }
  const parsed = lines.map((typed) => ({ typed, read: parseLine(typed, { now, timeZone, limits }) }));
  const mistakes = parsed.flatMap(({ typed, read }) =>
    read.kind === "refused" ? [{ typed, message: read.message }] : [],
  );
  const commands = parsed.flatMap(({ typed, read }) => (read.kind === "refused" ? [] : [{ typed, command: read }]));
  return mistakes.length > 0 ? { kind: "mistaken", mistakes, commands } : { kind: "commands", commands };
}

interface Circumstances {
  readonly now: Instant;
  readonly timeZone: string;
  readonly limits: MuteLimits;
}

interface Line extends Circumstances {
  readonly text: string;
  /** After the command's name. */
  readonly words: readonly Word[];
}

function parseLine(text: string, circumstances: Circumstances): CommentCommand | Refusal {
  if (text.length > longestCommand) return refused(`That is too long; write ${longestCommand} characters at most.`);
  const [first, ...words] = splitWords(text);
  if (first === undefined) return { kind: "help" };
  const name = names.get(first.text.toLowerCase());
  if (name === undefined) return unknown(first.text);
  const parsed = parsers[name]({ text, words, ...circumstances });
  return parsed.kind === "missing" ? refused(`Something is missing; write ${code(usageLine(name))}.`) : parsed;
}

const parsers: {
  readonly [K in CommentCommandName]: (line: Line) => Extract<CommentCommand, { readonly kind: K }> | Refusal | Missing;
} = {
  rerun: (line) => alone(line, { kind: "rerun" }),
  rebuild: (line) => alone(line, { kind: "rebuild" }),
  mute: parseMute,
  unmute: ({ words }) => (words.length === 0 ? missing : { kind: "unmute", job: joinWords(words) }),
  status: (line) => alone(line, { kind: "status" }),
  why: (line) => alone(line, { kind: "why" }),
  help: (line) => alone(line, { kind: "help" }),
};

function alone<C extends CommentCommand>({ words }: Line, command: C): C | Refusal {
  return words.length > 0 ? tooMuch(words) : command;
}

/** Here, what is muted is always a job: all words up to the scope, the end or the reason are its name. */
function parseMute({
  text,
  words,
  ...circumstances
}: Line): Extract<CommentCommand, { kind: "mute" }> | Refusal | Missing {
  const parts = divideMute(text, words);
  const { named, scope, reason } = parts;
  if (scope === "branch") return refused("A whole pipeline can be muted in Slack only; name a job here.");
  if (named.length === 0) return missing;
  const end = endOfMute(parts, circumstances);
  if (end.kind === "refused" || end.kind === "missing") return end;
  return { kind: "mute", job: joinWords(named), everywhere: scope === "jobEverywhere", end, reason };
}

function unknown(word: string): Refusal {
  const [near] = nearest(word.toLowerCase(), [...names.keys()]).map((known) => names.get(known));
  const advice = near === undefined ? `${code("/signalbox help")} lists them` : `did you mean ${code(usageLine(near))}`;
  return refused(`${quoted(word)} is no command; ${advice}${near === undefined ? "." : "?"}`);
}

function code(text: string): string {
  return `\`${text}\``;
}
