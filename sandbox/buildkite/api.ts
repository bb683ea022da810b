/** The REST API: who may ask, how often, and which route answers. */

import type { Faults } from "../faults.ts";
import type { HttpAnswer, HttpReply, HttpRequest } from "../http.ts";
import { createFinder, type FoundRoute } from "../routes.ts";
import { buildRoutes } from "./api-builds.ts";
import { type Call, failure, type Route } from "./api-call.ts";
import { jobRoutes } from "./api-jobs.ts";
import { time } from "./payloads.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { Person, World } from "./world.ts";

export interface ApiRequest {
  /** The name of its route; null when there is none. */
  readonly name: string | null;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Null while it hangs, and for ever when the connection was dropped. */
  status: number | null;
}

export interface ApiOptions {
  readonly world: World;
  readonly token: string;
  readonly scopes: readonly string[];
  readonly user: Person;
  readonly limit: RateLimit;
  readonly faults: Faults;
}

const routes: readonly Route[] = [
  { name: "accessToken.get", path: "GET /access-token", scope: null, handle: accessToken },
  ...buildRoutes,
  ...jobRoutes,
];

const findRoute = createFinder(routes, "/v2");

export class Api {
  readonly requests: ApiRequest[] = [];
  /** Known once the server listens. */
  origin = "";
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  async handle(request: HttpRequest): Promise<HttpReply> {
    const found = findRoute(request);
    const query = request.query.toString();
    const path = query === "" ? request.path : `${request.path}?${query}`;
    const entry: ApiRequest = { name: found?.route.name ?? null, method: request.method, path, status: null };
    this.requests.push(entry);
    const { faults, limit } = this.#options;
    const reply = await faults.carryOut(found === null ? null : faults.take(found.route.name), {
      run: () => this.#answer(request, found),
      refuse: (fault) =>
        fault.kind === "error" ? failure({ status: 422, message: fault.error }) : limit.refuse(fault.retryAfterSeconds),
    });
    if (reply !== "drop") entry.status = reply.status;
    return reply;
  }

  #answer(request: HttpRequest, found: FoundRoute<Route> | null): HttpAnswer {
    const { world, token, scopes, user, limit } = this.#options;
    const headers = () => limit.headers();
    if (request.headers.authorization !== `Bearer ${token}`) {
      const message =
        "Authentication required. Please supply a valid API Access Token: https://buildkite.com/docs/apis/rest-api#authentication";
      return { ...failure({ status: 401, message }), headers: headers() };
    }
    const refusal = limit.count();
    if (refusal !== null) return refusal;
    const organization = found?.params.organization ?? world.organization.slug;
    if (found === null || organization !== world.organization.slug) {
      return { ...failure({ status: 404, message: "Not Found" }), headers: headers() };
    }
    const { scope, handle } = found.route;
    if (scope !== null && !scopes.includes(scope)) {
      const message = `Your access token doesn't have the ${scope} scope`;
      return { ...failure({ status: 403, message }), headers: headers() };
    }
    const answer = handle({ world, request, params: found.params, origin: this.origin, user, scopes });
    return { ...answer, headers: { ...headers(), ...answer.headers } };
  }
}

function accessToken({ world, scopes, user }: Call): HttpAnswer {
  const created_at = time(world.organization.createdAt, "webhook");
  const { name, email } = user;
  const uuid = "70ce0000-0000-4000-8000-000000000001";
  return {
    status: 200,
    body: { uuid, scopes, description: "signalbox", created_at, expires_at: null, user: { email, name } },
  };
}
