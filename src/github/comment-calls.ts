/** Comments on pull requests, and reactions to them. */
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { PullRef, RepositoryRef } from "../domain/pull.ts";
import type { GithubAnswer, GithubClient } from "./client.ts";

export type Reaction = "+1" | "confused" | "eyes";

/** Gone, locked, or not for us: asking again changes nothing. */
const closed = [403, 404, 410, 422];

/** May be repeated: GitHub keeps one reaction of a kind from each. @returns false when it cannot be made. */
export async function react(
  repository: RepositoryRef,
  comment: number,
  content: Reaction,
  github: GithubClient,
): Promise<boolean> {
  const answer = await github.call(repository, {
    name: "reactions.createForIssueComment",
    method: "POST",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
    parameters: { comment_id: comment, content },
    expected: closed,
  });
  return succeeded(answer);
}

const Created = z.object({ id: z.number() });

/** Not idempotent: `GithubUnclear` means that it may exist. @returns its id; null when it cannot be made. */
export async function createComment(pull: PullRef, body: string, github: GithubClient): Promise<number | null> {
  const answer = await github.call(pull, {
    name: "issues.createComment",
    method: "POST",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    parameters: { issue_number: pull.number, body },
    expected: closed,
  });
  return answer !== null && succeeded(answer) ? Created.parse(answer.data).id : null;
}

const Page = z.array(
  z.object({
    id: z.number(),
    body: z.string().nullish(),
    performed_via_github_app: z.object({ id: z.number() }).nullish(),
  }),
);
const pageSize = 100;
const mostPages = 10;
/** GitHub writes its own time on a comment, and `since` is of our clock. */
const clockSkewMs = 60_000;

/** The comment of ours that begins with a marker: anybody can write the marker, so it must have been made by the app. */
export async function findComment(
  pull: PullRef,
  marker: string,
  since: Instant,
  github: GithubClient,
): Promise<number | null> {
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await github.call(pull, {
      name: "issues.listComments",
      method: "GET",
      path: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
      parameters: {
        issue_number: pull.number,
        since: new Date(Math.max(0, since - clockSkewMs)).toISOString(),
        per_page: pageSize,
        page,
      },
      expected: closed,
    });
    if (answer === null || !succeeded(answer)) return null;
    const comments = Page.parse(answer.data);
    const own = comments.find(
      ({ body, performed_via_github_app: app }) => app?.id === github.appId && body?.startsWith(marker) === true,
    );
    if (own !== undefined) return own.id;
    if (comments.length < pageSize) return null;
  }
  return null;
}

function succeeded(answer: GithubAnswer | null): boolean {
  return answer !== null && answer.status < 300;
}
