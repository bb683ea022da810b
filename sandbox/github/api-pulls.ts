/** Pull requests. */
import type { HttpAnswer } from "../http.ts";
import { notFound, paged, type RepositoryCall, type Route } from "./api-call.ts";
import { commitJson, fileJson } from "./json-commit.ts";
import { pullBrief, pullJson, reviewJson } from "./json-pull.ts";
import type { Pull } from "./pull.ts";

const pulls = "/repos/:owner/:repo/pulls" as const;

export const pullRoutes: readonly Route[] = [
  { name: "pulls.list", path: `GET ${pulls}`, as: ["pull_requests:read"], handle: list },
  { name: "pulls.get", path: `GET ${pulls}/:number`, as: ["pull_requests:read"], handle: withPull(get) },
  { name: "pulls.listFiles", path: `GET ${pulls}/:number/files`, as: ["pull_requests:read"], handle: withPull(files) },
  {
    name: "pulls.listCommits",
    path: `GET ${pulls}/:number/commits`,
    as: ["pull_requests:read"],
    handle: withPull(commits),
  },
  {
    name: "pulls.listReviews",
    path: `GET ${pulls}/:number/reviews`,
    as: ["pull_requests:read"],
    handle: withPull(reviews),
  },
];

function withPull(handle: (call: RepositoryCall, pull: Pull) => HttpAnswer): (call: RepositoryCall) => HttpAnswer {
  return (call) => {
    const pull = call.repository.findPull(Number(call.params.number));
    return pull === undefined ? notFound() : handle(call, pull);
  };
}

/** Newest first. `head` is `owner:branch`. */
function list(call: RepositoryCall): HttpAnswer {
  const { query } = call.request;
  const state = query.get("state") ?? "open";
  const head = query.get("head");
  const base = query.get("base");
  const found = call.repository.pulls.filter(
    (pull) =>
      (state === "all" || pull.state === state) &&
      (base === null || pull.baseBranch === base) &&
      (head === null || `${pull.headRepository?.owner.login}:${pull.headBranch}` === head),
  );
  const isUpdated = query.get("sort") === "updated";
  const key = (pull: Pull) => (isUpdated ? pull.updatedAt : pull.number);
  const down = query.get("direction") !== "asc";
  const sorted = found.sort((one, other) => (down ? key(other) - key(one) : key(one) - key(other)));
  return paged(call, sorted, (page) => page.map(pullBrief));
}

function get(_call: RepositoryCall, pull: Pull): HttpAnswer {
  return { status: 200, body: pullJson(pull) };
}

function files(call: RepositoryCall, pull: Pull): HttpAnswer {
  return paged(call, pull.files, (page) => page.map((change) => fileJson(call.repository, change, pull.headSha)));
}

function commits(call: RepositoryCall, pull: Pull): HttpAnswer {
  return paged(call, pull.commits.slice(0, 250), (page) => page.map((commit) => commitJson(call.repository, commit)));
}

function reviews(call: RepositoryCall, pull: Pull): HttpAnswer {
  return paged(call, pull.reviews, (page) => page.map((review) => reviewJson(pull, review, "rest")));
}
