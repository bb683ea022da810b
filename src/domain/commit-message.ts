/**
 * What the text of a commit says of where it came from, in the words that git and GitHub use. Anybody may write such a
 * text, so all of it is a hint: whoever reads it asks GitHub too.
 */
import type { Person } from "./build.ts";
import { isBot, keysOf } from "./person.ts";
import { cut, oneLine } from "./text.ts";

interface Reverted {
  /** The commit that was taken back. */
  readonly commit: string | null;
  /** The pull request that was. */
  readonly pull: number | null;
}

export interface CommitMessage {
  /** What it does in a line, in the words of the pull request that was merged or squashed. */
  readonly title: string;
  /** The pull request by which it says it came: `squash` wrote the text itself, `merge` brought others' commits. */
  readonly pull: { readonly number: number; readonly by: "merge" | "squash" } | null;
  readonly reverts: Reverted | null;
  /** It is a copy of a commit of another branch. */
  readonly cherryPickedFrom: string | null;
  /** People, each once; no bots, and nobody whom one could not find anyhow. */
  readonly coAuthors: readonly Person[];
}

/** A message may be megabytes long. What matters is at its begin and, of the trailers, at its end. */
const longestPart = 20_000;
const longestTitle = 250;
const mostCoAuthors = 10;

const mergeLine = /^Merge pull request #(\d{1,9}) from \S+/;
const numberAtEnd = /\s\(#(\d{1,9})\)$/;
const revertLine = /^Revert "(.*)"(?: \(#\d{1,9}\))?$/i;
const revertedCommit = /^This reverts commit ([0-9a-f]{7,64})\b/im;
const revertedPull = /^Reverts (?:[\w.-]{1,100}\/[\w.-]{1,100})?#(\d{1,9})\b/im;
const cherryPick = /^\(cherry picked from commit ([0-9a-f]{7,64})\)/gim;
const coAuthorLine = /^co-authored-by:[ \t]*([^<\n]{0,200})<([^<>\s]{3,254})>/gim;
const privateLogin = /^(?:\d+\+)?([^@+]+)@users\.noreply\./i;

export function readCommitMessage(message: string): CommitMessage {
  const text = bounded(message);
  const [first = "", ...rest] = text.split("\n").map((line) => line.trim());
  const merged = mergeLine.exec(first)?.[1];
  const cherryPickedFrom = [...text.matchAll(cherryPick)].at(-1)?.[1]?.toLowerCase() ?? null;
  const title = merged === undefined ? first : (rest.find((line) => line !== "") ?? first);
  const reverts = revertedBy(title, text);
  const pull =
    merged === undefined
      ? squashed(first, { copied: cherryPickedFrom !== null, reverts: reverts !== null })
      : ({ number: Number(merged), by: "merge" } as const);
  const words = pull?.by === "squash" ? title.replace(numberAtEnd, "") : title;
  return { title: shortTitle(words), pull, reverts, cherryPickedFrom, coAuthors: coAuthorsIn(text) };
}

/** One line, short enough to be kept. */
export function shortTitle(title: string): string {
  return cut(oneLine(title.slice(0, 2 * longestTitle)), longestTitle);
}

/** GitHub ends the title of a pull request that it squashes with its number. */
function squashed(line: string, { copied, reverts }: { readonly copied: boolean; readonly reverts: boolean }) {
  const number = numberAtEnd.exec(line)?.[1];
  if (number === undefined) return null;
  // A copy carries the number of the pull request that it was copied from; its own comes after that.
  if (copied && !numberAtEnd.test(line.replace(numberAtEnd, ""))) return null;
  // So does a revert, whose title somebody wrote anew; GitHub's own has the old one in quotes.
  if (reverts && !revertLine.test(line)) return null;
  return { number: Number(number), by: "squash" } as const;
}

function revertedBy(title: string, text: string): Reverted | null {
  const quoted = revertLine.exec(title)?.[1];
  const commit = revertedCommit.exec(text)?.[1]?.toLowerCase() ?? null;
  const pull = (quoted === undefined ? undefined : numberAtEnd.exec(quoted)?.[1]) ?? revertedPull.exec(text)?.[1];
  if (quoted === undefined && commit === null && pull === undefined) return null;
  return { commit, pull: pull === undefined ? null : Number(pull) };
}

function coAuthorsIn(text: string): Person[] {
  const people: Person[] = [];
  for (const [, name = "", email = ""] of text.matchAll(coAuthorLine)) {
    const person = {
      name: name.trim() || null,
      email: email.toLowerCase(),
      username: privateLogin.exec(email)?.[1] ?? null,
    };
    if (keysOf(person).length === 0 || people.some((other) => isSamePerson(other, person))) continue;
    people.push(person);
    if (people.length === mostCoAuthors) break;
  }
  return people;
}

/** They may be looked up under the same login or address. Nobody, and no bot, is the same as anybody. */
export function isSamePerson(one: Person, other: Person): boolean {
  if (isBot(one) || isBot(other)) return false;
  const known = new Set(keysOf(one).map(({ kind, value }) => `${kind} ${value}`));
  return keysOf(other).some(({ kind, value }) => known.has(`${kind} ${value}`));
}

function bounded(message: string): string {
  const text = message.replaceAll("\r\n", "\n");
  return text.length <= 2 * longestPart ? text : `${text.slice(0, longestPart)}\n${text.slice(-longestPart)}`;
}

const queueBranch = /^gh-readonly-queue\/(.+)\/pr-(\d{1,9})-[0-9a-f]{7,64}$/;

/** GitHub's merge queue tests pull requests on branches of its own. @returns null for any other branch. */
export function queuedPull(branch: string): { readonly base: string; readonly number: number } | null {
  const [, base, number] = queueBranch.exec(branch) ?? [];
  return base === undefined ? null : { base, number: Number(number) };
}
