/** Where GitHub can be told of a build. */
import type { BuildFacts } from "./facts.ts";
import type { RepositoryRef } from "./pull.ts";
import { githubRepositoryRef } from "./repository.ts";

export interface ReportedCommit {
  readonly repository: RepositoryRef;
  readonly commit: string;
}

/** @returns null for a build of another host's repository, and while Buildkite does not know its commit in full. */
export function reportedCommit(
  { repository: address, commit }: Pick<BuildFacts, "repository" | "commit">,
  host: string,
): ReportedCommit | null {
  const repository = githubRepositoryRef(address, host);
  const hash = commit?.toLowerCase() ?? "";
  return repository !== null && /^[0-9a-f]{40}$/.test(hash) ? { repository, commit: hash } : null;
}
