/**
 * Asks GitHub what came to a branch between two commits, and by which pull requests: with a handful of calls, however
 * many commits there are. Only the newest matter, for the newest suspects are named.
 */
import type { AssociatedPull, Changes, CommitFacts } from "../domain/changes.ts";
import { readCommitMessage } from "../domain/commit-message.ts";
import { branchOf } from "../domain/find-suspects.ts";
import type { RepositoryRef } from "../domain/pull.ts";
import { Later } from "../later.ts";
import { type GithubClient, GithubRefused, type GithubRequest, GithubUnclear } from "./client.ts";
import { CompareAnswer, PullsAnswer, PullsOfCommits, SingleCommitAnswer } from "./commit-answers.ts";

/** GitHub's limit of a page, and of what one GraphQL query can be asked about without splitting it. */
const mostCommits = 100;
const mostFiles = 100;
const mostCalls = 5;
const mostSingleLooks = 3;

/** Both are hashes in full. */
export interface CommitRange {
  /** null: no green commit is known, and only `head` itself is looked at. */
  readonly base: string | null;
  readonly head: string;
}

/**
 * @param signal Aborted, no further call is begun.
 * @returns null when the app is not installed there, or GitHub does not know the commits (any more).
 */
export async function fetchChanges(
  github: GithubClient,
  repository: RepositoryRef,
  range: CommitRange,
  signal: AbortSignal,
): Promise<Changes | null> {
  let calls = 0;
  const door: Door = {
    async call(request) {
      signal.throwIfAborted();
      calls += 1;
      return (await github.call(repository, request))?.data ?? null;
    },
    async graphql(name, query) {
      signal.throwIfAborted();
      calls += 1;
      return github.graphql(repository, name, query, { owner: repository.organization, name: repository.repository });
    },
    left: () => mostCalls - calls,
  };
  const changes = await fetchCommits(door, range);
  if (changes === null) return null;
  return { ...changes, commits: await withPulls(door, changes.commits) };
}

interface Door {
  /** @returns the answer's body; null as `GithubClient.call`. */
  call(request: GithubRequest): Promise<unknown>;
  graphql(name: string, query: string): Promise<unknown>;
  /** How many more calls may be made. */
  left(): number;
}

async function fetchCommits(door: Door, { base, head }: CommitRange): Promise<Changes | null> {
  const compared = base === null ? null : await compare(door, base, head);
  // The base is of a history that was pushed over, and GitHub has thrown it away.
  return compared ?? (await single(door, head));
}

async function compare(door: Door, base: string, head: string): Promise<Changes | null> {
  // Without a page GitHub answers with the newest commits; a server that does not is asked for its last pages.
  const first = await unlessRefused(comparePage(door, base, head));
  if (first === null) return null;
  const { total_commits: total, files } = first;
  let { commits } = first;
  if (total > 0 && commits.at(-1)?.sha !== head) {
    const last = Math.ceil(total / mostCommits);
    commits = (await unlessRefused(comparePage(door, base, head, last)))?.commits ?? [];
    // The newest are what matters: without them, the red commit alone tells more.
    if (commits.length === 0) return null;
    if (last > 1 && commits.length < mostCommits / 2) {
      const before = await unlessRefused(comparePage(door, base, head, last - 1));
      commits = [...(before?.commits ?? []), ...commits];
    }
  }
  const newest = commits.slice(-mostCommits);
  return { commits: newest, truncated: newest.length < total, files: pathsOf(files) };
}

async function comparePage(door: Door, base: string, head: string, page?: number) {
  const paging = page === undefined ? {} : { page, per_page: mostCommits };
  const answer = await door.call({
    name: "repos.compareCommitsWithBasehead",
    method: "GET",
    path: "/repos/{owner}/{repo}/compare/{basehead}",
    parameters: { basehead: `${base}...${head}`, ...paging },
  });
  return CompareAnswer.safeParse(answer).data ?? null;
}

/** What was before it nobody can tell. */
async function single(door: Door, head: string): Promise<Changes | null> {
  const answer = await unlessRefused(
    door.call({
      name: "repos.getCommit",
      method: "GET",
      path: "/repos/{owner}/{repo}/commits/{ref}",
      parameters: { ref: head },
    }),
  );
  const { data } = SingleCommitAnswer.safeParse(answer);
  if (data === undefined) return null;
  const { files, ...commit } = data;
  return { commits: [commit], truncated: true, files: pathsOf(files) };
}

function pathsOf(files: readonly { readonly filename: string }[]): string[] {
  return files.slice(0, mostFiles).map(({ filename }) => filename);
}

async function withPulls(door: Door, commits: readonly CommitFacts[]): Promise<CommitFacts[]> {
  if (commits.length === 0) return [];
  const known = (await pullsAtOnce(door, commits)) ?? (await pullsOneByOne(door, commits));
  return commits.map((commit) => ({ ...commit, pulls: known.get(commit.sha) ?? null }));
}

type PullsBySha = ReadonlyMap<string, readonly AssociatedPull[]>;

const fullHash = /^[0-9a-f]{40}$/;
const pullFields = `number title mergedAt baseRefName mergeCommit { oid }
  author { __typename login ... on User { name } } mergedBy { __typename login ... on User { name } }`;

/**
 * @returns null when GraphQL does not answer: some servers have it switched off, and it has a limit and bad days of its
 * own. Few answers now are better than all of them later.
 */
async function pullsAtOnce(door: Door, commits: readonly CommitFacts[]): Promise<PullsBySha | null> {
  // A hash cannot end the text that it stands in.
  const hashes = commits.map(({ sha }) => sha).filter((sha) => fullHash.test(sha));
  const looks = hashes.map((sha, i) => `c${i}: object(oid: "${sha}") { ...pulls }`).join("\n");
  const query = `query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) {\n${looks}\n} }
fragment pulls on Commit { associatedPullRequests(first: 5) { nodes { ${pullFields} } } }`;
  const answer = await unlessRefused(door.graphql("pullsOfCommits", query)).catch((error: unknown) => {
    if (error instanceof Later || error instanceof GithubUnclear) return null;
    throw error;
  });
  const read = PullsOfCommits.safeParse(answer);
  if (!read.success) return null;
  return new Map(
    hashes.flatMap((sha, i) => {
      const nodes = read.data.repository[`c${i}`]?.associatedPullRequests.nodes;
      return nodes === undefined ? [] : [[sha, nodes] as const];
    }),
  );
}

/** A few of the branch itself, those first whose text tells nothing: for the others, their texts must do. */
async function pullsOneByOne(door: Door, commits: readonly CommitFacts[]): Promise<PullsBySha> {
  const pulls = new Map<string, readonly AssociatedPull[]>();
  const hints = Map.groupBy(branchOf(commits), ({ message }) => readCommitMessage(message).pull !== null);
  const worthALook = [...(hints.get(false) ?? []), ...(hints.get(true) ?? [])];
  for (const { sha } of worthALook.slice(0, Math.min(mostSingleLooks, door.left()))) {
    const request = {
      name: "repos.listPullRequestsAssociatedWithCommit",
      method: "GET",
      path: "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
      parameters: { commit_sha: sha },
    } as const;
    const read = PullsAnswer.safeParse(await unlessRefused(door.call(request)));
    if (read.success) pulls.set(sha, read.data);
  }
  return pulls;
}

/** GitHub's "no" is an answer too: it does not know the commit, has no such API, or the app lacks a right. */
async function unlessRefused<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GithubRefused) return null;
    throw error;
  }
}
