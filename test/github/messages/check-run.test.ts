import { describe, expect, it } from "vitest";
import { MuteId, SlackUser } from "../../../src/domain/ids.ts";
import type { Mute } from "../../../src/domain/mute.ts";
import type { Outcome } from "../../../src/domain/outcome.ts";
import { annotationsOf, checkRun } from "../../../src/github/messages/check-run.ts";
import { hour } from "../../harness/clock.ts";
import { at, begin, buildFacts, causeOf, jobId, organization, pipeline, verdictWith } from "../../harness/facts.ts";
import { broken, green, reported, specsLog } from "./samples.ts";

const muteOfLint: Mute = {
  id: MuteId.parse("0123456789"),
  organization,
  scope: { kind: "jobEverywhere", pipeline, job: "Lint", name: "Lint" },
  by: { user: SlackUser.parse("U0ADA"), name: "Ada" },
  at: begin,
  until: at(4 * hour),
  reason: null,
  alert: null,
  ended: null,
};

describe("the check run of a build", () => {
  it.each<[Outcome, boolean, string, string]>([
    ["running", false, "queued", "Scheduled"],
    ["running", true, "in_progress", "Running"],
    ["failing", true, "in_progress", "Failing: 3 jobs failed so far"],
    ["passed", true, "success", "Passed"],
    ["failed", true, "failure", "3 of 14 jobs failed"],
    ["canceled", true, "cancelled", "Canceled"],
    ["blocked", true, "neutral", "Waits to be unblocked"],
    ["skipped", false, "skipped", "Skipped"],
    ["notRun", false, "skipped", "Did not run"],
  ])("that is %s (begun: %s) is %s: %s", (outcome, begun, expected, title) => {
    const verdict = outcome === "failing" || outcome === "failed" ? broken({ outcome }) : green({ outcome });
    const facts = buildFacts({ startedAt: begun ? begin : null });
    const run = checkRun(reported({ facts, verdict }), true);
    expect([run.conclusion ?? run.status, run.output.title]).toEqual([expected, title]);
    expect(run.status === "completed").toBe(run.conclusion !== undefined);
    expect(run.completed_at === undefined).toBe(run.status !== "completed");
  });

  it("says what failed, where to read on, and what one can do", () => {
    const run = checkRun(
      reported({
        verdict: broken({ casualties: 2 }),
        attempts: new Map([[jobId("c1"), 3]]),
        log: specsLog,
        mutes: [muteOfLint],
      }),
      true,
    );
    expect(run).toMatchInlineSnapshot(`
      {
        "actions": [
          {
            "description": "Have Buildkite retry what has failed",
            "identifier": "rerun",
            "label": "Rerun failed jobs",
          },
        ],
        "completed_at": "2026-09-21T10:04:00.000Z",
        "conclusion": "failure",
        "details_url": "https://buildkite.com/acme/payments-api/builds/42",
        "external_id": "acme/payments-api/42",
        "name": "Signalbox: payments-api",
        "output": {
          "summary": "[Payments API #42](https://buildkite.com/acme/payments-api/builds/42) on \`round-amounts\` failed: 3 of 14 jobs.

      - [Specs](https://buildkite.com/acme/payments-api/builds/42#c1) exit 1 · shards 1, 3 of 4 · 3 attempts
      - [Lint](https://buildkite.com/acme/payments-api/builds/42#c2) timed out · muted until 2026-09-21 14:00 UTC (from Slack)

      2 jobs did not start because of it.",
          "text": "Last lines of Specs:

      \`\`\`text
      1) rounds half-even
         expected 2, got 3
      rspec ./spec/round_spec.rb:12 # rounds half-even
      \`\`\`

      [Open the build on Buildkite](https://buildkite.com/acme/payments-api/builds/42)",
          "title": "3 of 14 jobs failed",
        },
        "started_at": "2026-09-21T10:00:00.000Z",
        "status": "completed",
      }
    `);
  });

  it("names what passed only on retry", () => {
    const run = checkRun(reported({ verdict: green({ recovered: ["Specs", "E2E *fast*"] }) }), true);
    expect(run.output.title).toBe("Passed, 2 jobs only on retry");
    expect(run.output.summary).toContain("Passed only on retry: Specs, E2E \\*fast\\*");
  });

  it("names what failed in a build that it triggered", () => {
    const child = { pipeline, number: 7, causes: ["Unit", "E2E", "Lint", "Docs"] };
    const run = checkRun(reported({ verdict: verdictWith({ causes: [causeOf("Deploy", { child })] }) }), false);
    expect(run.output.summary).toContain(
      "→ [payments-api #7](https://buildkite.com/acme/payments-api/builds/7): Unit, E2E, Lint and 1 more",
    );
  });

  it("says so when nobody knows what failed", () => {
    const run = checkRun(reported({ verdict: verdictWith() }), true);
    expect(run.output.title).toBe("Failed");
    expect(run.output.summary).toContain("failed: which jobs is not known.");
    expect(run.actions).toEqual([]);
  });

  it("offers a rerun only where Buildkite lets us, and a mute only of a job that failed alone", () => {
    const offered = (over: Parameters<typeof reported>[0], canRerun: boolean): string[] =>
      checkRun(reported(over), canRerun).actions.map(({ identifier }) => identifier);
    const lint = verdictWith({ causes: [causeOf("Lint")] });
    const shards = verdictWith({ causes: [causeOf("Specs", { shards: [1, 2], shardsTotal: 4 })], failedJobs: 2 });
    expect(offered({ verdict: lint }, true)).toEqual(["rerun", "mute"]);
    expect(offered({ verdict: lint }, false)).toEqual(["mute"]);
    expect(offered({ verdict: lint, mutes: [muteOfLint] }, true)).toEqual(["rerun"]);
    expect(offered({ verdict: shards }, true)).toEqual(["rerun", "mute"]);
    expect(offered({ verdict: broken() }, true)).toEqual(["rerun"]);
    expect(offered({ verdict: broken({ outcome: "failing" }) }, true)).toEqual([]);
    expect(offered({ verdict: green() }, true)).toEqual([]);
  });

  it("says that a retry is running, and offers no other", () => {
    const run = checkRun(reported({ verdict: verdictWith({ causes: [causeOf("Lint")], retrying: true }) }), true);
    expect(run.output.title).toContain("failed, retry is running");
    expect(run.conclusion).toBe("failure");
    expect(run.actions.map(({ identifier }) => identifier)).toEqual(["mute"]);
  });

  it("has labels that GitHub takes", () => {
    for (const { label, description, identifier } of checkRun(
      reported({ verdict: verdictWith({ causes: [causeOf("Lint")] }) }),
      true,
    ).actions) {
      expect(label.length).toBeLessThanOrEqual(20);
      expect(description.length).toBeLessThanOrEqual(40);
      expect(identifier.length).toBeLessThanOrEqual(20);
    }
  });

  it("is annotated when the build has failed, and not before", () => {
    expect(annotationsOf(reported({ verdict: broken(), log: specsLog }))).toEqual([
      {
        path: "spec/round_spec.rb",
        start_line: 12,
        end_line: 12,
        annotation_level: "failure",
        message: "rounds half-even",
      },
    ]);
    expect(annotationsOf(reported({ verdict: broken({ outcome: "failing" }), log: specsLog }))).toEqual([]);
  });
});
