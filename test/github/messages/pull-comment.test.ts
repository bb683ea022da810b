import { describe, expect, it } from "vitest";
import { Pipeline } from "../../../src/domain/ids.ts";
import { type PullComment, pullComment } from "../../../src/github/messages/pull-comment.ts";
import { begin, buildFacts, buildRef } from "../../harness/facts.ts";
import { broken, green, head, reported, specsLog } from "./samples.ts";

function build(slug: string, number: number) {
  return buildFacts({
    ref: { ...buildRef(number), pipeline: Pipeline.parse(slug) },
    pipelineName: null,
    commit: head,
    startedAt: begin,
  });
}

const payments = reported({ facts: build("payments-api", 42), verdict: broken(), log: specsLog });
const docs = reported({ facts: build("docs", 7), verdict: green() });

function bodyOf(comment: PullComment | null): string {
  return comment?.body ?? "nothing";
}

describe("the comment on a pull request", () => {
  it("is not begun while nothing has failed", () => {
    const running = { ...docs, verdict: green({ outcome: "running" }) };
    expect(pullComment(head, [docs, running], null)).toBeNull();
    expect(pullComment(head, [], null)).toBeNull();
  });

  it("stays as it is while the newest commit has no build", () => {
    expect(pullComment(head, [], [])).toBeNull();
  });

  it("tells what failed", () => {
    expect(bodyOf(pullComment(head, [docs, payments], null))).toMatchInlineSnapshot(`
      "<!-- signalbox:pull -->

      :x: **1 of 2 builds of 4bb485c failed**

      **[payments-api #42](https://buildkite.com/acme/payments-api/builds/42)** failed: 3 of 14 jobs
      - [Specs](https://buildkite.com/acme/payments-api/builds/42#c1) exit 1 · shards 1, 3 of 4
      - [Lint](https://buildkite.com/acme/payments-api/builds/42#c2) timed out

      <details>
      <summary>Last lines of Specs</summary>

      \`\`\`text
      1) rounds half-even
         expected 2, got 3
      rspec ./spec/round_spec.rb:12 # rounds half-even
      \`\`\`

      </details>

      [docs #7](https://buildkite.com/acme/docs/builds/7) passed

      <sub>Comment \`/signalbox help\` to see what you can ask for.</sub>"
    `);
  });

  it("tells of a failure early", () => {
    const failing = { ...payments, verdict: broken({ outcome: "failing" }), log: null };
    const comment = pullComment(head, [failing], null);
    expect(bodyOf(comment)).toMatchInlineSnapshot(`
      "<!-- signalbox:pull -->

      :x: **The build of 4bb485c is failing**

      **[payments-api #42](https://buildkite.com/acme/payments-api/builds/42)** is failing: 3 of 14 jobs so far
      - [Specs](https://buildkite.com/acme/payments-api/builds/42#c1) exit 1 · shards 1, 3 of 4
      - [Lint](https://buildkite.com/acme/payments-api/builds/42#c2) timed out

      <sub>Comment \`/signalbox help\` to see what you can ask for.</sub>"
    `);
    expect(comment?.settled).toBe(false);
  });

  it("is one line when it is green again, and has what had failed folded away", () => {
    const before = pullComment(head, [payments], null)?.failed ?? [];
    const comment = pullComment(head, [docs, { ...payments, verdict: green() }], before);
    expect(bodyOf(comment)).toMatchInlineSnapshot(`
      "<!-- signalbox:pull -->

      :white_check_mark: All builds of 4bb485c passed

      <details>
      <summary>What had failed</summary>

      - [payments-api #42](https://buildkite.com/acme/payments-api/builds/42) of 4bb485c: Specs, Lint

      </details>"
    `);
    expect(comment?.failed).toEqual(before);
  });

  it("is a line about builds that run, or ended otherwise", () => {
    const running = { ...docs, verdict: green({ outcome: "running" }) };
    expect(bodyOf(pullComment(head, [running], []))).toBe(
      "<!-- signalbox:pull -->\n\n:hourglass_flowing_sand: Builds of 4bb485c are running",
    );
    const canceled = { ...docs, verdict: green({ outcome: "canceled" }) };
    expect(bodyOf(pullComment(head, [canceled, docs], []))).toBe(
      "<!-- signalbox:pull -->\n\n:white_circle: No build of 4bb485c failed: " +
        "[docs #7](https://buildkite.com/acme/docs/builds/7) was canceled",
    );
  });
});
