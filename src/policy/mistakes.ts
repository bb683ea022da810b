/** What is wrong with settings, in sentences with a line: what zod found, and what to write instead. */
import type { z } from "zod";
import type { Mistake, YamlFile, YamlPath } from "./yaml.ts";

type Issue = z.core.$ZodIssue;

const most = 50;

/** In the order of the file. */
export function mistakesIn(issues: readonly Issue[], file: YamlFile): Mistake[] {
  return issues
    .flatMap((issue) => mistakesOf(issue, [], file))
    .sort((a, b) => a.line - b.line)
    .slice(0, most);
}

function mistakesOf(issue: Issue, around: YamlPath, file: YamlFile): Mistake[] {
  const path = [...around, ...issue.path];
  if (issue.code === "invalid_union") {
    const inner = mostSpecific(issue.errors);
    if (inner !== null) return inner.flatMap((each) => mistakesOf(each, path, file));
  }
  if (issue.code === "unrecognized_keys") {
    const messages = issue.message.split("\n");
    return issue.keys.map((key, i) => ({ line: file.lineOfKey(path, key), message: said(path, messages[i] ?? "") }));
  }
  // A key of a record is named by its mapping.
  if (issue.code === "invalid_key") {
    const key = String(path.at(-1));
    const [first] = issue.issues;
    const around = path.slice(0, -1);
    return [{ line: file.lineOfKey(around, key), message: said(path, first?.message ?? issue.message) }];
  }
  return [{ line: file.lineOf(path), message: said(path, `${missing(path, file)}${issue.message}`) }];
}

/** Of a choice, the branch that got further than its first look: that is the one that was meant. */
function mostSpecific(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  return (
    branches.find(([first]) => first !== undefined && (first.path.length > 0 || first.code === "unrecognized_keys")) ??
    null
  );
}

function missing(path: YamlPath, { content }: YamlFile): string {
  const isThere = path.reduce<unknown>((value, key) => {
    return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  }, content);
  return path.length > 0 && isThere === undefined ? "it is missing; " : "";
}

/** "routes.0.channel: write …" */
function said(path: YamlPath, message: string): string {
  const place = path.map((key) => String(key).slice(0, 40)).join(".");
  return `${place || "top level"}: ${message}`;
}
