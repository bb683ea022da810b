/**
 * The one door to GitHub's API: authentication per installation, limits, pauses and conditional requests are behind it,
 * and a failure says whether the call may have had its effect.
 */
import type { Organization } from "../domain/ids.ts";
import type { RepositoryRef } from "../domain/pull.ts";

export interface GithubRequest {
  /** What the metrics and errors call it, such as `checks.create`. */
  readonly name: string;
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Of GitHub's REST API, with `{name}` for each parameter: `/repos/{owner}/{repo}/pulls/{pull_number}`. */
  readonly path: string;
  /** Path parameters by name, the rest is the query (GET) or the JSON body. `owner` and `repo` are filled in. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Keeps the answer with its ETag, and asks GitHub only whether it changed: that costs nothing of the limit. */
  readonly conditional?: boolean;
  /** For `Accept`, when it is not the usual JSON. */
  readonly accept?: string;
  /** Statuses that are an answer like any other, such as 404. */
  readonly expected?: readonly number[];
}

export interface GithubAnswer {
  readonly status: number;
  /** Parsed JSON, or text when that was asked for. Not checked: read it by a schema. */
  readonly data: unknown;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

/** GitHub said no: the call had no effect. */
export class GithubRefused extends Error {
  readonly status: number;

  constructor(name: string, status: number, hint: string, options?: ErrorOptions) {
    super(`GitHub refused ${name}: ${status}${hint}`, options);
    this.name = "GithubRefused";
    this.status = status;
  }
}

/** No answer, or one that does not tell: the call may have had its effect. */
export class GithubUnclear extends Error {
  constructor(name: string, options?: ErrorOptions) {
    super(`GitHub did not answer ${name} clearly: it may have succeeded`, options);
    this.name = "GithubUnclear";
  }
}

/** Errors of all methods: `Later` when GitHub asked to wait (certainly no effect), `GithubRefused`, `GithubUnclear`. */
export interface GithubClient {
  /** The host of repositories' addresses: `github.com`, or that of a GitHub Enterprise Server. */
  readonly host: string;
  /** The app's id: its own check runs carry it. */
  readonly appId: number;
  /** As the installation that has the repository. @returns null when there is none (any more), or it is suspended. */
  call(repository: RepositoryRef, request: GithubRequest): Promise<GithubAnswer | null>;
  /** One GraphQL query as the installation that has the repository; `data` of the answer. @returns null as `call`. */
  graphql(
    repository: RepositoryRef,
    name: string,
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<unknown>;
  /** As the app itself: installations and deliveries. */
  callAsApp(request: GithubRequest): Promise<GithubAnswer>;
  /** Asks where the app is installed at an owner's, and remembers that for all calls. */
  readInstallation(owner: Organization): Promise<void>;
}
