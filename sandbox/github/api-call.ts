/** One request to the REST API, its route, and the forms of answers that the routes share. */
import type { HttpAnswer, HttpRequest } from "../http.ts";
import type { Auth, Caller, Token } from "./auth.ts";
import type { Repository } from "./repository.ts";
import type { Webhooks } from "./webhooks.ts";
import type { World } from "./world.ts";

export interface Call {
  readonly world: World;
  readonly auth: Auth;
  readonly webhooks: Webhooks;
  readonly request: HttpRequest;
  /** The parts of the path that its route names. */
  readonly params: Readonly<Record<string, string>>;
  /** Of this server, for links to further pages. */
  readonly origin: string;
  readonly caller: Caller;
}

/** A call about a repository that the caller can see. */
export interface RepositoryCall extends Call {
  readonly repository: Repository;
  readonly token: Token;
}

/** What a token must be allowed, such as `checks:write`; one of several is enough. */
export type Need = `${string}:${"read" | "write"}`;

interface RouteBase {
  /** Names the request for faults and in the log of requests: as Octokit calls it. */
  readonly name: string;
  /** `:name` stands for one segment, `:name+` for one or more. */
  readonly path: `${"GET" | "POST" | "PATCH" | "DELETE"} /${string}`;
}

export type Route = RouteBase &
  (
    | { readonly as: "app" | "installation"; readonly handle: (call: Call) => HttpAnswer }
    | { readonly as: readonly Need[]; readonly handle: (call: RepositoryCall) => HttpAnswer }
  );

export function failure(status: number, message: string, page = "rest", errors?: readonly object[]): HttpAnswer {
  const documentation_url = `https://docs.github.com/rest/${page === "rest" ? "" : page}`;
  const details = errors === undefined ? {} : { errors };
  return { status, body: { message, ...details, documentation_url, status: String(status) } };
}

export const notFound = (): HttpAnswer => failure(404, "Not Found");

/** For what a schema of ours refused. */
export function invalid(
  problems: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): HttpAnswer {
  const lines = problems.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return failure(422, `Invalid request.\n\n${lines.join("\n")}`);
}

/** One page of a list; `Link` names the others. */
export function paged<Item>(call: Call, items: readonly Item[], body: (page: readonly Item[]) => unknown): HttpAnswer {
  const { size, page } = pageOf(call, 30);
  const shown = items.slice((page - 1) * size, page * size);
  return { status: 200, headers: linkHeader(call, page, Math.ceil(items.length / size)), body: body(shown) };
}

export function pageOf({ request: { query } }: Call, usual: number): { readonly size: number; readonly page: number } {
  const asked = Number(query.get("per_page") ?? usual);
  const size = Number.isInteger(asked) && asked >= 1 ? Math.min(asked, Math.max(usual, 100)) : usual;
  const page = Number(query.get("page") ?? 1);
  return { size, page: Number.isInteger(page) && page >= 1 ? page : 1 };
}

export function linkHeader(call: Call, page: number, last: number): Record<string, string> {
  const pages: [string, number][] = [];
  if (page > 1) pages.push(["prev", Math.min(page - 1, last)]);
  if (page < last) pages.push(["next", page + 1], ["last", last]);
  if (page > 1) pages.push(["first", 1]);
  if (pages.length === 0) return {};
  const links = pages.map(([rel, number]) => `<${linkTo(call, { page: String(number) })}>; rel="${rel}"`);
  return { link: links.join(", ") };
}

export function linkTo(call: Call, changes: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(call.request.query);
  for (const [name, value] of Object.entries(changes)) query.set(name, value);
  return `${call.origin}${call.request.path}?${query}`;
}

/** Undefined when it is not JSON. An empty body is an empty object. */
export function parseJson(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
