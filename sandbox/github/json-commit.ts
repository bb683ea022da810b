/** Commits and files, as the API shows them, and as pushes do. */

import { blobSha, type Commit, changesBetween, type FileChange, type Signature, sha1 } from "./git.ts";
import { nodeId } from "./ids.ts";
import { accountJson, htmlUrl, repositoryUrl, time } from "./json.ts";
import type { Repository } from "./repository.ts";

export function commitJson(repository: Repository, commit: Commit) {
  const { sha, parents, author, committer, message } = commit;
  const url = `${repositoryUrl(repository)}/commits/${sha}`;
  return {
    sha,
    node_id: nodeId("Commit", sha),
    commit: {
      author: signatureJson(author),
      committer: signatureJson(committer),
      message,
      tree: { sha: treeSha(commit), url: `${repositoryUrl(repository)}/git/trees/${treeSha(commit)}` },
      url: `${repositoryUrl(repository)}/git/commits/${sha}`,
      comment_count: 0,
      verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
    },
    url,
    html_url: `${htmlUrl}/${repository.fullName}/commit/${sha}`,
    comments_url: `${url}/comments`,
    author: userOf(repository, author),
    committer: userOf(repository, committer),
    parents: parents.map((parent) => ({
      sha: parent,
      url: `${repositoryUrl(repository)}/commits/${parent}`,
      html_url: `${htmlUrl}/${repository.fullName}/commit/${parent}`,
    })),
  };
}

function signatureJson({ name, email, at }: Signature) {
  return { name, email, date: time(at) };
}

function userOf({ world }: Repository, { login }: Signature) {
  return login === null ? null : accountJson(world.accounts.of(login));
}

/** What a commit changed, against its first parent. */
export function changesOf({ git }: Repository, commit: Commit): FileChange[] {
  const [parent] = commit.parents;
  return changesBetween(parent === undefined ? undefined : git.get(parent), commit);
}

export function fileJson(repository: Repository, change: FileChange, sha: string) {
  const { filename, status, before, after } = change;
  const [removed, added] = [linesOf(before), linesOf(after)];
  const kept = added.filter((line) => removed.includes(line)).length;
  const counts = { additions: added.length - kept, deletions: removed.length - kept };
  const path = filename.split("/").map(encodeURIComponent).join("/");
  const patch = [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)].join("\n");
  return {
    sha: blobSha(after ?? before ?? ""),
    filename,
    status,
    ...counts,
    changes: counts.additions + counts.deletions,
    blob_url: `${htmlUrl}/${repository.fullName}/blob/${sha}/${path}`,
    raw_url: `${htmlUrl}/${repository.fullName}/raw/${sha}/${path}`,
    contents_url: `${repositoryUrl(repository)}/contents/${path}?ref=${sha}`,
    patch: `@@ -1,${removed.length} +1,${added.length} @@\n${patch}`,
  };
}

export function linesOf(text: string | null): string[] {
  return text === null || text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** A commit in a push. */
export function pushedJson(repository: Repository, commit: Commit) {
  const { sha, message, author, committer } = commit;
  const changes = changesOf(repository, commit);
  const paths = (status: FileChange["status"]) =>
    changes.filter((change) => change.status === status).map(({ filename }) => filename);
  return {
    id: sha,
    tree_id: treeSha(commit),
    distinct: true,
    message,
    timestamp: time(committer.at),
    url: `${htmlUrl}/${repository.fullName}/commit/${sha}`,
    author: pushedSignature(author),
    committer: pushedSignature(committer),
    added: paths("added"),
    removed: paths("removed"),
    modified: paths("modified"),
  };
}

/** There is no `username` when the address is nobody's. */
function pushedSignature({ name, email, login }: Signature) {
  return { name, email, ...(login === null ? {} : { username: login }) };
}

export function treeSha({ tree }: Commit): string {
  return sha1(JSON.stringify([...tree]));
}
