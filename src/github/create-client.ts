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
/** Thus GitHub answers, too, for what it does not show. */
const hidden: ReadonlySet<number | null> = new Set([401, 403, 404]);

export function createGithubClient({ settings, call, installations, clock }: ClientOptions): GithubClient {
  const graphql = createGraphql({ call, apiUrl: settings.apiUrl, clock });

  /**
   * What GitHub does not show to an installation that lost the repository is a 404 like any other, also for who expects
   * one: so GitHub is asked whether it is still the one. None of the answers that lead here had an effect, so the work
   * may be done again.
   */
  async function asInstallation<T>(
    repository: RepositoryRef,
    work: (as: Identity) => Promise<T>,
    statusOf: (result: T) => number,
  ): Promise<T | null> {
    const found = await installations.of(repository);
    if (found === null) return null;
    const [first] = await Promise.allSettled([work(found.as)]);
    const error: unknown = first.status === "rejected" ? first.reason : null;
    const status =
      first.status === "fulfilled" ? statusOf(first.value) : error instanceof GithubRefused ? error.status : null;
    const isDoubtful = hidden.has(status) && found.readAt + freshMs <= clock.now();
    const now = isDoubtful || error instanceof NotInstalled ? await installations.again(repository) : found;
    if (now === null) return null;
    if (now.as.id !== found.as.id) return work(now.as);
    if (first.status === "rejected") throw first.reason;
    return first.value;
  }

  return {
    host: settings.host,
    appId: settings.appId,
    call(repository, request) {
      const { organization: owner, repository: repo } = repository;
      const parameters = { owner, repo, ...request.parameters };
      return asInstallation(
        repository,
        (as) => call(as, { ...request, parameters }),
        ({ status }) => status,
      );
    },
    graphql: (repository, name, query, variables) =>
      asInstallation(
        repository,
        (as) => graphql(as, { name, query, variables }),
        () => 200,
      ),
    callAsApp: (request) => call({ kind: "app" }, request),
    readInstallation: (owner) => installations.read(owner),
  };
}
