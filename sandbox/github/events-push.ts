import type { Account } from "./accounts.ts";
import { context } from "./events.ts";
import { accountJson, htmlUrl } from "./json.ts";
import { pushedJson } from "./json-commit.ts";
import type { Repository } from "./repository.ts";

export interface PushedBranch {
  readonly branch: string;
  /** Null: the branch is new. */
  readonly before: string | null;
  /** Null: the branch is gone. */
  readonly after: string | null;
  readonly by: Account;
}

const none = "0".repeat(40);
/** GitHub lists no more. */
const limit = 2_048;

export function pushEvent(repository: Repository, { branch, before, after, by }: PushedBranch): object {
  const { git, fullName, owner } = repository;
  // A new branch brings what the default branch does not have.
  const base = before ?? repository.branches.get(repository.defaultBranch) ?? null;
  const commits = after === null ? [] : git.range(base === after ? null : base, after);
  const shown = base === after && before === null && branch !== repository.defaultBranch ? [] : commits;
  const { name, login, email } = owner;
  const around = context(repository, by);
  const seconds = (at: number) => Math.floor(at / 1000);
  return {
    ref: `refs/heads/${branch}`,
    before: before ?? none,
    after: after ?? none,
    ...around,
    repository: {
      ...around.repository,
      owner: { name: name ?? login, email: owner.type === "Organization" ? null : email, ...accountJson(owner) },
      // Only here these are numbers, and the address is that of the page.
      url: `${htmlUrl}/${fullName}`,
      created_at: seconds(repository.createdAt),
      pushed_at: seconds(repository.pushedAt),
      stargazers: 0,
      master_branch: repository.defaultBranch,
      ...(owner.type === "Organization" ? { organization: login } : {}),
    },
    pusher: { name: by.login, email: by.email },
    created: before === null,
    deleted: after === null,
    forced: before !== null && after !== null && !git.contains(after, before),
    base_ref: null,
    compare: `${htmlUrl}/${fullName}/compare/${(before ?? none).slice(0, 12)}...${(after ?? none).slice(0, 12)}`,
    commits: shown.slice(-limit).map((commit) => pushedJson(repository, commit)),
    head_commit: after === null ? null : pushedJson(repository, git.get(after)),
  };
}
