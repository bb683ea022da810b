/** Who sees a repository. */
import { z } from "zod";
import type { RepositoryRef } from "../domain/pull.ts";
import type { GithubClient } from "./client.ts";

const Answer = z.object({ private: z.boolean() });
/** Moved, not for us, or gone: nobody says that it is private. */
const untold = [301, 403, 404, 451];

export async function isPrivate(repository: RepositoryRef, github: GithubClient): Promise<boolean> {
  const answer = await github.call(repository, {
    name: "repos.get",
    method: "GET",
    path: "/repos/{owner}/{repo}",
    conditional: true,
    expected: untold,
  });
  const told = Answer.safeParse(answer?.data);
  return told.success && told.data.private;
}
