/** Whatever stands in a commit, a job or a log: Slack takes the message, and it links and formats only what we meant. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkMessage } from "../../../sandbox/slack/block-kit.ts";
import { AlertState, Note } from "../../../src/domain/alert.ts";
import { JobId, Organization, Pipeline } from "../../../src/domain/ids.ts";
import { alertMessage, plainAlertMessage } from "../../../src/slack/messages/alert.ts";
import type { Message } from "../../../src/slack/messages/blocks.ts";
import { noteMessage } from "../../../src/slack/messages/note.ts";
import { markupOf } from "./reading.ts";
import { build, cause, failing, verdict } from "./samples.ts";

const previousUrl = "https://acme.slack.com/archives/C0123/p1789984980000100";

const hostile = fc.constantFrom(
  "<!channel>",
  "<!here|x> <@U1>",
  "<https://evil.example|Open build>",
  "&lt;!channel&gt;",
  "```*_~`",
  ">>> quoted\n> twice",
  "*/_",
  "ends in a bar|",
  "\u202eright to left\u2066",
  "עברית العربية",
  "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  ":rspec: :pipeline:",
  "constructor",
  "__proto__",
  "",
  " \u200b",
);
/** 600 characters are more than any part of a message keeps. */
const anyText = fc.oneof(
  hostile,
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.array(hostile, { maxLength: 5 }).map((parts) => parts.join(" ")),
  fc.constantFrom("&", "<", "👩‍🚀", "`", "a ").map((unit) => unit.repeat(600 / unit.length)),
);
const anyCount = fc.nat(500);
const anyNumber = fc.integer({ min: 1, max: 10 ** 12 });
const anySlug = fc.constantFrom("api", "a_b.c-d", "p".repeat(120));
const anyId = fc.constantFrom("e7ba7f14-bb2d-4db7-a08e-7102bc80423e", "f".repeat(64));
const anyJobs = fc.array(anyText, { maxLength: 12 });

function orNull<T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(values, { nil: null });
}

const anyBuild = fc.record({
  number: anyNumber,
  commit: orNull(fc.oneof(fc.constantFrom("4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180", "f".repeat(64)), anyText)),
  title: anyText,
  person: orNull(anyText),
  pullRequest: orNull(anyNumber),
  at: fc.oneof(fc.constant(0), fc.nat(4e12), fc.double({ noNaN: true, noDefaultInfinity: true })),
});

const anyCause = fc.record({
  key: anyText,
  name: anyText,
  jobId: anyId,
  type: fc.constantFrom("script", "trigger"),
  kind: fc.constantFrom("failed", "timedOut", "expired", "agentLost", "canceled", "promised"),
  exitStatus: orNull(fc.integer()),
  shards: fc.array(anyCount, { maxLength: 20 }),
  shardsTotal: orNull(anyCount),
  child: orNull(fc.record({ pipeline: anySlug, number: anyNumber, causes: anyJobs })),
});

const anyVerdict = fc.record({
  outcome: fc.constantFrom("failing", "failed", "passed"),
  at: fc.constant(null),
  causes: fc.array(anyCause, { maxLength: 10 }),
  failedJobs: anyCount,
  retrying: fc.boolean(),
  totalJobs: anyCount,
  casualties: anyCount,
  jobsUnknown: fc.boolean(),
  recovered: anyJobs,
  recoveredBuild: fc.boolean(),
});

const anyState = {
  id: fc.constant("0123456789ab-1"),
  organization: anySlug,
  pipeline: anySlug,
  branch: anyText,
  pipelineName: anyText,
  repository: orNull(fc.oneof(fc.constantFrom("acme/shop", `${"o".repeat(39)}/${"r".repeat(100)}`), anyText)),
  channel: fc.constant("C0123"),
  previous: fc.constant(null),
  timesBroken: anyCount,
  streak: anyCount,
  streakTruncated: fc.boolean(),
  since: anyBuild,
  newest: anyBuild,
  verdict: anyVerdict,
  flakes: fc.dictionary(anyText, anyCount, { maxKeys: 3 }),
  toldJobs: fc.constant([]),
};
const by = fc.constantFrom("build", "retry", "withdrawn");
const anyAlert = fc
  .oneof(
    fc.record({ ...anyState, status: fc.constant("failing") }),
    fc.record({
      ...anyState,
      status: fc.constant("fixed"),
      fixed: fc.record({ by, build: orNull(anyBuild), at: fc.nat(4e12) }),
    }),
  )
  .map((state) => AlertState.parse(state));

const after = fc.integer({ min: -1, max: 10 ** 12 });
const person = orNull(anyText);
const anyNote = fc
  .oneof(
    fc.record({ kind: fc.constant("alsoBroken"), build: anyNumber, jobs: anyJobs }),
    fc.record({ kind: fc.constant("stillFailing"), build: anyNumber, streak: anyCount }),
    fc.record({ kind: fc.constant("fixed"), by, build: anyNumber, person, recovered: anyJobs, after }),
    fc.record({ kind: fc.constant("brokeAgain"), build: anyNumber, person, timesBroken: anyCount }),
    fc.record({ kind: fc.constant("log"), build: anyNumber, job: anyText, jobId: anyId, lines: anyJobs }),
  )
  .map((note) => Note.parse(note));

describe("a message made of hostile text", () => {
  it("is taken by Slack and means what we meant: alerts", () => {
    fc.assert(
      fc.property(anyAlert, fc.constantFrom(null, previousUrl), (alert, url) => {
        expectSafe(alertMessage(alert, { previousUrl: url }));
        expectSafe(plainAlertMessage(alert));
      }),
      { numRuns: 300 },
    );
  });

  it("fits, also when everything in it is as long as can be", () => {
    const slug = Pipeline.parse("p".repeat(120));
    const long = "&".repeat(10_000);
    const worst = cause(long, {
      jobId: JobId.parse("f".repeat(64)),
      exitStatus: -(2 ** 31),
      shards: Array.from({ length: 500 }, (_, index) => 1e6 + index),
      shardsTotal: 2e6,
      child: { pipeline: slug, number: 1e11, causes: Array(20).fill(long) },
    });
    const change = { commit: long, title: long, person: long, pullRequest: 1e11 };
    const alert = failing({
      organization: Organization.parse("o".repeat(120)),
      pipeline: slug,
      repository: `${"o".repeat(39)}/${"r".repeat(100)}`,
      branch: long,
      pipelineName: long,
      streak: 500,
      timesBroken: 500,
      since: build(1e11, change),
      newest: build(1e11, change),
      verdict: verdict(Array(10).fill(worst), { casualties: 500 }),
      flakes: { [worst.key]: 500 },
    });
    const message = alertMessage(alert, { previousUrl });
    expectSafe(message);
    expect(markupOf(message)[3]).toMatch(/^• .*\n• <[^|>]*\|\+4500 more>$/);
  });

  it("is taken by Slack and means what we meant: notes", () => {
    fc.assert(fc.property(anyNote, anyText, (note, branch) => expectSafe(noteMessage(failing({ branch }), note))));
  });
});

/** A link or a date of ours. */
const ours =
  /<(?:!date\^\d+\^[^|<>]+|https:\/\/(?:buildkite\.com|github\.com|acme\.slack\.com)\/[\w./#-]+)\|([^|<>]+)>/g;

function expectSafe(message: Message): void {
  expect(checkMessage(message, "chat.update")).toEqual([]);
  expect(message.text.trim()).not.toBe("");
  expect(message.text.length).toBeLessThanOrEqual(3_000);
  expect(message.text).not.toMatch(/[<>\n]/);
  expect(JSON.stringify(message)).not.toMatch(/\\ud|[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/i);
  for (const markup of markupOf(message)) {
    const rest = markup.replace(ours, "$1");
    expect(rest).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)|^&gt;/m);
    // Bold and code come in pairs and lie on one line; strike and italic we do not use.
    expect(rest.replace(/`[^`\n]+`/g, "code").replace(/\*[^*\n]+\*/g, "bold")).not.toMatch(/[`*~]/);
  }
}
