import type { Clock } from "../clock.ts";
import type { RepositoryRef } from "../domain/pull.ts";
import type { GithubSettings } from "../github-settings.ts";
import type { Call, Identity } from "./call.ts";
import { NotInstalled } from "./call.ts";
import { type GithubClient, GithubRefused } from "./client.ts";
import { createGraphql } from "./graphql.ts";
import type { InstallationLookup } from "./installations.ts";

export interface ClientOptions {
  readonly settings: GithubSettings;
  readonly call: Call;
  readonly installations: InstallationLookup;
  readonly clock: Clock;
}

/** What was heard of an installation so recently is not doubted because of a 404. */
const freshMs = 60_000;

export function createGithubClient({ settings, call, installations, clock }: ClientOptions): GithubClient {
  const graphql = createGraphql({ call, apiUrl: settings.apiUrl, clock });

  /**
   * What GitHub does not show to an installation that lost the repository is a 404 like any other: so GitHub is asked
   * whether it is still the one. None of the refusals that lead here had an effect, so the work may be done again.
   */
  async function asInstallation<T>(repository: RepositoryRef, work: (as: Identity) => Promise<T>): Promise<T | null> {
    const found = await installations.of(repository);
    if (found === null) return null;
    try {
      return await work(found.as);
    } catch (error) {
      if (!mayBeGone(error)) throw error;
      if (error instanceof GithubRefused && found.readAt + freshMs > clock.now()) throw error;
      const now = await installations.again(repository);
      if (now === null) return null;
      if (now.as.id === found.as.id) throw error;
      return work(now.as);
    }
  }

  return {
    host: settings.host,
    appId: settings.appId,
    call(repository, request) {
      const { organization: owner, repository: repo } = repository;
      return asInstallation(repository, (as) =>
        call(as, { ...request, parameters: { owner, repo, ...request.parameters } }),
      );
    },
    graphql: (repository, name, query, variables) =>
      asInstallation(repository, (as) => graphql(as, { name, query, variables })),
    callAsApp: (request) => call({ kind: "app" }, request),
    readInstallation: (owner) => installations.read(owner),
  };
}

function mayBeGone(error: unknown): boolean {
  return error instanceof NotInstalled || (error instanceof GithubRefused && [401, 403, 404].includes(error.status));
}
