/** The API: who may ask, how often, which route answers, and what is the same as last time. */
import { createHash } from "node:crypto";
import type { Faults } from "../faults.ts";
import type { HttpAnswer, HttpReply, HttpRequest } from "../http.ts";
import { createFinder, type FoundRoute } from "../routes.ts";
import { allows, sees } from "./access.ts";
import { appRoutes } from "./api-app.ts";
import { type Call, failure, notFound, type Route } from "./api-call.ts";
import { checkRoutes } from "./api-checks.ts";
import { commentRoutes } from "./api-comments.ts";
import { commitRoutes } from "./api-commits.ts";
import { deliveryRoutes } from "./api-deliveries.ts";
import { pullRoutes } from "./api-pulls.ts";
import { repositoryRoutes } from "./api-repositories.ts";
import type { Auth, Caller } from "./auth.ts";
import { graphqlRoute } from "./graphql/route.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { Repository } from "./repository.ts";
import type { Webhooks } from "./webhooks.ts";
import type { World } from "./world.ts";

export interface ApiRequest {
  /** The name of its route; null when there is none. */
  readonly name: string | null;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: string;
  /** Null while it hangs, and for ever when the connection was dropped. */
  status: number | null;
}

export interface ApiOptions {
  readonly world: World;
  readonly auth: Auth;
  readonly webhooks: Webhooks;
  readonly limit: RateLimit;
  readonly faults: Faults;
}

const routes: readonly Route[] = [
  ...appRoutes,
  ...deliveryRoutes,
  ...repositoryRoutes,
  ...commitRoutes,
  ...pullRoutes,
  ...commentRoutes,
  ...checkRoutes,
  graphqlRoute,
];

const findRoute = createFinder(routes);

export class Api {
  readonly requests: ApiRequest[] = [];
  /** Known once the server listens. */
  origin = "";
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  async handle(original: HttpRequest): Promise<HttpReply> {
    const request = { ...original, path: this.#path(original.path) };
    const found = findRoute(request);
    const query = request.query.toString();
    const path = query === "" ? request.path : `${request.path}?${query}`;
    const { method, body } = request;
    const entry: ApiRequest = { name: found?.route.name ?? null, method, path, body, status: null };
    this.requests.push(entry);
    const { faults, limit, auth } = this.#options;
    const caller = auth.caller(request.headers.authorization);
    const reply = await faults.carryOut(found === null ? null : faults.take(found.route.name), {
      run: () => this.#answer(request, found, caller),
      refuse: (fault) => {
        const [who, resource] = [whoIs(caller), resourceOf(request)];
        if (fault.kind === "error")
          return resource === "graphql" ? graphqlFailure(fault.error) : failure(422, fault.error);
        const seconds = fault.retryAfterSeconds;
        return seconds === null ? limit.exhausted(who, resource) : limit.secondary(who, resource, seconds);
      },
    });
    if (reply === "drop") return reply;
    entry.status = reply.status;
    // The time of the service: clients with another clock set theirs by it.
    return { ...reply, headers: { date: new Date(this.#options.world.clock.now()).toUTCString(), ...reply.headers } };
  }

  #answer(request: HttpRequest, found: FoundRoute<Route> | null, caller: ReturnType<Auth["caller"]>): HttpAnswer {
    const { limit } = this.#options;
    if (caller.kind === "refused") return failure(caller.status, caller.message);
    const [who, resource] = [whoIs(caller), resourceOf(request)];
    const refusal = limit.refusal(who, resource);
    if (refusal !== null) return refusal;
    const answer = found === null ? notFound() : this.#route(request, found, caller);
    const etag = request.method === "GET" && answer.status === 200 ? etagOf(answer) : null;
    const unchanged = etag !== null && request.headers["if-none-match"] === etag;
    // What did not change costs nothing.
    if (!unchanged) limit.count(who, resource);
    const headers = { ...limit.headers(who, resource), ...(etag === null ? {} : { etag }) };
    return unchanged ? { status: 304, headers } : { ...answer, headers: { ...headers, ...answer.headers } };
  }

  #route(request: HttpRequest, { route, params }: FoundRoute<Route>, caller: Caller): HttpAnswer {
    const { world, auth, webhooks } = this.#options;
    const call: Call = { world, auth, webhooks, request, params, origin: this.origin, caller };
    const fullName = `${params.owner ?? ""}/${params.repo ?? ""}`;
    const repository = world.findRepository(fullName);
    const moved = repository === undefined ? world.movedRepository(fullName) : undefined;
    if (route.as === "app") {
      if (caller.kind !== "app") return failure(401, "A JSON web token could not be decoded");
      return moved === undefined ? route.handle(call) : movedTo(moved, call);
    }
    if (caller.kind === "app") return failure(403, "Resource not accessible by integration");
    if (route.as === "installation") return route.handle(call);
    const { token } = caller;
    if (moved !== undefined && sees(token, moved)) return movedTo(moved, call);
    if (repository === undefined || !sees(token, repository)) return notFound();
    if (!allows(token, route.as)) {
      const needed = route.as.map((need) => need.replace(":", "=")).join("; ");
      const headers = { "x-accepted-github-permissions": needed };
      return { ...failure(403, "Resource not accessible by integration"), headers };
    }
    return route.handle({ ...call, repository, token });
  }

  /** GitHub Enterprise Server has the same below `/api`; repositories can also be named by their numbers. */
  #path(original: string): string {
    const path = original.replace(/^\/api(?:\/v3(?=\/)|(?=\/graphql$))/, "");
    const [, id, below = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
    const repository = this.#options.world.repositories.find((each) => String(each.id) === id);
    return repository === undefined ? path : `/repos/${repository.fullName}${below}`;
  }
}

function whoIs(caller: ReturnType<Auth["caller"]>): string {
  if (caller.kind === "installation") return `installation ID ${caller.token.installation.id}`;
  return caller.kind === "app" ? "app" : "nobody";
}

/** GraphQL says no with 200. */
function graphqlFailure(message: string): HttpAnswer {
  return { status: 200, body: { data: null, errors: [{ message }] } };
}

function resourceOf({ path }: HttpRequest): string {
  return path === "/graphql" ? "graphql" : "core";
}

function etagOf({ body }: HttpAnswer): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return `W/"${createHash("sha256").update(text).digest("hex")}"`;
}

/** A repository that was renamed, or went to another owner, is still to be had, one step further. */
function movedTo({ id }: Repository, { params, request, origin }: Call): HttpAnswer {
  const below = request.path.slice(`/repos/${params.owner}/${params.repo}`.length);
  const query = request.query.size === 0 ? "" : `?${request.query}`;
  const url = `${origin}/repositories/${id}${below}${query}`;
  const { body } = failure(301, "Moved Permanently");
  return { status: 301, headers: { location: url }, body: Object.assign({ url }, body) };
}
