/** Finds the route of a request to a stand-in's API, by paths like `GET /repos/:owner/:repo/contents/:path+`. */
import type { HttpRequest } from "./http.ts";

interface Named {
  /** Method and path; `:name` takes a part of the path, `:name+` all that is left. */
  readonly path: string;
}

export interface FoundRoute<R> {
  readonly route: R;
  /** Decoded. */
  readonly params: Readonly<Record<string, string>>;
}

export function createFinder<R extends Named>(routes: readonly R[], prefix = "") {
  const patterns = routes.map((route) => ({ route, pattern: patternOf(route.path, prefix) }));
  return (request: HttpRequest): FoundRoute<R> | null => {
    for (const { route, pattern } of patterns) {
      const match = pattern.exec(`${request.method} ${request.path}`);
      if (match !== null) return { route, params: decoded(match.groups ?? {}) };
    }
    return null;
  };
}

function patternOf(path: string, prefix: string): RegExp {
  const pattern = path
    .replaceAll(".", "\\.")
    .replace(/:(\w+)(\+?)/g, (_match, name: string, more: string) => `(?<${name}>${more === "+" ? ".+" : "[^/]+"})`);
  return new RegExp(`^${pattern.replace(" ", ` ${prefix}`)}$`);
}

function decoded(groups: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
}
