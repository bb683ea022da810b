/** Compares what the stand-in says with the fixtures: by the keys, as the values are of another story. */
import { readFileSync } from "node:fs";

export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/buildkite/${name}.json`, import.meta.url), "utf8");
}

export function keysOfJson(json: string): string[] {
  return [...new Set(keysOf(JSON.parse(json), ""))].sort();
}

/** Every key as a path. The keys of meta-data are the user's own. */
function keysOf(value: unknown, path: string): string[] {
  if (Array.isArray(value) && value.some((item) => typeof item === "object")) {
    return value.flatMap((item) => keysOf(item, `${path}[]`));
  }
  if (Array.isArray(value) || typeof value !== "object" || value === null || path.endsWith("meta_data")) return [path];
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, `${path}.${key}`));
}
