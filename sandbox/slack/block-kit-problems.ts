/** What is wrong with blocks, said with Slack's words where they are known. */
import type { z } from "zod";

export interface Problem {
  /** Where in the arguments, as a JSON pointer: `/blocks/0/text/text`. */
  readonly pointer: string;
  readonly message: string;
  /** What Slack answers to the call. */
  readonly error: string;
}

export function problemsOf(error: z.ZodError, root: string, code = ""): Problem[] {
  return error.issues.map((issue) => ({ pointer: pointerOf(root, issue.path), message: issue.message, error: code }));
}

function pointerOf(root: string, path: readonly PropertyKey[]): string {
  const steps = path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`);
  return root + steps.join("");
}

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

export function inSlacksWords(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return `missing required field: ${String(issue.path?.at(-1) ?? "")}`;
      return `must provide ${named(issue.expected)}`;
    case "too_big":
      if (issue.origin === "array") return `no more than ${issue.maximum} items allowed`;
      return issue.origin === "string" ? tooLong(Number(issue.maximum)) : `must be at most ${issue.maximum}`;
    case "too_small":
      if (issue.origin === "array") return `no fewer than ${issue.minimum} items allowed`;
      return issue.origin === "string" ? "must be more than 0 characters" : `must be at least ${issue.minimum}`;
    case "unrecognized_keys":
      return `invalid additional property: ${issue.keys.join(", ")}`;
    case "invalid_union": {
      if (issue.discriminator === undefined) return "failed to match all allowed schemas";
      const type = typeIn(issue.input);
      return type === undefined ? "missing required field: type" : `unsupported type: ${type}`;
    }
    case "invalid_value":
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    default:
      // Our own rules and formats come with their own words.
      return undefined;
  }
}

function named(type: string): string {
  const name = type === "record" ? "object" : type;
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

function typeIn(value: unknown): string | undefined {
  return typeof value === "object" && value !== null && "type" in value ? String(value.type) : undefined;
}

export function tooLong(limit: number): string {
  return `must be less than ${limit + 1} characters`;
}

/** An id may be left out (Slack makes one up), but not used twice. */
export function repeated<K extends string>(
  items: readonly { readonly [key in K]?: string | undefined }[],
  key: K,
  pointer: string,
  error: string,
): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const [index, item] of items.entries()) {
    const id = item[key];
    if (id === undefined) continue;
    if (seen.has(id)) problems.push({ pointer: `${pointer}/${index}/${key}`, message: `${key} already exists`, error });
    seen.add(id);
  }
  return problems;
}
