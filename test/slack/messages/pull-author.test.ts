import { expect, it } from "vitest";
import { checkMessage } from "../../../sandbox/slack/block-kit.ts";
import { pullAuthorMessage } from "../../../src/slack/messages/pull-author.ts";
import { buildRef, causeOf, verdictWith } from "../../harness/facts.ts";
import { read } from "./reading.ts";

const url = "https://github.com/acme/payments-api/pull/512";

it("who opened a pull request is told what is red", () => {
  const causes = ["Specs", "Lint", "E2E", "Docs"].map((name) => causeOf(name));
  const red = { facts: { ref: buildRef(), pipelineName: "Payments API" }, verdict: verdictWith({ causes }) };
  expect(read(pullAuthorMessage({ number: 512, title: "Round amounts", url }, [red]))).toMatchInlineSnapshot(`
    "[Your pull request #512 Round amounts is red.]
    ----
    :red_circle: Your pull request <https://github.com/acme/payments-api/pull/512|#512 Round amounts> is red.
    • <https://buildkite.com/acme/payments-api/builds/42|Payments API #42>: Specs, Lint, E2E and 1 more
    ----
    [Open the pull request]"
  `);
});

it("nothing of others means anything in it", () => {
  const hostile = "<!channel> <@U0BOB> *_~` ".repeat(400);
  const causes = Array.from({ length: 10 }, () => causeOf(hostile));
  const red = { facts: { ref: buildRef(), pipelineName: hostile }, verdict: verdictWith({ causes }) };
  const message = pullAuthorMessage(
    { number: 512, title: hostile, url },
    Array.from({ length: 30 }, () => red),
  );
  expect(checkMessage(message)).toEqual([]);
  expect(JSON.stringify(message)).not.toMatch(/<!channel>|<@U0BOB>/);
});
