/** Pull requests, reviews, labels, and a pull request as the issue that it is too. */
import type { Account } from "./accounts.ts";
import type { Thread } from "./comments.ts";
import { nodeId } from "./ids.ts";
import { accountJson, association, htmlUrl, repositoryJson, repositoryUrl, time, timeOrNull } from "./json.ts";
import { linesOf } from "./json-commit.ts";
import type { Pull, Review } from "./pull.ts";
import type { Repository } from "./repository.ts";

/** As lists, and the webhooks of reviews, show it: without `merged` and the counts. */
export function pullBrief(pull: Pull) {
  const { repository, number, id, merge, author } = pull;
  const api = `${repositoryUrl(repository)}/pulls/${number}`;
  const issue = `${repositoryUrl(repository)}/issues/${number}`;
  const links = {
    self: api,
    html: pull.url,
    issue,
    comments: `${issue}/comments`,
    review_comments: `${api}/comments`,
    review_comment: `${repositoryUrl(repository)}/pulls/comments{/number}`,
    commits: `${api}/commits`,
    statuses: `${repositoryUrl(repository)}/statuses/${pull.headSha}`,
  };
  return {
    url: api,
    id,
    node_id: nodeId("PullRequest", id),
    html_url: pull.url,
    diff_url: `${pull.url}.diff`,
    patch_url: `${pull.url}.patch`,
    issue_url: issue,
    number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: accountJson(author),
    body: pull.body,
    created_at: time(pull.createdAt),
    updated_at: time(pull.updatedAt),
    closed_at: timeOrNull(pull.closedAt),
    merged_at: timeOrNull(merge?.at ?? null),
    merge_commit_sha: merge?.commit ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: labelsJson(pull),
    milestone: null,
    draft: pull.draft,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    head: endJson(pull.headRepository, pull.headBranch, pull.headSha, author),
    base: endJson(repository, pull.baseBranch, pull.baseSha, repository.owner),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    author_association: association(repository, author),
    auto_merge: null,
    active_lock_reason: null,
  };
}

export function pullJson(pull: Pull) {
  const { merge, state, repository } = pull;
  const files = pull.files;
  const open = state === "open";
  return {
    ...pullBrief(pull),
    merged: merge !== null,
    mergeable: open ? true : null,
    rebaseable: open ? true : null,
    mergeable_state: open ? "clean" : "unknown",
    merged_by: merge === null ? null : accountJson(merge.by),
    comments: repository.comments.of(pull).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: pull.commits.length,
    additions: files.reduce((sum, { after }) => sum + linesOf(after).length, 0),
    deletions: files.reduce((sum, { before }) => sum + linesOf(before).length, 0),
    changed_files: files.length,
  };
}

function endJson(repository: Repository | null, ref: string, sha: string, fallback: Account) {
  const user = repository?.owner ?? fallback;
  return {
    label: `${user.login}:${ref}`,
    ref,
    sha,
    user: accountJson(user),
    repo: repository === null ? null : repositoryJson(repository),
  };
}

function labelsJson({ repository, labels }: Thread) {
  return [...labels].map((name) => labelJson(repository, name));
}

export function labelJson(repository: Repository, name: string) {
  // The same label has the same id everywhere in the repository.
  const id = 600_000 + [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 99_991, 7);
  const url = `${repositoryUrl(repository)}/labels/${encodeURIComponent(name)}`;
  return { id, node_id: nodeId("Label", id), url, name, color: "d73a4a", default: false, description: null };
}

/** @param from The API writes the state in capitals, webhooks do not. */
export function reviewJson(pull: Pull, review: Review, from: "rest" | "webhook") {
  const html = `${pull.url}#pullrequestreview-${review.id}`;
  const api = `${repositoryUrl(pull.repository)}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: nodeId("PullRequestReview", review.id),
    user: accountJson(review.user),
    body: review.body === "" && from === "webhook" ? null : review.body,
    state: from === "rest" ? review.state.toUpperCase() : review.state,
    html_url: html,
    pull_request_url: api,
    author_association: association(pull.repository, review.user),
    _links: { html: { href: html }, pull_request: { href: api } },
    submitted_at: time(review.submittedAt),
    commit_id: review.commit,
  };
}

export function issueJson(thread: Thread) {
  const { repository, number, id } = thread;
  const isPull = "headSha" in thread;
  const url = `${repositoryUrl(repository)}/issues/${number}`;
  const html = `${htmlUrl}/${repository.fullName}/${isPull ? "pull" : "issues"}/${number}`;
  const pullUrl = `${repositoryUrl(repository)}/pulls/${number}`;
  return {
    url,
    repository_url: repositoryUrl(repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    id,
    node_id: nodeId(isPull ? "PullRequest" : "Issue", id),
    number,
    title: thread.title,
    user: accountJson(thread.author),
    labels: labelsJson(thread),
    state: thread.state,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: repository.comments.of(thread).length,
    created_at: time(thread.createdAt),
    updated_at: time(thread.updatedAt),
    closed_at: timeOrNull(thread.closedAt),
    author_association: association(repository, thread.author),
    active_lock_reason: null,
    body: thread.body,
    reactions: reactionsJson(url, []),
    ...(isPull
      ? {
          draft: thread.draft,
          pull_request: {
            url: pullUrl,
            html_url: html,
            diff_url: `${html}.diff`,
            patch_url: `${html}.patch`,
            merged_at: timeOrNull(thread.merge?.at ?? null),
          },
        }
      : {}),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    state_reason: null,
  };
}

/** How many of each kind. */
export function reactionsJson(url: string, contents: readonly string[]) {
  const count = (content: string) => contents.filter((each) => each === content).length;
  return {
    url: `${url}/reactions`,
    total_count: contents.length,
    "+1": count("+1"),
    "-1": count("-1"),
    laugh: count("laugh"),
    hooray: count("hooray"),
    confused: count("confused"),
    heart: count("heart"),
    rocket: count("rocket"),
    eyes: count("eyes"),
  };
}
