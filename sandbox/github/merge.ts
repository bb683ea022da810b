/** The ways in which GitHub merges a pull request, and the commits that each leaves behind. */
import type { Account } from "./accounts.ts";
import { type Commit, changesBetween, filesOf } from "./git.ts";
import type { Pull } from "./pull.ts";
import type { Author } from "./repository.ts";

/** `queue`: by the merge queue, squashed. */
export type MergeMethod = "merge" | "squash" | "rebase" | "queue";

export interface MergeOptions {
  /** Default: merge. */
  readonly method?: MergeMethod;
  /** Login. Default: the author; the queue merges by itself. */
  readonly by?: string;
  /** The first line of the commit, where a merge writes one. */
  readonly title?: string;
}

/** Who commits what the web site writes. */
const web: Author = { name: "GitHub", email: "noreply@github.com", login: "web-flow" };
const queue = "github-merge-queue[bot]";

/** @returns the merge commit: the last that the base branch got. */
export function mergePull(pull: Pull, options: MergeOptions = {}): Commit {
  if (pull.state !== "open") throw new Error(`Cannot merge #${pull.number}: it is closed`);
  const { repository, baseBranch } = pull;
  const method = options.method ?? "merge";
  const by = repository.world.accounts.of(method === "queue" ? queue : (options.by ?? pull.author.login));
  const before = repository.tip(baseBranch);
  const own = repository.git.range(before, pull.headSha);
  const written = writers[method](pull, own, by, options.title);
  const last = written.at(-1);
  if (last === undefined) throw new Error(`Cannot merge #${pull.number}: it has no commits`);
  // Landed first: or the push below would find it merged by hand.
  pull.land(
    last.sha,
    by,
    [...own, ...written].map(({ sha }) => sha),
  );
  repository.announce(baseBranch, before, by);
  return last;
}

type Writer = (pull: Pull, own: readonly Commit[], by: Account, title: string | undefined) => readonly Commit[];

const writers: Readonly<Record<MergeMethod, Writer>> = { merge, squash, rebase, queue: squash };

function merge(pull: Pull, _own: readonly Commit[], by: Account, title: string | undefined): readonly Commit[] {
  const { repository, number, headRepository, headBranch, baseBranch } = pull;
  const from = `${headRepository?.owner.login ?? "unknown"}/${headBranch}`;
  const subject = title ?? `Merge pull request #${number} from ${from}`;
  const parents = [repository.tip(baseBranch), pull.headSha];
  const message = `${subject}\n\n${pull.title}`;
  const files = filesOf(pull.files);
  return [repository.commit({ branch: baseBranch, message, author: by.login, committer: web, parents, files })];
}

/** Whoever else wrote a part of it is named as a co-author. */
function squash(pull: Pull, own: readonly Commit[], _by: Account, title: string | undefined): readonly Commit[] {
  const { repository, author, baseBranch } = pull;
  const others = new Map(
    own
      .filter((commit) => commit.author.login !== author.login)
      .map(({ author: { name, email } }) => [email, `Co-authored-by: ${name} <${email}>`]),
  );
  const subject = title ?? `${pull.title} (#${pull.number})`;
  const listed = own.length > 1 ? own.map(({ message }) => `* ${message}`) : [];
  const message = [subject, ...listed, [...others.values()].join("\n")].filter((part) => part !== "").join("\n\n");
  const files = filesOf(pull.files);
  return [repository.commit({ branch: baseBranch, message, author: author.login, committer: web, files })];
}

function rebase(pull: Pull, own: readonly Commit[], by: Account): readonly Commit[] {
  const { repository, baseBranch } = pull;
  const { git } = repository;
  return own.map(({ parents: [parent], author, message, sha }) => {
    const files = filesOf(changesBetween(parent === undefined ? undefined : git.get(parent), git.get(sha)));
    return repository.commit({ branch: baseBranch, message, author, committer: by.login, files });
  });
}
