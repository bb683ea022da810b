/** What whoever wrote a command is answered, also when what it is about has hostile names. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCommands } from "../../../src/domain/comment-command.ts";
import { Organization, Pipeline } from "../../../src/domain/ids.ts";
import { Mute } from "../../../src/domain/mute.ts";
import {
  type AnsweredBuild,
  answerMarker,
  helpAnswer,
  mistakesAnswer,
  refusedAnswer,
  statusAnswer,
  whyAnswer,
} from "../../../src/github/messages/answers.ts";
import { buildFacts, causeOf, pipeline, verdictWith } from "../../harness/facts.ts";
import { broken, head, reported } from "./samples.ts";

const noRules = { route: null, track: null, repository: null };

function answered(over: Partial<AnsweredBuild> = {}): AnsweredBuild {
  return { ...reported({ verdict: broken() }), tracked: false, hasAlert: false, rules: noRules, audit: [], ...over };
}

describe("answers", () => {
  it("help lists all commands", () => {
    expect(helpAnswer().markdown).toMatchInlineSnapshot(`
      "Write a command at the beginning of a line of its own. Several in one comment are carried out all or none.

      - \`/signalbox rerun\`: Run the failed jobs of this commit again. Needs write access.
      - \`/signalbox rebuild\`: Start new builds of this commit in place of those that failed. Needs write access.
      - \`/signalbox mute <job> [everywhere] [for 4h | until tomorrow | until fixed] [because …]\`: Keep quiet about a job for a time, on this branch or on every one; an hour when you do not say how long. Needs write access.
      - \`/signalbox unmute <job>\`: End the mutes of a job. Needs write access.
      - \`/signalbox status\`: How the builds of this commit are.
      - \`/signalbox why\`: What is known of the failure, and which rules apply to it.
      - \`/signalbox help\`: This list."
    `);
  });

  it("status names the builds", () => {
    expect(statusAnswer(head, []).markdown).toBe("Signalbox knows no build of 4bb485c yet.");
    const running = answered({ verdict: verdictWith({ outcome: "running", jobsUnknown: false }) });
    expect(statusAnswer(head, [answered(), running]).markdown).toMatchInlineSnapshot(`
      "Builds of 4bb485c:

      **[Payments API #42](https://buildkite.com/acme/payments-api/builds/42)** failed: 3 of 14 jobs
      - [Specs](https://buildkite.com/acme/payments-api/builds/42#c1) exit 1 · shards 1, 3 of 4
      - [Lint](https://buildkite.com/acme/payments-api/builds/42#c2) timed out

      **[Payments API #42](https://buildkite.com/acme/payments-api/builds/42)** is running"
    `);
  });

  it("why tells the rules, and who did what", () => {
    const audit = {
      at: Date.UTC(2026, 8, 21, 10, 3),
      action: "takeOver",
      user: "U0ADA",
      name: "Ada @here",
      from: "button",
      alert: null,
      detail: null,
    } as const;
    const here = { ...audit, user: "github:ada", name: "ada (GitHub)", from: "comment" } as const;
    const linked = { ...audit, action: "mute", from: "check" } as const;
    expect(
      whyAnswer(head, [answered({ tracked: true, hasAlert: true, audit: [audit, here, linked] })]).markdown,
    ).toMatchInlineSnapshot(`
      "**[Payments API #42](https://buildkite.com/acme/payments-api/builds/42)** failed: 3 of 14 jobs

      - [Specs](https://buildkite.com/acme/payments-api/builds/42#c1) exit 1 · shards 1, 3 of 4
      - [Lint](https://buildkite.com/acme/payments-api/builds/42#c2) timed out

      - \`round-amounts\` is watched, and there is an alert in Slack
      - Nothing of it is muted
      - 2026-09-21 10:03 UTC: ada, take over
      - 2026-09-21 10:03 UTC: mute"
    `);
    expect(whyAnswer(head, []).markdown).toBe(
      "No build of 4bb485c is known to have failed, so there is nothing to explain.",
    );
  });

  it("says what Buildkite refused, and what was done all the same", () => {
    const build = { organization: Organization.parse("acme"), pipeline: Pipeline.parse("shop"), number: 3 };
    const refused = {
      build,
      what: "retry",
      reason: "Jobs from canceled builds cannot be retried",
      offer: "rebuild",
    } as const;
    expect(refusedAnswer([], 1)).toBeNull();
    expect(refusedAnswer([refused], 1)?.markdown).toMatchInlineSnapshot(`
      "Not all of this was possible:
      - The failed jobs of [shop #3](https://buildkite.com/acme/shop/builds/3) do not run again: Jobs from canceled builds cannot be retried. \`/signalbox rebuild\` may work."
    `);
    expect(
      refusedAnswer([{ ...refused, what: "rebuild", reason: "", offer: null }], 0)?.markdown,
    ).toMatchInlineSnapshot(`
      "This was not possible:
      - [shop #3](https://buildkite.com/acme/shop/builds/3) is not built again: no reason was given."
    `);
  });
});

const pieces = fc.constantFrom(
  ..."`*_~[]()!|#<>&@\\ \n",
  "```",
  "@everyone",
  "<img src=x>",
  "<!-- signalbox:answer 1 -->",
  "](https://evil.example)",
  "www.evil.example",
  "#1",
  "GH-3",
  "\u202e",
  "😀",
  "/signalbox rerun",
  "x".repeat(300),
);
const hostile = fc.array(pieces, { maxLength: 30 }).map((all) => all.join(""));

/** Nothing of it is a tag, a mention, a reference or a link but ours, outside of code. */
function expectHarmless(markdown: string): void {
  expect(markdown.length).toBeLessThan(65_000);
  for (const line of markdown.split("\n")) {
    const prose = line
      .replace(/\\.|(`+)(?!`).*?(?<!`)\1(?!`)/g, "x")
      .replace(/\]\(https:\/\/buildkite\.com\/[\w./#-]+\)/g, "]");
    expect(prose).not.toMatch(/[<`]|@(?!\u2060)|:\/\/|www\.e|(?<!\\)\]\(|\bGH-3|[\u202e]/);
    expect(prose).not.toMatch(/^\/signalbox/);
  }
}

it("are harmless whatever others wrote", () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, hostile, (branch, job, typed, reason) => {
      const mutes = [
        Mute.parse({
          id: "0000000002",
          organization: "acme",
          scope: { kind: "jobEverywhere", pipeline, job, name: typed },
          by: { login: "ada" },
          at: 0,
          until: null,
          reason,
          alert: null,
          ended: null,
        }),
        Mute.parse({
          id: "0000000001",
          organization: "acme",
          scope: { kind: "jobEverywhere", pipeline, job, name: job },
          by: { user: "U0ADA", name: typed },
          at: 0,
          until: null,
          reason,
          alert: null,
          ended: null,
        }),
      ];
      const facts = buildFacts({ branch, pipelineName: typed, commit: head });
      const verdict = verdictWith({ outcome: "failed", causes: [causeOf(job)], failedJobs: 1 });
      const build = answered({ facts, verdict, mutes });
      expectHarmless(statusAnswer(head, [build]).markdown);
      expectHarmless(whyAnswer(head, [build]).markdown);
      expectHarmless(refusedAnswer([{ build: facts.ref, what: "retry", reason, offer: null }], 0)?.markdown ?? "");
      const parsed = parseCommands([typed.replaceAll("\n", " ")], 0, "UTC");
      if (parsed.kind === "mistaken") expectHarmless(mistakesAnswer(parsed.mistakes)?.markdown ?? "");
    }),
  );
});

it("the marker names what is answered", () => {
  expect(answerMarker("17")).toBe("<!-- signalbox:answer 17 -->");
});
