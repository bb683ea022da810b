/** Webhooks of GitHub, made beforehand out of Octokit's examples, and signed. None repeats what another has said. */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { z } from "zod";
import { type PreparedRequest, prepare } from "./connection.ts";

export const githubPath = "/github/webhooks";
export const githubSecret = "bench-github-webhook-secret";

const Pull = z.looseObject({ number: z.number(), head: z.looseObject({ sha: z.string() }) });
const Example = z.looseObject({ action: z.string(), pull_request: Pull });
type Example = z.infer<typeof Example>;
const Definitions = z.array(z.looseObject({ name: z.string(), examples: z.array(z.unknown()) }));

const file = createRequire(import.meta.url).resolve("@octokit/webhooks-examples");
const definitions = Definitions.parse(JSON.parse(readFileSync(file, "utf8")));

/** The one that an app is told, which has its installation in it. */
function example(event: string, action: string): Example {
  const examples = definitions.find(({ name }) => name === event)?.examples ?? [];
  const found = examples.find((each) => {
    const parsed = z.looseObject({ action: z.string() }).safeParse(each);
    return parsed.data?.action === action && "installation" in parsed.data;
  });
  if (found === undefined) throw new Error(`Cannot measure: Octokit has no example of ${event}.${action}`);
  return Example.parse(found);
}

interface Step {
  readonly event: "pull_request" | "pull_request_review";
  readonly example: Example;
  /** Which of its commits is the head. */
  readonly head: number;
  readonly state?: Readonly<Record<string, unknown>>;
}

const opened: Step = { event: "pull_request", example: example("pull_request", "opened"), head: 0 };
/** Two of them wake a job: the first head, and the next one. */
const life: readonly Step[] = [
  opened,
  { event: "pull_request", example: example("pull_request", "labeled"), head: 0 },
  { event: "pull_request", example: example("pull_request", "review_requested"), head: 0 },
  { event: "pull_request", example: example("pull_request", "assigned"), head: 0 },
  { event: "pull_request", example: example("pull_request", "synchronize"), head: 1 },
  { event: "pull_request_review", example: example("pull_request_review", "submitted"), head: 1 },
  { event: "pull_request", example: example("pull_request", "unlabeled"), head: 1 },
  {
    event: "pull_request",
    example: example("pull_request", "closed"),
    head: 1,
    state: { merged: true, merged_at: "2026-09-21T10:00:07Z" },
  },
];

export const stepsOfLife = life.length;

/** All that GitHub tells of a pull request, from its beginning to its merge. */
export function wholeLife(number: number): PreparedRequest[] {
  return life.map((step, second) => requestFor(step, number, second));
}

/** A pull request was opened, the webhook that every head's check begins with. */
export function opening(number: number): PreparedRequest {
  return requestFor(opened, number, 0);
}

function requestFor({ event, example, head, state = {} }: Step, number: number, second: number): PreparedRequest {
  const pull = {
    ...example.pull_request,
    ...state,
    number,
    updated_at: `2026-09-21T10:00:0${second}Z`,
    head: { ...example.pull_request.head, sha: (number * 2 + head).toString(16).padStart(40, "0") },
  };
  const numbered = "number" in example ? { number } : {};
  const body = Buffer.from(JSON.stringify({ ...example, ...numbered, pull_request: pull }));
  const signature = createHmac("sha256", githubSecret).update(body).digest("hex");
  const delivery = `00000000-0000-4000-8000-${(number * 10 + second).toString(16).padStart(12, "0")}`;
  const headers = {
    "User-Agent": "GitHub-Hookshot/2026",
    Accept: "*/*",
    "Content-Type": "application/json",
    "X-GitHub-Delivery": delivery,
    "X-GitHub-Event": event,
    "X-GitHub-Hook-ID": "1",
    "X-GitHub-Hook-Installation-Target-ID": "29310",
    "X-GitHub-Hook-Installation-Target-Type": "integration",
    "X-Hub-Signature-256": `sha256=${signature}`,
  };
  return prepare(githubPath, headers, body);
}
