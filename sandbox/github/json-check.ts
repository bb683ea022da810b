/** Check runs and suites. */
import { type CheckRun, type CheckSuite, latestRuns, suiteState } from "./checks.ts";
import { nodeId } from "./ids.ts";
import { appJson, htmlUrl, repositoryUrl, time, timeOrNull } from "./json.ts";
import { treeSha } from "./json-commit.ts";
import type { Pull } from "./pull.ts";
import type { Repository } from "./repository.ts";

export function checkRunJson(run: CheckRun, from: "rest" | "webhook") {
  const { id, suite } = run;
  const { repository, sha } = suite;
  const url = `${repositoryUrl(repository)}/check-runs/${id}`;
  const html = `${htmlUrl}/${repository.fullName}/runs/${id}`;
  return {
    id,
    name: run.name,
    node_id: nodeId("CheckRun", id),
    head_sha: sha,
    external_id: run.externalId,
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: time(run.startedAt),
    completed_at: timeOrNull(run.completedAt),
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: from === "rest" ? { id: suite.id } : suiteBrief(suite),
    app: appJson(suite.app, suite.createdAt),
    pull_requests: pullRequestsJson(repository, sha),
  };
}

function suiteBrief(suite: CheckSuite) {
  const { id, app, repository, sha, branch, before, createdAt, updatedAt } = suite;
  return {
    id,
    node_id: nodeId("CheckSuite", id),
    head_branch: branch,
    head_sha: sha,
    ...suiteState(suite),
    url: `${repositoryUrl(repository)}/check-suites/${id}`,
    before,
    after: sha,
    pull_requests: pullRequestsJson(repository, sha),
    app: appJson(app, createdAt),
    created_at: time(createdAt),
    updated_at: time(updatedAt),
  };
}

export function checkSuiteJson(suite: CheckSuite) {
  const { id, repository, sha, runs } = suite;
  const commit = repository.git.get(sha);
  const { message, author, committer } = commit;
  return {
    ...suiteBrief(suite),
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: latestRuns(runs).length,
    check_runs_url: `${repositoryUrl(repository)}/check-suites/${id}/check-runs`,
    head_commit: {
      id: sha,
      tree_id: treeSha(commit),
      message,
      timestamp: time(committer.at),
      author: { name: author.name, email: author.email },
      committer: { name: committer.name, email: committer.email },
    },
  };
}

/** Those of forks are missing: GitHub does not tell the app which of them a commit belongs to. */
function pullRequestsJson(repository: Repository, sha: string) {
  return repository.pulls
    .filter((pull) => pull.state === "open" && pull.headSha === sha && pull.headRepository === repository)
    .map(pullRequestJson);
}

function pullRequestJson({ repository, id, number, headBranch, headSha, baseBranch, baseSha }: Pull) {
  const url = repositoryUrl(repository);
  const repo = { id: repository.id, url, name: repository.name };
  return {
    url: `${url}/pulls/${number}`,
    id,
    number,
    head: { ref: headBranch, sha: headSha, repo },
    base: { ref: baseBranch, sha: baseSha, repo },
  };
}
