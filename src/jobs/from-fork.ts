/** Whether the code of a build is from outside of the repository: then its jobs are called as somebody else likes. */
import type { CommitBuild } from "../domain/comment-plan.ts";
import type { CheckRequest } from "../domain/event.ts";
import { isFromFork } from "../domain/pull.ts";
import type { Tools } from "./job.ts";

/** In doubt it is: of a pull request that Buildkite names, and that is not known here as one with this head. */
export async function comesFromFork(
  { facts }: CommitBuild,
  { repository, commit }: Pick<CheckRequest, "repository" | "commit">,
  { pulls }: Pick<Tools, "pulls">,
): Promise<boolean> {
  const numbers = await pulls.withHead(repository, commit);
  const read = await Promise.all(numbers.map((number) => pulls.read({ ...repository, number })));
  const known = read.filter((pull) => pull !== null);
  return known.length === 0 ? facts.pullRequest !== null : known.some(isFromFork);
}
