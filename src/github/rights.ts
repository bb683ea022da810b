/** What somebody may do in a repository, as GitHub itself knows. */
import { z } from "zod";
import type { Right } from "../domain/comment-rights.ts";
import type { RepositoryRef } from "../domain/pull.ts";
import type { GithubClient } from "./client.ts";

/** `permission` is the old word for a role: `maintain` is told as `write`, `triage` as `read`. */
const Answer = z.object({ permission: z.string() });
const writing = new Set(["admin", "maintain", "write"]);

/** @returns null when the app is not installed there (any more). */
export async function rightOf(login: string, repository: RepositoryRef, github: GithubClient): Promise<Right | null> {
  const answer = await github.call(repository, {
    name: "repos.getCollaboratorPermissionLevel",
    method: "GET",
    path: "/repos/{owner}/{repo}/collaborators/{username}/permission",
    parameters: { username: login },
    expected: [404],
  });
  if (answer === null) return null;
  if (answer.status === 404) return "none";
  const { permission } = Answer.parse(answer.data);
  if (writing.has(permission)) return "write";
  return permission === "none" ? "none" : "read";
}
