/** Which entry of the route table answers a request; or that none does, or none with this method. */
import { type Reply, type RouteEntry, text } from "./route.ts";

type Match = { readonly kind: "entry"; readonly entry: RouteEntry } | { readonly kind: "none"; readonly reply: Reply };

type Router = (method: string, path: string) => Match;

export function createRouter(entries: readonly RouteEntry[]): Router {
  const exact = Map.groupBy(
    entries.filter((entry) => !entry.path.endsWith("/*")),
    (entry) => entry.path,
  );
  const below = entries.filter((entry) => entry.path.endsWith("/*"));

  return (method, path) => {
    const candidates = exact.get(path) ?? below.filter((entry) => path.startsWith(entry.path.slice(0, -1)));
    if (candidates.length === 0) return { kind: "none", reply: text(404, "There is nothing here.") };
    const wanted = method === "HEAD" ? "GET" : method;
    const entry = candidates.find((candidate) => candidate.method === wanted);
    if (entry !== undefined) return { kind: "entry", entry };
    return { kind: "none", reply: text(405, "Not with this method.", { allow: allowed(candidates) }) };
  };
}

function allowed(candidates: readonly RouteEntry[]): string {
  return candidates.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
}
