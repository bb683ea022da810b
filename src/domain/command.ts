/** What people type after `/signalbox`, and after the bot's name in a thread. */
import type { Instant } from "../clock.ts";
import { type Missing, missing, splitWords, tooMuch, typedText, type Word } from "./command-text.ts";
import { commandNames, type Usage, usageOf } from "./command-usage.ts";
import { Pipeline } from "./ids.ts";
import { type MuteCommand, type MuteTarget, parseMute, parseMuteTarget } from "./mute-command.ts";
import { type MuteLimits, muteLimits } from "./mute-end.ts";
import { nearest } from "./nearest.ts";
import { GithubLogin } from "./person.ts";
import { quoted, type Refusal, refused } from "./refusal.ts";
import {
  parseSubscribe,
  parseUnsubscribe,
  type SubscribeCommand,
  type UnsubscribeCommand,
} from "./subscribe-command.ts";
import { readTarget, type Target } from "./target.ts";

// One member for each command, so that a table of commands can tell their types apart.
type Alone<K> = K extends string ? { readonly kind: K } : never;
type OnTarget<K> = K extends string ? { readonly kind: K; readonly target: Target } : never;

export type Command =
  | { readonly kind: "status"; readonly pipeline: Pipeline | null; readonly branch: string | null }
  | Alone<"mine" | "mutes" | "list" | "unlink">
  | OnTarget<"ack" | "unack" | "takeover" | "rerun" | "rebuild" | "why">
  | MuteCommand
  | { readonly kind: "unmute"; readonly which: MuteTarget }
  | SubscribeCommand
  | UnsubscribeCommand
  | { readonly kind: "link"; readonly login: GithubLogin }
  | { readonly kind: "notify"; readonly where: Notify }
  | { readonly kind: "help"; readonly topic: CommandName | null };
export type CommandName = Command["kind"];
export type CommandOf<K extends CommandName> = Extract<Command, { readonly kind: K }>;

/** Where somebody is told of a failure that is theirs. */
export type Notify = "dm" | "channel" | "off";

interface UnknownCommand {
  readonly kind: "unknown";
  readonly word: string;
  /** Commands that may have been meant, the likeliest first. */
  readonly nearest: readonly CommandName[];
}

export type CommandProblem =
  | UnknownCommand
  | { readonly kind: "incomplete"; readonly usage: Usage }
  | (Refusal & { readonly usage: Usage });

interface Line {
  readonly text: string;
  /** After the command's name. */
  readonly words: readonly Word[];
  readonly now: Instant;
  readonly timeZone: string;
  readonly limits: MuteLimits;
  readonly here: Target | null;
}

type Failure = Refusal | Missing | UnknownCommand;

const longestText = 4_000;

const names = new Map<string, CommandName>(
  commandNames.flatMap((name) => [name, ...usageOf(name).aliases].map((word) => [word, name] as const)),
);

/**
 * @param text As Slack sends it.
 * @param timeZone The person's, as the IANA database names it.
 * @param here What is meant where nothing is named: the alert in whose thread it was typed.
 */
export function parseCommand(
  text: string,
  now: Instant,
  timeZone: string,
  here: Target | null = null,
  limits: MuteLimits = muteLimits,
): Command | CommandProblem {
  if (text.length > longestText) {
    return { ...refused(`That is too long; write ${longestText} characters at most.`), usage: usageOf("help") };
  }
  const typed = typedText(text);
  const [first, ...words] = splitWords(typed);
  if (first === undefined) return { kind: "help", topic: null };
  const name = names.get(first.text.toLowerCase());
  if (name === undefined) return unknown(first.text);
  const isTakeOver = name === "takeover" && /^take$/i.test(first.text) && /^over$/i.test(words[0]?.text ?? "");
  const line = { text: typed, words: isTakeOver ? words.slice(1) : words, now, timeZone, limits, here };
  const parsed = parsers[name](line);
  if (parsed.kind === "missing") return { kind: "incomplete", usage: usageOf(name) };
  return parsed.kind === "refused" ? { ...parsed, usage: usageOf(name) } : parsed;
}

export function isProblem(parsed: Command | CommandProblem): parsed is CommandProblem {
  return parsed.kind === "unknown" || parsed.kind === "incomplete" || parsed.kind === "refused";
}

const parsers: { readonly [K in CommandName]: (line: Line) => CommandOf<K> | Failure } = {
  status: parseStatus,
  mine: (line) => alone(line, { kind: "mine" }),
  ack: (line) => onTarget(line, "ack"),
  unack: (line) => onTarget(line, "unack"),
  takeover: (line) => onTarget(line, "takeover"),
  mute: ({ text, words, here, ...line }) => parseMute(text, words, here, line),
  mutes: (line) => alone(line, { kind: "mutes" }),
  unmute: parseUnmute,
  rerun: (line) => onTarget(line, "rerun"),
  rebuild: (line) => onTarget(line, "rebuild"),
  subscribe: ({ words }) => parseSubscribe(words),
  unsubscribe: ({ words }) => parseUnsubscribe(words),
  list: (line) => alone(line, { kind: "list" }),
  link: parseLink,
  unlink: (line) => alone(line, { kind: "unlink" }),
  notify: parseNotify,
  why: (line) => onTarget(line, "why"),
  help: parseHelp,
};

function alone<C extends Command>({ words }: Line, command: C): C | Refusal {
  return words.length > 0 ? tooMuch(words) : command;
}

function onTarget<K extends string>(
  { words: [first, ...more], here }: Line,
  kind: K,
): { readonly kind: K; readonly target: Target } | Failure {
  if (first === undefined) return here === null ? missing : { kind, target: here };
  const read = readTarget([first, ...more]);
  if (read.kind === "refused") return read;
  return read.rest.length > 0 ? tooMuch(read.rest) : { kind, target: read.target };
}

function parseStatus({ words: [first, ...more] }: Line): CommandOf<"status"> | Failure {
  if (first === undefined) return { kind: "status", pipeline: null, branch: null };
  const pipeline = Pipeline.safeParse(first.text);
  if (!pipeline.success) return refused(`${quoted(first.text)} is not a pipeline; write its name as in its address.`);
  const [branch, ...extra] = /^on$/i.test(more[0]?.text ?? "") && more.length > 1 ? more.slice(1) : more;
  return extra.length > 0 ? tooMuch(extra) : { kind: "status", pipeline: pipeline.data, branch: branch?.text ?? null };
}

function parseUnmute({ words, here }: Line): CommandOf<"unmute"> | Failure {
  const which = parseMuteTarget(words, here);
  return which.kind === "refused" || which.kind === "missing" ? which : { kind: "unmute", which };
}

function parseLink({ words: [first, ...extra] }: Line): CommandOf<"link"> | Failure {
  if (first === undefined) return missing;
  if (extra.length > 0) return tooMuch(extra);
  if (first.text.startsWith("@")) {
    return refused(`${quoted(first.text)} is a name in Slack; write your GitHub login without the @.`);
  }
  const login = GithubLogin.safeParse(first.text.replace(/^https:\/\/github\.com\/([^/]+)\/?$/i, "$1"));
  return login.success ? { kind: "link", login: login.data } : refused(`${quoted(first.text)} is not a GitHub login.`);
}

const places = new Map<string, Notify>([
  ["dm", "dm"],
  ["channel", "channel"],
  ["off", "off"],
]);

function parseNotify({ words: [first, ...extra] }: Line): CommandOf<"notify"> | Failure {
  if (first === undefined) return missing;
  const where = places.get(first.text.toLowerCase());
  if (where === undefined) return refused(`${quoted(first.text)} is no choice; write dm, channel or off.`);
  return extra.length > 0 ? tooMuch(extra) : { kind: "notify", where };
}

function parseHelp({ words: [first, ...extra] }: Line): CommandOf<"help"> | Failure {
  if (first === undefined) return { kind: "help", topic: null };
  if (extra.length > 0) return tooMuch(extra);
  const topic = names.get(first.text.toLowerCase());
  return topic === undefined ? unknown(first.text) : { kind: "help", topic };
}

function unknown(word: string): UnknownCommand {
  const near = nearest(word.toLowerCase(), [...names.keys()]).map((known) => names.get(known));
  return { kind: "unknown", word, nearest: [...new Set(near)].filter((name) => name !== undefined).slice(0, 3) };
}
