/** The objects that appear everywhere in answers and webhooks, in GitHub's full shapes. */
import type { Instant } from "../../src/clock.ts";
import type { Account } from "./accounts.ts";
import { nodeId } from "./ids.ts";
import type { Repository } from "./repository.ts";
import type { AppRecord } from "./world.ts";

export const apiUrl = "https://api.github.com";
export const htmlUrl = "https://github.com";

/** GitHub tells times to the second. */
export function time(at: Instant): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, "Z");
}

export function timeOrNull(at: Instant | null): string | null {
  return at === null ? null : time(at);
}

export function accountJson(account: Account) {
  const { id, login, type } = account;
  const url = `${apiUrl}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: nodeId(type, id),
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: "",
    url,
    html_url: type === "Bot" ? `${htmlUrl}/apps/${login.replace("[bot]", "")}` : `${htmlUrl}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    user_view_type: "public",
    site_admin: false,
  };
}

export function organizationJson({ id, login }: Account) {
  const url = `${apiUrl}/orgs/${login}`;
  return {
    login,
    id,
    node_id: nodeId("Organization", id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    description: null,
  };
}

/** Below the address of the repository. */
const repositoryLinks = {
  forks_url: "/forks",
  keys_url: "/keys{/key_id}",
  collaborators_url: "/collaborators{/collaborator}",
  teams_url: "/teams",
  hooks_url: "/hooks",
  issue_events_url: "/issues/events{/number}",
  events_url: "/events",
  assignees_url: "/assignees{/user}",
  branches_url: "/branches{/branch}",
  tags_url: "/tags",
  blobs_url: "/git/blobs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  git_refs_url: "/git/refs{/sha}",
  trees_url: "/git/trees{/sha}",
  statuses_url: "/statuses/{sha}",
  languages_url: "/languages",
  stargazers_url: "/stargazers",
  contributors_url: "/contributors",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  commits_url: "/commits{/sha}",
  git_commits_url: "/git/commits{/sha}",
  comments_url: "/comments{/number}",
  issue_comment_url: "/issues/comments{/number}",
  contents_url: "/contents/{+path}",
  compare_url: "/compare/{base}...{head}",
  merges_url: "/merges",
  archive_url: "/{archive_format}{/ref}",
  downloads_url: "/downloads",
  issues_url: "/issues{/number}",
  pulls_url: "/pulls{/number}",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  labels_url: "/labels{/name}",
  releases_url: "/releases{/id}",
  deployments_url: "/deployments",
} as const;

export function repositoryUrl(repository: Repository): string {
  return `${apiUrl}/repos/${repository.fullName}`;
}

export function repositoryJson(repository: Repository) {
  const { id, name, fullName, owner, parent, createdAt, pushedAt, pulls } = repository;
  const url = repositoryUrl(repository);
  const open = pulls.filter(({ state }) => state === "open").length;
  return {
    ...repositoryBrief(repository),
    owner: accountJson(owner),
    html_url: `${htmlUrl}/${fullName}`,
    description: repository.description,
    fork: parent !== null,
    url,
    ...Object.fromEntries(Object.entries(repositoryLinks).map(([link, path]) => [link, url + path])),
    created_at: time(createdAt),
    updated_at: time(pushedAt),
    pushed_at: time(pushedAt),
    git_url: `git://github.com/${fullName}.git`,
    ssh_url: `git@github.com:${fullName}.git`,
    clone_url: `${htmlUrl}/${fullName}.git`,
    svn_url: `${htmlUrl}/${fullName}`,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.private ? "private" : "public",
    forks: 0,
    open_issues: open,
    watchers: 0,
    default_branch: repository.defaultBranch,
    custom_properties: {},
    name,
    id,
  };
}

/** As the webhooks of installations list them. */
export function repositoryBrief({ id, name, fullName, private: isPrivate }: Repository) {
  return { id, node_id: nodeId("Repository", id), name, full_name: fullName, private: isPrivate };
}

export function appJson(app: AppRecord, createdAt: Instant) {
  const { id, slug, owner, name, permissions, events } = app;
  return {
    id,
    slug,
    node_id: nodeId("App", id),
    client_id: `Iv1.${id}`,
    owner: accountJson(owner),
    name,
    description: "",
    external_url: "https://signalbox.example.com",
    html_url: `${htmlUrl}/apps/${slug}`,
    created_at: time(createdAt),
    updated_at: time(createdAt),
    permissions,
    events,
  };
}

/** What somebody is to a repository. */
export function association(repository: Repository, account: Account): string {
  if (account.id === repository.owner.id) return "OWNER";
  const permission = repository.permissionOf(account.login);
  if (permission === "none" || permission === "read") return "NONE";
  return repository.owner.type === "Organization" ? "MEMBER" : "COLLABORATOR";
}
