/**
 * Which installation of the app a repository belongs to. Remembered in Redis, learned from GitHub: when a webhook says
 * that something changed, when a repository is asked for that nobody knows, and when GitHub refuses what should work.
 */
import { z } from "zod";
import type { Clock, Instant } from "../clock.ts";
import { Organization } from "../domain/ids.ts";
import type { RepositoryRef } from "../domain/pull.ts";
import type { GithubInstallation, GithubInstallations } from "../state/github-installations.ts";
import { type Call, type Identity, NotInstalled } from "./call.ts";
import type { GithubAnswer } from "./client.ts";

/** An installation that may act. */
interface Installed {
  readonly as: Extract<Identity, { kind: "installation" }>;
  readonly readAt: Instant;
}

export interface InstallationLookup {
  /** @returns null when the app is not installed there, or suspended. */
  of(repository: RepositoryRef): Promise<Installed | null>;
  /** As `of`, but GitHub is asked, whatever is remembered. */
  again(repository: RepositoryRef): Promise<Installed | null>;
  /** Asks about all of an owner's repositories. */
  read(owner: Organization): Promise<void>;
  /** Asks about everybody who installed the app. @returns whose repositories are still to be asked for, by `read`. */
  readAll(): Promise<Organization[]>;
}

const Body = z.object({
  id: z.number().int().positive(),
  account: z.object({ login: z.string().optional() }).nullish(),
  suspended_at: z.string().nullish(),
  repository_selection: z.string(),
  permissions: z.record(z.string(), z.string()).catch({}),
});
type Body = z.infer<typeof Body>;
const Bodies = z.array(Body);
const Repositories = z.object({ repositories: z.array(z.object({ name: z.string() })) });

const pageSize = 100;
/** Of an installation with more repositories, the others are asked for one by one. */
const mostPages = 20;
/** That it is suspended is the only thing we do not find out by trying. */
const suspensionHolds = 10 * 60_000;

export function createInstallationLookup(store: GithubInstallations, call: Call, clock: Clock): InstallationLookup {
  const asApp = (name: string, path: string, parameters: Readonly<Record<string, unknown>>, expected: number[] = []) =>
    call({ kind: "app" }, { name, method: "GET", path, parameters, expected });

  function known(owner: Organization, { id, readAt }: GithubInstallation): Installed {
    return { as: { kind: "installation", id, organization: owner }, readAt };
  }

  async function again(repository: RepositoryRef): Promise<Installed | null> {
    const { organization, repository: repo } = repository;
    const answer = await asApp(
      "apps.getRepoInstallation",
      "/repos/{owner}/{repo}/installation",
      { owner: organization, repo },
      [404],
    );
    const before = await store.read(organization);
    const body = answer.status === 404 ? null : Body.parse(answer.data);
    // A repository that went to another owner is shown there: that installation is theirs.
    if (body === null || ownerOf(body) !== organization) {
      await setAbsent(repository, before);
      return null;
    }
    const others = before?.id === body.id ? (before.repositories ?? []) : [];
    const installation = remembered(body, [...new Set([...others, repo])], clock.now());
    await store.writeFound(repository, installation);
    return installation.suspended ? null : known(organization, installation);
  }

  async function setAbsent(repository: RepositoryRef, before: GithubInstallation | null): Promise<void> {
    const { organization, repository: repo } = repository;
    // Of all repositories this one is not one: it was renamed, or deleted. Which others there are is not known then.
    if (before?.repositories === null) await store.forget(organization);
    else if (before?.repositories.includes(repo)) {
      const repositories = before.repositories.filter((name) => name !== repo);
      await store.narrow(organization, { ...before, repositories });
    }
    await store.setAbsent(repository, clock.now());
  }

  async function repositoriesOf(as: Identity): Promise<string[]> {
    const names: string[] = [];
    for (let page = 1; page <= mostPages; page += 1) {
      const answer = await call(as, {
        name: "apps.listReposAccessibleToInstallation",
        method: "GET",
        path: "/installation/repositories",
        parameters: { per_page: pageSize, page },
      });
      const { repositories } = Repositories.parse(answer.data);
      names.push(...repositories.map(({ name }) => name.toLowerCase()));
      if (repositories.length < pageSize) break;
    }
    return names;
  }

  async function installationAt(owner: Organization): Promise<GithubAnswer | null> {
    const asUser = await asApp(
      "apps.getUserInstallation",
      "/users/{username}/installation",
      { username: owner },
      [404],
    );
    if (asUser.status !== 404) return asUser;
    const asOrg = await asApp("apps.getOrgInstallation", "/orgs/{org}/installation", { org: owner }, [404]);
    return asOrg.status === 404 ? null : asOrg;
  }

  return {
    again,
    async of(repository) {
      const { organization, repository: repo } = repository;
      const found = await store.read(organization);
      if (found?.suspended && found.readAt + suspensionHolds > clock.now()) return null;
      const has = found?.repositories?.includes(repo) ?? true;
      if (found !== null && !found.suspended && has) return known(organization, found);
      return (await store.isAbsent(repository, clock.now())) ? null : again(repository);
    },
    async read(owner) {
      const answer = await installationAt(owner);
      if (answer === null) return store.forget(owner);
      const body = Body.parse(answer.data);
      const as: Identity = { kind: "installation", id: body.id, organization: owner };
      try {
        await store.write(owner, remembered(body, needsNames(body) ? await repositoriesOf(as) : [], clock.now()));
      } catch (error) {
        // It went while we asked: its own event is on its way.
        if (!(error instanceof NotInstalled)) throw error;
        await store.forget(owner);
      }
    },
    async readAll() {
      const unsettled: Organization[] = [];
      for (let page = 1; ; page += 1) {
        const { data } = await asApp("apps.listInstallations", "/app/installations", { per_page: pageSize, page });
        const installations = Bodies.parse(data);
        for (const body of installations) {
          const owner = ownerOf(body);
          if (owner === null) continue;
          if (needsNames(body)) unsettled.push(owner);
          else await store.write(owner, remembered(body, [], clock.now()));
        }
        if (installations.length < pageSize) return unsettled;
      }
    },
  };
}

/** @returns null for an enterprise, which has no login, and no repositories. */
function ownerOf({ account }: Body): Organization | null {
  return Organization.safeParse(account?.login?.toLowerCase()).data ?? null;
}

/** Of some repositories only, which it does not name itself. */
function needsNames(body: Body): boolean {
  return body.repository_selection !== "all" && !isSuspended(body);
}

function isSuspended({ suspended_at: suspendedAt }: Body): boolean {
  return suspendedAt !== null && suspendedAt !== undefined;
}

function remembered(body: Body, repositories: readonly string[], now: Instant): GithubInstallation {
  return {
    id: body.id,
    suspended: isSuspended(body),
    repositories: body.repository_selection === "all" ? null : repositories,
    permissions: body.permissions,
    readAt: now,
  };
}
