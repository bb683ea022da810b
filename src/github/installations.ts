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
  /** Everybody who installed the app. */
  owners(): Promise<Organization[]>;
}

const Body = z.object({
  id: z.number().int().positive(),
  account: z.object({ login: z.string().optional() }).nullish(),
  suspended_at: z.string().nullish(),
  repository_selection: z.string(),
  permissions: z.record(z.string(), z.string()).catch({}),
});
type Body = z.infer<typeof Body>;
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
    if (answer.status === 404) {
      const repositories = before?.repositories?.filter((name) => name !== repo) ?? null;
      // Of all repositories this one is not one: it was renamed, or deleted. Which others there are is not known then.
      if (before !== null && repositories !== null) await store.write(organization, { ...before, repositories });
      else await store.forget(organization);
      await store.setAbsent(repository, clock.now());
      return null;
    }
    const body = Body.parse(answer.data);
    const others = before?.id === body.id ? (before.repositories ?? []) : [];
    const installation = remembered(body, [...new Set([...others, repo])], clock.now());
    await store.write(organization, installation);
    return installation.suspended ? null : known(organization, installation);
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
        const some = body.repository_selection !== "all" && !isSuspended(body);
        await store.write(owner, remembered(body, some ? await repositoriesOf(as) : [], clock.now()));
      } catch (error) {
        // It went while we asked: its own event is on its way.
        if (!(error instanceof NotInstalled)) throw error;
        await store.forget(owner);
      }
    },
    async owners() {
      const owners: Organization[] = [];
      for (let page = 1; ; page += 1) {
        const { data } = await asApp("apps.listInstallations", "/app/installations", { per_page: pageSize, page });
        const installations = z.array(Body).parse(data);
        for (const { account } of installations) {
          const owner = Organization.safeParse(account?.login?.toLowerCase());
          // An enterprise has no login, and no repositories.
          if (owner.success) owners.push(owner.data);
        }
        if (installations.length < pageSize) return owners;
      }
    },
  };
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
