/** Files of a repository, as GitHub has them at a commit. */
import { z } from "zod";
import type { RepositoryRef } from "../domain/pull.ts";
import type { GithubClient } from "./client.ts";

export type RepositoryFile =
  /** The app is not installed there, or may not read. */
  | { readonly kind: "unreachable" }
  | { readonly kind: "missing" }
  /** `text` null: it is a folder, a link, too long, or no text. */
  | { readonly kind: "file"; readonly blob: string; readonly text: string | null };

const Contents = z.object({
  type: z.string(),
  sha: z.string(),
  encoding: z.string().optional(),
  content: z.string().optional(),
});
const Folder = z.array(z.unknown());

/** @param commit null: the newest of the default branch. @param longest In bytes. */
export async function readFile(
  github: Pick<GithubClient, "call">,
  repository: RepositoryRef,
  { path, commit, longest }: { readonly path: string; readonly commit: string | null; readonly longest: number },
): Promise<RepositoryFile> {
  const answer = await github.call(repository, {
    name: "repos.getContent",
    method: "GET",
    // The path is one of ours, and its slashes are part of the address.
    path: `/repos/{owner}/{repo}/contents/${path}`,
    ...(commit !== null && { parameters: { ref: commit } }),
    conditional: true,
    expected: [403, 404],
  });
  if (answer === null || answer.status === 403) return { kind: "unreachable" };
  if (answer.status === 404) return { kind: "missing" };
  if (Folder.safeParse(answer.data).success) return { kind: "file", blob: "", text: null };
  const { type, sha, encoding, content = "" } = Contents.parse(answer.data);
  const isText = type === "file" && encoding === "base64";
  return { kind: "file", blob: sha, text: isText ? decoded(content, longest) : null };
}

function decoded(base64: string, longest: number): string | null {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length > longest) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
