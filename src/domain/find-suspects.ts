/**
 * From commits to suspects. Which pull request brought a commit to the branch is told, the first that knows wins, by
 * GitHub's answer for the commit, by the merge that brought it, by a merge into another branch, and by the commit's text.
 */
import type { Person } from "./build.ts";
import type { AssociatedPull, CommitFacts } from "./changes.ts";
import { type CommitMessage, isSamePerson, queuedPull, readCommitMessage, shortTitle } from "./commit-message.ts";
import { isBot } from "./person.ts";
import { mostSuspects, type Suspect, type Suspects } from "./suspects.ts";

/** A commit, what its text says, and the commit of the branch itself by which it came: often itself. */
interface Arrival {
  readonly commit: CommitFacts;
  readonly message: CommitMessage;
  readonly by: CommitFacts;
}

interface Origin {
  readonly number: number;
  /** null: only a commit's text says that there is this pull request. */
  readonly pull: AssociatedPull | null;
}

/** @param commits Oldest first, as GitHub lists them. @param truncated There are older ones that are not among them. */
export function findSuspects(commits: readonly CommitFacts[], branch: string, truncated: boolean): Suspects {
  const arrivals = arrivalsOf(commits);
  const groups = new Map<string, { readonly origin: Origin | null; readonly members: Arrival[] }>();
  // Newest first: a group is where its newest commit is.
  for (const arrival of [...arrivals.values()].reverse()) {
    const origin = originOf(arrival, arrivals, branch);
    if (origin === null && isBareMerge(arrival, arrivals)) continue;
    const name = origin === null ? arrival.commit.sha : `#${origin.number}`;
    const group = groups.get(name) ?? { origin, members: [] };
    // An answer of GitHub knows more than the text of another commit.
    groups.set(name, {
      origin: group.origin?.pull == null ? (origin ?? group.origin) : group.origin,
      members: [...group.members, arrival],
    });
  }
  const list = [...groups.values()].slice(0, mostSuspects).flatMap(({ origin, members }) => {
    const suspect = describe(origin, members, arrivals);
    return suspect === null ? [] : [suspect];
  });
  return { list, total: groups.size, truncated };
}

/** By hash, oldest first. What a merge brought is what it reaches, and nothing before it on the branch does. */
function arrivalsOf(commits: readonly CommitFacts[]): ReadonlyMap<string, Arrival> {
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]));
  const branch = branchOf(commits);
  const broughtBy = new Map(branch.map((commit) => [commit.sha, commit]));
  for (const commit of branch.toReversed()) {
    const waiting = [...commit.parents];
    for (let sha = waiting.pop(); sha !== undefined; sha = waiting.pop()) {
      const parent = bySha.get(sha);
      if (parent === undefined || broughtBy.has(sha)) continue;
      broughtBy.set(sha, commit);
      waiting.push(...parent.parents);
    }
  }
  return new Map(
    commits.map((commit) => {
      const by = broughtBy.get(commit.sha) ?? commit;
      return [commit.sha, { commit, message: readCommitMessage(commit.message), by }];
    }),
  );
}

/** The commits of the branch itself, newest first: what it was after each push or merge. */
export function branchOf(commits: readonly CommitFacts[]): readonly CommitFacts[] {
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]));
  const branch = new Set<CommitFacts>();
  for (let at = commits.at(-1); at !== undefined && !branch.has(at); at = bySha.get(at.parents[0] ?? "")) {
    branch.add(at);
  }
  return [...branch];
}

function originOf(arrival: Arrival, arrivals: ReadonlyMap<string, Arrival>, branch: string): Origin | null {
  const { commit, by } = arrival;
  const queued = queuedPull(branch);
  const base = queued?.base ?? branch;
  const bringer = by === commit ? null : (arrivals.get(by.sha) ?? null);
  const brought = bringer === null ? null : (mergedInto(bringer.commit, base) ?? hinted(bringer, queued !== null));
  return mergedInto(commit, base) ?? brought ?? mergedElsewhere(commit) ?? hinted(arrival, queued !== null);
}

function mergedInto({ pulls, sha }: CommitFacts, base: string): Origin | null {
  const merged = byMerge(pulls).filter((pull) => pull.base === base);
  return asOrigin(merged.find((pull) => pull.mergeCommit === sha) ?? merged[0]);
}

/** It came by a merge of another branch that nobody made a pull request for. */
function mergedElsewhere({ pulls }: CommitFacts): Origin | null {
  return asOrigin(byMerge(pulls)[0]);
}

/** The earliest first. Never an open one: it has brought nothing anywhere. */
function byMerge(pulls: readonly AssociatedPull[] | null): AssociatedPull[] {
  const merged = (pulls ?? []).filter((pull) => pull.mergedAt !== null);
  return merged.sort((a, b) => (a.mergedAt ?? 0) - (b.mergedAt ?? 0) || a.number - b.number);
}

/**
 * Only when GitHub does not say otherwise. In a merge queue nothing is merged yet, and the queue itself wrote the text.
 */
function hinted({ commit, message }: Arrival, isQueue: boolean): Origin | null {
  if (message.pull === null || (commit.pulls !== null && !isQueue)) return null;
  const { number } = message.pull;
  return { number, pull: commit.pulls?.find((pull) => pull.number === number) ?? null };
}

function asOrigin(pull: AssociatedPull | undefined): Origin | null {
  return pull === undefined ? null : { number: pull.number, pull };
}

/** It only joins what others wrote: those are the suspects. */
function isBareMerge({ commit, by }: Arrival, arrivals: ReadonlyMap<string, Arrival>): boolean {
  const [, ...joined] = commit.parents;
  return joined.length > 0 && (by !== commit || joined.some((sha) => arrivals.has(sha)));
}

/** @param members Newest first. */
function describe(
  origin: Origin | null,
  members: readonly Arrival[],
  arrivals: ReadonlyMap<string, Arrival>,
): Suspect | null {
  const [newest] = members;
  if (newest === undefined) return null;
  const { sha } = newest.commit;
  const reverts = newest.message.reverts;
  if (origin === null) {
    const { author, committer } = newest.commit;
    const coAuthors = others(author, members);
    return { kind: "commit", sha, title: newest.message.title, author, committer, coAuthors, reverts };
  }
  const { number, pull } = origin;
  const { author, mergedBy } =
    pull === null
      ? peopleOf(newest, arrivals)
      : { author: fuller(pull.author, arrivals), mergedBy: fuller(pull.mergedBy, arrivals) };
  const title = pull === null ? newest.message.title : shortTitle(pull.title);
  const shared = { sha, title, author, coAuthors: others(author, members) };
  const taken = reverts ?? readCommitMessage(title).reverts;
  return { kind: "pull", number, ...shared, mergedBy, reverts: taken };
}

/** As far as commits tell: who merges writes the merge, and what it brought was written before. */
function peopleOf({ commit, message }: Arrival, arrivals: ReadonlyMap<string, Arrival>) {
  const { author, committer } = commit;
  if (message.pull?.by !== "merge") return { author, mergedBy: human(committer) };
  const brought = commit.parents.slice(1).flatMap((sha) => arrivals.get(sha)?.commit.author ?? []);
  return { author: brought[0] ?? null, mergedBy: human(author) };
}

function human(person: Person | null): Person | null {
  return person === null || isBot(person) ? null : person;
}

/** A pull request names people by login alone; what they committed also by name and address. */
function fuller(person: Person | null, arrivals: ReadonlyMap<string, Arrival>): Person | null {
  if (person === null) return null;
  for (const { commit } of arrivals.values()) {
    const { author } = commit;
    if (author !== null && isSamePerson(author, person)) {
      return { username: person.username, name: person.name ?? author.name, email: author.email };
    }
  }
  return person;
}

function others(author: Person | null, members: readonly Arrival[]): Person[] {
  const people: Person[] = author === null ? [] : [author];
  const found: Person[] = [];
  for (const person of members.flatMap(({ message }) => message.coAuthors)) {
    if (people.some((known) => isSamePerson(known, person))) continue;
    people.push(person);
    found.push(person);
  }
  return found.slice(0, mostSuspects);
}
