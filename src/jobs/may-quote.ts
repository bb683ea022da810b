/** Whether GitHub may show what is in a log: masked or not, it was written for those who see Buildkite. */
import type { RepositoryRef } from "../domain/pull.ts";
import { isPrivate } from "../github/visibility.ts";
import type { Tools } from "./job.ts";

export async function mayQuote(
  repository: RepositoryRef,
  { config, github }: Pick<Tools, "config" | "github">,
): Promise<boolean> {
  switch (config.rules.logExcerpts) {
    case "always":
      return true;
    case "never":
      return false;
    case "private":
      return github !== null && isPrivate(repository, github);
  }
}
