/**
 * What the GitHub App must be allowed to do, and is told of: `app.yml` says the same, held to it by a test. The calls go
 * by the names that Octokit has for them.
 */

type Access = "read" | "write";
export type Permissions = Readonly<Record<string, Access>>;

/** For what the app asks as itself: its installations and its deliveries. */
const own: Permissions = {};
const comments: Permissions = { pull_requests: "write" };

/** Every call to GitHub's API, with the permission that GitHub demands for it. */
export const callPermissions = {
  "apps.getOrgInstallation": own,
  "apps.getRepoInstallation": own,
  "apps.getUserInstallation": own,
  "apps.listInstallations": own,
  "apps.listReposAccessibleToInstallation": own,
  "apps.listWebhookDeliveries": own,
  "apps.redeliverWebhookDelivery": own,
  "checks.create": { checks: "write" },
  "checks.get": { checks: "read" },
  "checks.listForRef": { checks: "read" },
  "checks.update": { checks: "write" },
  // Of pull requests, which are issues to this part of the API: no permission for issues is needed.
  "issues.createComment": comments,
  "issues.deleteComment": comments,
  "issues.listComments": { pull_requests: "read" },
  "issues.updateComment": comments,
  "pulls.get": { pull_requests: "read" },
  "reactions.createForIssueComment": comments,
  "repos.compareCommitsWithBasehead": { contents: "read" },
  "repos.get": { metadata: "read" },
  "repos.getCollaboratorPermissionLevel": { metadata: "read" },
  "repos.getCommit": { contents: "read" },
  "repos.getContent": { contents: "read" },
  "repos.listPullRequestsAssociatedWithCommit": { contents: "read", pull_requests: "read" },
} as const satisfies Readonly<Record<string, Permissions>>;

/** The queries of GraphQL, by the names that the calls give them. */
export const queryPermissions = {
  pullsOfCommits: { contents: "read", pull_requests: "read" },
} as const satisfies Readonly<Record<string, Permissions>>;

/** The events that are subscribed to, with the permission without which GitHub refuses the manifest. */
export const eventPermissions = {
  check_run: { checks: "read" },
  check_suite: { checks: "read" },
  // An account was renamed.
  installation_target: own,
  // Comments on pull requests too come as those of issues, and GitHub wants this for the subscription alone.
  issue_comment: { issues: "read" },
  pull_request: { pull_requests: "read" },
  pull_request_review: { pull_requests: "read" },
  push: { contents: "read" },
  // Renamed, or given away.
  repository: { metadata: "read" },
} as const satisfies Readonly<Record<string, Permissions>>;

/** GitHub sends these to every app, and refuses a manifest that names them. */
export const unaskedEvents: readonly string[] = ["installation", "installation_repositories", "ping"];

/**
 * Read when somebody subscribes to them by hand. For a renamed organization GitHub would want to show us its members,
 * and `installation_target` tells of it too.
 */
export const unsubscribedEvents: readonly string[] = ["organization"];

/** Of all calls, queries and events; for each the most that one of them needs. */
export const permissions: Permissions = mostOf(
  [callPermissions, queryPermissions, eventPermissions].flatMap((table) => Object.values<Permissions>(table)),
);

function mostOf(needs: readonly Permissions[]): Permissions {
  const most: Record<string, Access> = {};
  for (const [name, access] of needs.flatMap((need) => Object.entries(need))) {
    if (most[name] !== "write") most[name] = access;
  }
  return Object.fromEntries(Object.entries(most).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
