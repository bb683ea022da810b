import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BranchRef, Channel, Pipeline } from "../../src/domain/ids.ts";
import {
  channelFor,
  isTracked,
  type Match,
  matchesPattern,
  type Policy,
  usualSettings,
} from "../../src/domain/policy.ts";
import { hour } from "../harness/clock.ts";
import { mainBranch } from "../harness/facts.ts";

const source = { file: "signalbox.yml", line: 1 } as const;

function policy(over: Partial<Policy> = {}): Policy {
  return {
    routes: [],
    defaultChannel: null,
    defaults: usualSettings,
    people: new Map(),
    track: [],
    mutes: [],
    neverAlert: [],
    teams: new Map(),
    reopenWithin: 2 * hour,
    followUp: null,
    repository: null,
    ...over,
  };
}

function branch(pipeline: string, name: string): BranchRef {
  return { ...mainBranch, pipeline: Pipeline.parse(pipeline), branch: name };
}

describe("a pattern", () => {
  it.each([
    ["main", "main"],
    ["*", ""],
    ["*", "feature/x"],
    ["**", ""],
    ["release/*", "release/1.2"],
    ["release/*", "release/"],
    ["*-api", "payments-api"],
    ["a*b*c", "abc"],
    ["a*b*c", "a-b-b-c"],
    ["*a*", "banana"],
    ["a*a", "aa"],
    ["v?.1", "v?.1"],
    ["gh-readonly-queue/main/*", "gh-readonly-queue/main/pr-512-6ae04f7"],
  ])("%j matches %j", (pattern, text) => {
    expect(matchesPattern(pattern, text)).toBe(true);
  });

  it.each([
    ["main", "main2"],
    ["main", "Main"],
    ["main", ""],
    ["", "main"],
    ["release/*", "release"],
    ["release/*", "my-release/1"],
    ["*-api", "payments-api-2"],
    ["a*a", "a"],
    ["ab*ba", "aba"],
    ["a*b*c", "acb"],
    ["a*bc*c", "abc"],
    ["v?.1", "v1.1"],
    ["ma.n", "main"],
    ["[a-z]", "a"],
  ])("%j does not match %j", (pattern, text) => {
    expect(matchesPattern(pattern, text)).toBe(false);
  });

  it("agrees with a regular expression in which only the star means something", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "\n"), maxLength: 8 });
    const patterns = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "*", "*"), maxLength: 6 });
    fc.assert(
      fc.property(patterns, text, (pattern, subject) => {
        const expression = pattern.split("*").map(RegExp.escape).join("[^]*");
        expect(matchesPattern(pattern, subject)).toBe(new RegExp(`^${expression}$`).test(subject));
      }),
      { numRuns: 500 },
    );
  });

  it("takes no longer than the text is long, however many stars it has", () => {
    expect(matchesPattern(`${"*a".repeat(5_000)}b`, "a".repeat(10_000))).toBe(false);
  });
});

describe("whether a branch is watched", () => {
  it.each<[watched: boolean, why: string, track: Match[], ref: BranchRef, defaultBranch: string | null]>([
    [true, "it is the pipeline's default branch", [], mainBranch, "main"],
    [false, "it is another", [], branch("payments-api", "feature/x"), "main"],
    [false, "nobody knows the default branch", [], mainBranch, null],
    [true, "nobody knows the default branch, but it is named", [{ branch: "main" }], mainBranch, null],
    [true, "it is named", [{ branch: "release/*" }], branch("payments-api", "release/1"), "main"],
    [true, "its pipeline is named", [{ pipeline: "payments-*" }], branch("payments-api", "feature/x"), "main"],
    [
      true,
      "the second that is named fits",
      [{ branch: "x" }, { pipeline: "payments-api", branch: "release/*" }],
      branch("payments-api", "release/1"),
      "main",
    ],
    [
      false,
      "only one half of what is named fits",
      [{ pipeline: "other", branch: "release/*" }],
      branch("payments-api", "release/1"),
      "main",
    ],
    [true, "all are named", [{}], branch("payments-api", "feature/x"), "main"],
  ])("%s: %s", (watched, _, track, ref, defaultBranch) => {
    const rules = track.map((match) => ({ ...match, source }));
    expect(isTracked(policy({ track: rules }), ref, defaultBranch)).toBe(watched);
  });

  it("is never so in the follow-up pipeline: its builds follow others and are nobody's change", () => {
    const followUp = { pipeline: Pipeline.parse("analytics"), branch: "main", commit: "HEAD" };
    expect(isTracked(policy({ followUp, track: [{ source }] }), branch("analytics", "main"), "main")).toBe(false);
    expect(isTracked(policy({ followUp }), mainBranch, "main")).toBe(true);
  });
});

describe("where an alert goes", () => {
  const [payments, releases, rest] = ["C0PAYMENTS", "C0RELEASES", "C0REST"].map((id) => Channel.parse(id));
  const routes = [
    { match: { pipeline: "payments-*" }, channel: Channel.parse("C0PAYMENTS"), source, ...usualSettings },
    { match: { branch: "release/*" }, channel: Channel.parse("C0RELEASES"), source, ...usualSettings },
  ];
  const routed = policy({ routes, defaultChannel: Channel.parse("C0REST") });

  it("is the channel of the first route that matches", () => {
    expect(channelFor(routed, branch("payments-api", "release/1"))).toBe(payments);
    expect(channelFor(routed, branch("web", "release/1"))).toBe(releases);
  });

  it("is the default channel when none matches", () => {
    expect(channelFor(routed, branch("web", "main"))).toBe(rest);
    expect(channelFor(policy({ defaultChannel: Channel.parse("C0REST") }), mainBranch)).toBe(rest);
  });

  it("is nowhere when none matches and there is no default", () => {
    expect(channelFor(policy({ routes }), branch("web", "main"))).toBeNull();
    expect(channelFor(policy(), mainBranch)).toBeNull();
  });
});
