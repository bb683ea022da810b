/** The example payloads that Octokit collects: of github.com, and of GitHub Enterprise Servers. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";

const main = createRequire(import.meta.url).resolve("@octokit/webhooks-examples");
const Definitions = z.array(z.object({ name: z.string(), examples: z.array(z.record(z.string(), z.unknown())) }));

export const exampleSets = ["api.github.com", "ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35"] as const;

export interface Example {
  /** For the header. */
  readonly event: string;
  /** `pull_request.opened`. */
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const read = new Map<string, readonly Example[]>();

/** Each file is read once: it is large. */
export function readExamples(set: (typeof exampleSets)[number] = "api.github.com"): readonly Example[] {
  const known = read.get(set);
  if (known !== undefined) return known;
  const file = join(dirname(dirname(main)), set, "index.json");
  const examples = Definitions.parse(JSON.parse(readFileSync(file, "utf8"))).flatMap(({ name, examples }) =>
    examples.map((body) => {
      const { action } = body;
      return { event: name, name: typeof action === "string" ? `${name}.${action}` : name, body };
    }),
  );
  read.set(set, examples);
  return examples;
}

/** The first with that name. */
export function exampleOf(name: string): Example {
  const example = readExamples().find((each) => each.name === name);
  if (example === undefined) throw new Error(`Cannot find an example of ${name}`);
  return example;
}
