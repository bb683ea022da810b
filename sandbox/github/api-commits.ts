/** Commits, how two of them differ, and which pull requests brought them. */
import type { HttpAnswer } from "../http.ts";
import { failure, linkHeader, notFound, paged, pageOf, type RepositoryCall, type Route } from "./api-call.ts";
import { type Commit, changesBetween } from "./git.ts";
import { htmlUrl, repositoryUrl } from "./json.ts";
import { changesOf, commitJson, fileJson } from "./json-commit.ts";
import { pullBrief } from "./json-pull.ts";
import type { Pull } from "./pull.ts";
import { findRef } from "./refs.ts";
import type { Repository } from "./repository.ts";

const repo = "/repos/:owner/:repo" as const;

export const commitRoutes: readonly Route[] = [
  {
    name: "repos.compareCommitsWithBasehead",
    path: `GET ${repo}/compare/:basehead+`,
    as: ["contents:read"],
    handle: compare,
  },
  {
    name: "repos.listPullRequestsAssociatedWithCommit",
    path: `GET ${repo}/commits/:ref+/pulls`,
    as: ["pull_requests:read"],
    handle: listPulls,
  },
  { name: "repos.listCommits", path: `GET ${repo}/commits`, as: ["contents:read"], handle: list },
];

/** After those below a commit: its path takes what is left. */
export const commitRoute: Route = {
  name: "repos.getCommit",
  path: `GET ${repo}/commits/:ref+`,
  as: ["contents:read"],
  handle: get,
};

const fileLimit = 300;
/** Without pages GitHub shows as many at once. */
const compareSize = 250;

function compare(call: RepositoryCall): HttpAnswer {
  const { repository, params } = call;
  const { git } = repository;
  const [from = "", to = ""] = (params.basehead ?? "").split("...");
  const base = findRef(repository, from);
  const head = findRef(repository, to);
  const start = base && head && git.mergeBase(base.sha, head.sha);
  if (base === undefined || head === undefined || start === undefined) return notFound();
  const ahead = git.range(base.sha, head.sha);
  const behind = git.range(head.sha, base.sha);
  const { size, page } = pageOf(call, call.request.query.has("page") ? 30 : compareSize);
  const url = `${repositoryUrl(repository)}/compare/${from}...${to}`;
  const html = `${htmlUrl}/${repository.fullName}/compare/${from}...${to}`;
  const files = page > 1 ? [] : changesBetween(start, head).slice(0, fileLimit);
  const body = {
    url,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commitJson(repository, base),
    merge_base_commit: commitJson(repository, start),
    status: comparison(ahead.length, behind.length),
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: ahead.slice((page - 1) * size, page * size).map((commit) => commitJson(repository, commit)),
    ...(page > 1 ? {} : { files: files.map((change) => fileJson(repository, change, head.sha)) }),
  };
  return { status: 200, headers: linkHeader(call, page, Math.ceil(ahead.length / size)), body };
}

function comparison(ahead: number, behind: number): string {
  if (ahead > 0) return behind > 0 ? "diverged" : "ahead";
  return behind > 0 ? "behind" : "identical";
}

/** Newest first. */
function list(call: RepositoryCall): HttpAnswer {
  const { repository, request } = call;
  const ref = request.query.get("sha") ?? repository.defaultBranch;
  const from = findRef(repository, ref);
  if (from === undefined) return notFound();
  const path = request.query.get("path");
  const commits = repository.git
    .range(null, from.sha)
    .filter((commit) => path === null || changesOf(repository, commit).some(({ filename }) => isIn(filename, path)))
    .reverse();
  return paged(call, commits, (page) => page.map((commit) => commitJson(repository, commit)));
}

function isIn(filename: string, path: string): boolean {
  return filename === path || filename.startsWith(`${path}/`);
}

function get({ repository, params }: RepositoryCall): HttpAnswer {
  const ref = params.ref ?? "";
  const commit = findRef(repository, ref);
  if (commit === undefined) return failure(422, `No commit found for SHA: ${ref}`);
  const files = changesOf(repository, commit).map((change) => fileJson(repository, change, commit.sha));
  const sum = (of: "additions" | "deletions") => files.reduce((total, file) => total + file[of], 0);
  const stats = {
    additions: sum("additions"),
    deletions: sum("deletions"),
    total: sum("additions") + sum("deletions"),
  };
  return { status: 200, body: { ...commitJson(repository, commit), stats, files: files.slice(0, fileLimit) } };
}

function listPulls(call: RepositoryCall): HttpAnswer {
  const { repository, params } = call;
  const commit = findRef(repository, params.ref ?? "");
  if (commit === undefined) return failure(422, `No commit found for SHA: ${params.ref}`);
  return paged(call, associatedPulls(repository, commit), (page) => page.map(pullBrief));
}

/** The merged ones that brought the commit; while it is not on the default branch, the open ones with it too. */
export function associatedPulls(repository: Repository, { sha }: Commit): readonly Pull[] {
  const onDefault = repository.git.contains(repository.tip(), sha);
  return repository.pulls.filter(
    (pull) => pull.has(sha) && (pull.merge !== null || (pull.state === "open" && !onDefault)),
  );
}
