/**
 * A thousand mutations of each webhook in CI, and two hundred before, correctly signed so that they get past the door, over HTTP. fast-check prints
 * the seed and the smallest case of a failure.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effort } from "../harness/effort.ts";
import { readFixture, sign, signatures, startTestIngress, webhook } from "./harness.ts";
import { createMutator, mutation } from "./mutations.ts";
import { openWire, post } from "./wire.ts";

// Runs of 25 deliveries at once: 1,000 in CI.
const runs = effort(40, 5);
const batch = { minLength: 25, maxLength: 25 };
// Finding the smallest case of a failure takes many runs more.
const options = { timeout: 60_000 };
const expected = ["200 stored", "200 ignored", "400 Cannot read the webhook"];

describe("a mutated body", () => {
  it.each(Object.keys(signatures))("of %s is stored, ignored or refused, and nothing else", options, async (name) => {
    const mutate = createMutator(readFixture(name));
    await using ingress = await startTestIngress();
    using wire = await openWire(ingress.port);
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, batch), async (mutations) => {
        ingress.events.length = 0;
        const bodies = mutations.map(mutate);
        const requests = bodies.map((body) => post(webhook, { "x-buildkite-signature": sign(body) }, body));
        const outcomes = (await wire.exchange(requests)).map(
          ({ status, body }) => `${status} ${body.split(/[:\n]/, 1)}`,
        );
        const unexpected = outcomes.filter((outcome) => !expected.includes(outcome));
        expect(unexpected).toEqual([]);
        expect(ingress.events).toHaveLength(outcomes.filter((outcome) => outcome === "200 stored").length);
        expect(ingress.events.filter((event) => !isSafe(event))).toEqual([]);
        for (const outcome of outcomes) seen.add(outcome);
      }),
      { numRuns: runs },
    );
    // Else the mutations would be too tame, or too wild, to tell anything.
    expect(seen).toContain("400 Cannot read the webhook");
    expect(seen.size).toBeGreaterThan(1);
  });
});

describe("a mutated signature", () => {
  it("is never good", options, async () => {
    const raw = readFixture("build.finished");
    const good = sign(raw);
    await using ingress = await startTestIngress();
    using wire = await openWire(ingress.port);
    await fc.assert(
      fc.asyncProperty(fc.array(mutatedHeader(good), batch), async (headers) => {
        const answers = await wire.exchange(
          headers.map((header) => post(webhook, { "x-buildkite-signature": header }, raw)),
        );
        expect(answers.map(({ status }) => status)).toEqual(headers.map(() => 401));
        expect(ingress.events).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});

/** No text in an event is long, hides something, or has half of a character or a line too many. */
function isSafe(value: unknown, key = ""): boolean {
  if (typeof value === "string") {
    const text = key === "message" ? value.replaceAll("\n", "") : value;
    return text.length <= 1_300 && text.isWellFormed() && !/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(text);
  }
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, child]) => isSafe(child, key));
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
