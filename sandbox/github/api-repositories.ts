/** Repositories: themselves, what is in their files, and who may do what. */
import type { HttpAnswer } from "../http.ts";
import { failure, notFound, type RepositoryCall, type Route } from "./api-call.ts";
import { blobSha, type Commit } from "./git.ts";
import { accountJson, htmlUrl, repositoryJson, repositoryUrl } from "./json.ts";
import { findRef } from "./refs.ts";
import type { Permission } from "./repository.ts";

const repo = "/repos/:owner/:repo" as const;

export const repositoryRoutes: readonly Route[] = [
  { name: "repos.get", path: `GET ${repo}`, as: ["metadata:read"], handle: get },
  { name: "repos.getContent", path: `GET ${repo}/contents/:path+`, as: ["contents:read"], handle: getContent },
  {
    name: "repos.getCollaboratorPermissionLevel",
    path: `GET ${repo}/collaborators/:login/permission`,
    as: ["metadata:read"],
    handle: getPermission,
  },
];

function get({ repository }: RepositoryCall): HttpAnswer {
  const { parent } = repository;
  const body = { ...repositoryJson(repository), ...(parent === null ? {} : { parent: repositoryJson(parent) }) };
  return { status: 200, body };
}

/** More than this is only to be had raw. */
const inlineLimit = 1_048_576;

function getContent({ repository, params, request }: RepositoryCall): HttpAnswer {
  const ref = request.query.get("ref") ?? repository.defaultBranch;
  const commit = findRef(repository, ref);
  if (commit === undefined) return failure(404, `No commit found for the ref ${ref}`);
  const path = (params.path ?? "").replace(/\/$/, "");
  const text = commit.tree.get(path);
  if (text === undefined) return directory(commit, path) ?? notFound();
  if (/\.raw\b/.test(request.headers.accept ?? "")) {
    return { status: 200, headers: { "content-type": "application/vnd.github.raw+json; charset=utf-8" }, body: text };
  }
  const bytes = Buffer.from(text);
  const isInline = bytes.length <= inlineLimit;
  const url = `${repositoryUrl(repository)}/contents/${path}?ref=${ref}`;
  const html = `${htmlUrl}/${repository.fullName}/blob/${ref}/${path}`;
  const git = `${repositoryUrl(repository)}/git/blobs/${blobSha(text)}`;
  const body = {
    type: "file",
    encoding: isInline ? "base64" : "none",
    size: bytes.length,
    name: path.split("/").at(-1),
    path,
    content: isInline ? bytes.toString("base64").replace(/.{1,60}/g, "$&\n") : "",
    sha: blobSha(text),
    url,
    git_url: git,
    html_url: html,
    download_url: `https://raw.githubusercontent.com/${repository.fullName}/${ref}/${path}`,
    _links: { self: url, git, html },
  };
  return { status: 200, body };
}

function directory({ tree }: Commit, path: string): HttpAnswer | null {
  const inside = [...tree.keys()].filter((each) => each.startsWith(`${path}/`));
  if (inside.length === 0) return null;
  const names = [...new Set(inside.map((each) => each.slice(path.length + 1).split("/")[0] ?? ""))].sort();
  const body = names.map((name) => {
    const text = tree.get(`${path}/${name}`);
    return { type: text === undefined ? "dir" : "file", name, path: `${path}/${name}`, size: text?.length ?? 0 };
  });
  return { status: 200, body };
}

/** The older words, which know no `maintain` and no `triage`; `role_name` has the true one. */
const levels: Readonly<Record<Permission, string>> = {
  admin: "admin",
  maintain: "write",
  write: "write",
  triage: "read",
  read: "read",
  none: "none",
};

function getPermission({ repository, world, params }: RepositoryCall): HttpAnswer {
  const login = params.login ?? "";
  const account = world.accounts.find(login);
  if (account === undefined || account.type !== "User") return failure(404, `${login} is not a user`);
  const permission = repository.permissionOf(account.login);
  const body = { permission: levels[permission], user: accountJson(account), role_name: permission };
  return { status: 200, body };
}
