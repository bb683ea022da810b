/** Mutations of GitHub's webhooks, correctly signed so that they get past the door: as for Buildkite's in fuzz.test.ts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effort } from "../harness/effort.ts";
import { exampleOf } from "./github-examples.ts";
import { githubAppId, githubHeaders, githubSecret, githubWebhookPath, startTestIngress } from "./harness.ts";
import { createMutator, mutation } from "./mutations.ts";
import { openWire, post } from "./wire.ts";

const runs = effort(40, 5);
const batch = { minLength: 25, maxLength: 25 };
const options = { timeout: 60_000 };
const expected = ["200 stored", "200 ignored", "400 Cannot read the webhook"];

const names = [
  "pull_request.opened",
  "pull_request_review.submitted",
  "issue_comment.created",
  "check_run.rerequested",
  "check_suite.rerequested",
  "push",
  "installation.created",
  "repository.transferred",
];

/** The example made interesting, and without most of what nobody reads. */
function bodyOf(name: string): Buffer {
  const kept = (key: string, value: unknown) => (/_url$|^_links$|^permissions$/.test(key) ? undefined : value);
  const body = JSON.parse(JSON.stringify(exampleOf(name).body, kept));
  if (name === "issue_comment.created") {
    body.issue.pull_request = {};
    body.comment.body = "/signalbox rerun";
  }
  if (name.startsWith("check_")) {
    const check = body.check_run ?? body.check_suite;
    Object.assign(check, { external_id: "acme-inc/payments-api/42", app: { id: githubAppId } });
  }
  if (name === "push") Object.assign(body, { ref: "refs/heads/main", deleted: false, after: "a".repeat(40) });
  return Buffer.from(JSON.stringify(body));
}

describe("a mutated body", () => {
  it.each(names)("of %s is stored, ignored or refused, and nothing else", options, async (name) => {
    const mutate = createMutator(bodyOf(name));
    const { event } = exampleOf(name);
    await using ingress = await startTestIngress({ githubSecrets: [githubSecret] });
    using wire = await openWire(ingress.port);
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, batch), async (mutations) => {
        ingress.githubEvents.length = 0;
        const bodies = mutations.map(mutate);
        const requests = bodies.map((body) => post(githubWebhookPath, githubHeaders(event, body), body));
        const outcomes = (await wire.exchange(requests)).map(
          ({ status, body }) => `${status} ${body.split(/[:\n]/, 1)}`,
        );
        expect(outcomes.filter((outcome) => !expected.includes(outcome))).toEqual([]);
        expect(ingress.githubEvents).toHaveLength(outcomes.filter((outcome) => outcome === "200 stored").length);
        expect(ingress.githubEvents.filter((stored) => !isSafe(stored))).toEqual([]);
        for (const outcome of outcomes) seen.add(outcome);
      }),
      { numRuns: runs },
    );
    expect(seen).toContain("400 Cannot read the webhook");
    expect(seen).toContain("200 stored");
  });
});

describe("a mutated signature", () => {
  it("is never good", options, async () => {
    const raw = bodyOf("pull_request.opened");
    const good = githubHeaders("pull_request", raw);
    const header = good["x-hub-signature-256"];
    const mutated = fc
      .tuple(fc.nat({ max: header.length - 1 }), fc.constantFrom(..."0123456789abcdefABCDEF=,"))
      .filter(([at, character]) => header[at] !== character)
      .chain(([at, character]) =>
        fc.constantFrom(
          header.slice(0, at) + character + header.slice(at + 1),
          header.slice(0, at) + character + header.slice(at),
          header.slice(0, at),
          `${header},${character}`,
        ),
      );
    await using ingress = await startTestIngress({ githubSecrets: [githubSecret] });
    using wire = await openWire(ingress.port);
    await fc.assert(
      fc.asyncProperty(fc.array(mutated, batch), async (headers) => {
        const requests = headers.map((signature) =>
          post(githubWebhookPath, { ...good, "x-hub-signature-256": signature }, raw),
        );
        const answers = await wire.exchange(requests);
        expect(answers.map(({ status }) => status)).toEqual(headers.map(() => 401));
        expect(ingress.githubEvents).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});

/** No text in an event is long, hides something, or has half of a character; only comments have several lines. */
function isSafe(value: unknown, key = ""): boolean {
  if (typeof value === "string") {
    const text = key === "body" ? value.replace(/[\t\r\n]/g, "") : value;
    const most = key === "body" ? 65_536 : 400;
    return text.length <= most && text.isWellFormed() && !/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(text);
  }
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, child]) => isSafe(child, key));
}
