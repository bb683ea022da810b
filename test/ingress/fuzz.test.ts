/**
 * A thousand mutations of each webhook, correctly signed so that they get past the door, over HTTP. fast-check prints
 * the seed and the smallest case of a failure.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFixture, sign, signatures, startTestIngress } from "./harness.ts";
import { createMutator, mutation } from "./mutations.ts";

// 40 runs of 25 deliveries at once.
const runs = 40;
const batch = { minLength: 25, maxLength: 25 };

describe("a mutated body", () => {
  it.each(Object.keys(signatures))("of %s is stored, ignored or refused, and nothing else", async (name) => {
    const mutate = createMutator(readFixture(name));
    await using ingress = await startTestIngress();
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, batch), async (mutations) => {
        ingress.events.length = 0;
        const answers = await Promise.all(mutations.map((each) => ingress.deliver(mutate(each))));
        const outcomes = answers.map(({ status, body }) => `${status} ${body.split(/[:\n]/, 1)}`);
        for (const outcome of outcomes) {
          expect(outcome).toBeOneOf(["200 stored", "200 ignored", "400 Cannot read the webhook"]);
          seen.add(outcome);
        }
        expect(ingress.events).toHaveLength(outcomes.filter((outcome) => outcome === "200 stored").length);
        for (const event of ingress.events) expectSafe(event);
      }),
      { numRuns: runs },
    );
    // Else the mutations would be too tame, or too wild, to tell anything.
    expect(seen).toContain("400 Cannot read the webhook");
    expect(seen.size).toBeGreaterThan(1);
  });
});

describe("a mutated signature", () => {
  it("is never good", async () => {
    const raw = readFixture("build.finished");
    const good = sign(raw);
    await using ingress = await startTestIngress();
    await fc.assert(
      fc.asyncProperty(fc.array(mutatedHeader(good), batch), async (headers) => {
        const answers = await Promise.all(
          headers.map((header) => ingress.deliver(raw, { "x-buildkite-signature": header })),
        );
        expect(answers.map(({ status }) => status)).toEqual(headers.map(() => 401));
        expect(ingress.events).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});

/** What the mutations may leave in an event: nothing that is long, breaks a line or half of a character. */
function expectSafe(event: unknown): void {
  const json = JSON.stringify(event);
  expect(json.length).toBeLessThan(10_000);
  expect(json.isWellFormed()).toBe(true);
  // The one escape allowed is the line break in a message.
  expect(json.replaceAll("\\n", "")).not.toMatch(/\\[bfrtu]|[\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
}

/** Never only another case, order or spacing: these mean the same. */
function mutatedHeader(good: string): fc.Arbitrary<string> {
  const at = fc.nat({ max: good.length - 1 });
  const character = fc.constantFrom(..."0123456789abcdef=,xyz-.;");
  return fc.oneof(
    fc
      .tuple(at, character)
      .filter(([position, replacement]) => good[position] !== replacement)
      .map(([position, replacement]) => good.slice(0, position) + replacement + good.slice(position + 1)),
    fc.tuple(at, character).map(([position, extra]) => good.slice(0, position) + extra + good.slice(position)),
    fc
      .tuple(at, fc.integer({ min: 1, max: 20 }))
      .map(([from, length]) => good.slice(0, from) + good.slice(from + length)),
    fc.constantFrom(...good.split(","), "", "=", "signature=", "timestamp").map((part) => `${good},${part}`),
    fc.string({ maxLength: 100 }).map((noise) => noise.replace(/[^\x20-\x7e]/g, "")),
  );
}
