/** Commits as a graph. A repository and its forks share one, as they do at GitHub. */
import { createHash } from "node:crypto";
import type { Instant } from "../../src/clock.ts";

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** Null when the address is nobody's. */
  readonly login: string | null;
  readonly at: Instant;
}

export interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  /** Path -> text, of everything. */
  readonly tree: ReadonlyMap<string, string>;
  /** Parents have smaller ones. */
  readonly order: number;
}

/** Path -> text; null removes the file. */
export type Files = Readonly<Record<string, string | null>>;

export interface NewCommit {
  readonly sha?: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  readonly files: Files;
}

export class Git {
  readonly #commits = new Map<string, Commit>();

  write(commit: NewCommit): Commit {
    const tree = new Map(this.#commits.get(commit.parents[0] ?? "")?.tree);
    for (const [path, text] of Object.entries(commit.files)) {
      if (text === null) tree.delete(path);
      else tree.set(path, text);
    }
    const order = this.#commits.size;
    const sha = commit.sha ?? sha1(JSON.stringify([order, commit]));
    if (this.#commits.has(sha)) throw new Error(`Cannot write commit ${sha}: it exists`);
    const { parents, author, committer, message } = commit;
    const written: Commit = { sha, parents, author, committer, message, tree, order };
    this.#commits.set(sha, written);
    return written;
  }

  get(sha: string): Commit {
    const found = this.#commits.get(sha);
    if (found === undefined) throw new Error(`Cannot find commit ${sha}`);
    return found;
  }

  /** @param name a SHA or the first characters of one, at least 4. */
  find(name: string): Commit | undefined {
    if (!/^[0-9a-f]{4,40}$/.test(name)) return undefined;
    return this.#commits.get(name) ?? [...this.#commits.values()].find(({ sha }) => sha.startsWith(name));
  }

  /** A commit and all before it. */
  history(sha: string): Set<string> {
    const seen = new Set<string>();
    const queue = [sha];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push(...this.get(next).parents);
    }
    return seen;
  }

  contains(head: string, sha: string): boolean {
    return this.history(head).has(sha);
  }

  /** What `head` has and `base` has not, oldest first. */
  range(base: string | null, head: string): Commit[] {
    const known = base === null ? new Set<string>() : this.history(base);
    return [...this.history(head)]
      .filter((sha) => !known.has(sha))
      .map((sha) => this.get(sha))
      .sort((one, other) => one.order - other.order);
  }

  /** The newest commit that both have. */
  mergeBase(one: string, other: string): Commit | undefined {
    const known = this.history(one);
    const shared = [...this.history(other)].filter((sha) => known.has(sha)).map((sha) => this.get(sha));
    return shared.sort((a, b) => b.order - a.order)[0];
  }
}

export interface FileChange {
  readonly filename: string;
  readonly status: "added" | "modified" | "removed";
  readonly before: string | null;
  readonly after: string | null;
}

const nothing: ReadonlyMap<string, string> = new Map();

/** By path, as GitHub lists them. */
export function changesBetween(base: Commit | undefined, head: Commit): FileChange[] {
  const before = base?.tree ?? nothing;
  const paths = [...new Set([...before.keys(), ...head.tree.keys()])].sort();
  return paths.flatMap((filename): FileChange[] => {
    const [old, now] = [before.get(filename) ?? null, head.tree.get(filename) ?? null];
    if (old === now) return [];
    const status = old === null ? "added" : now === null ? "removed" : "modified";
    return [{ filename, status, before: old, after: now }];
  });
}

/** The changes as one commit would have them. */
export function filesOf(changes: readonly FileChange[]): Files {
  return Object.fromEntries(changes.map(({ filename, after }) => [filename, after]));
}

export function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

/** As git names the content of a file. */
export function blobSha(text: string): string {
  return sha1(`blob ${Buffer.byteLength(text)}\0${text}`);
}
