/** Commits as GitHub tells of them, with the pull requests that it says they belong to. */
import type { Person } from "./build.ts";

export interface AssociatedPull {
  readonly number: number;
  readonly title: string;
  /** The branch it is to be merged into. */
  readonly base: string;
  readonly mergedAt: number | null;
  readonly mergeCommit: string | null;
  /** A bot's `username` ends in `[bot]`, whichever API said so. */
  readonly author: Person | null;
  readonly mergedBy: Person | null;
}

export interface CommitFacts {
  readonly sha: string;
  /** The first is what the branch was before. */
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Person | null;
  /** GitHub itself (`web-flow`), when the commit was made in the browser or by a merge queue. */
  readonly committer: Person | null;
  /** null: GitHub was not asked, or did not know the commit. Empty: it says that there is none. */
  readonly pulls: readonly AssociatedPull[] | null;
}

export interface Changes {
  /** Oldest first; of a long range only the newest. */
  readonly commits: readonly CommitFacts[];
  /** There are older ones that nobody has looked at. */
  readonly truncated: boolean;
  /** Paths of the files that all of them together changed; the first ones, when there are many. */
  readonly files: readonly string[];
}
