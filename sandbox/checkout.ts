/** What Buildkite knows of the code that it builds. */
import type { BuildOptions } from "./buildkite/build-record.ts";
import type { Pull } from "./github/pull.ts";
import type { Repository } from "./github/repository.ts";

/** For a build of this pull request, as Buildkite makes one. */
export function buildOf(pull: Pull): BuildOptions {
  const [name, email] = [pull.author.name ?? pull.author.login, pull.author.email];
  return {
    branch: pull.headBranch,
    commit: pull.headSha,
    message: pull.title,
    author: { name, email, username: pull.author.login },
    pullRequest: { number: pull.number, base: pull.baseBranch },
  };
}

/** For a build of the tip of a branch, by default of the default branch. */
export function buildOfBranch(repository: Repository, branch = repository.defaultBranch): BuildOptions {
  const { sha, message, author } = repository.git.get(repository.tip(branch));
  const { name, email, login } = author;
  return { branch, commit: sha, message, author: { name, email, ...(login !== null && { username: login }) } };
}
