/** The sandbox as a visitor runs it: the story, and then what they type. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { childEnv } from "../harness/child.ts";

const main = join(import.meta.dirname, "..", "..", "sandbox", "main.ts");

/** @returns what it prints. */
async function visit(...lines: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [main, "--stay"], {
    env: childEnv,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  child.stdin.end(`${[...lines, "quit"].join("\n")}\n`);
  const [printed, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(errors).toBe("");
  expect(await closed).toEqual([0, null]);
  return printed;
}

it("the sandbox plays its story, and goes on with what somebody types", async () => {
  const printed = await visit("break", "ack", "mute", "unmute", "/sb status", "rerun", "rerun", "dance");
  const [story = "", byHand = ""] = printed.split(/^Still running\. /m);
  const scenes = story.split(/^\d\d:\d\d {2}/m).slice(1);
  expect(scenes.map((scene) => scene.split("\n", 1)[0])).toMatchInlineSnapshot(`
    [
      "Ada merges #512. Three minutes later a shard of the specs fails: the alert names the likely cause.",
      "The build ends, and Ada clicks Acknowledge. The same message now says both.",
      "Grace merges #514 on top. Main breaks further: one message, one more line in its thread.",
      "Ada's fix. A shard loses its agent, is retried and passes: nobody is pinged, and main is green.",
      "Within two hours #516 and #517 break main again: the same message reopens, and names both suspects.",
      "Barbara clicks Rerun failed jobs.",
      "This time the job passes. The message turns green, and notes that the job may be flaky.",
      "Grace opens #518, and its build fails. GitHub shows it, Slack does not: one check and one comment.",
      "Grace has seen that before, and comments. The thumb is the answer: the job runs again.",
      "It passes. The check turns green, and what is left of the comment is one line.",
    ]
  `);
  const settled = scenes.map((scene) =>
    scene.replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "(time)").replace(/\b[0-9a-f]{7}\b/g, "(commit)"),
  );
  expect(settled[0]).toMatchInlineSnapshot(`
    "Ada merges #512. Three minutes later a shard of the specs fails: the alert names the likely cause.

      ╭─ #ci-alerts ────────────────────────────────────────────────────────────────────────────────
      │ 🔴 Build #1042 is failing on \`main\` · Payments API  [⋯]
      │ Broken 1 of 3 jobs so far
      │ Author @ada
      │ Failing since (time)
      │ • :rspec: Specs exit 1 · shard 2 of 4
      │ Likely cause #512 Round amounts half-even by Ada Lovelace
      │ Open build  ·  Commit
      │ [Acknowledge] [Rerun failed jobs] [Mute…] [View log]
      │   ↳ Last lines of :rspec: Specs
      │       1) Money#round rounds half-even
      │          expected: 0.12
      │               got: 0.13
      │          # ./spec/money_spec.rb:41
      │     214 examples, 1 failure
      ╰─────────────────────────────────────────────────────────────────────────────────────────────

    "
  `);
  expect(settled[6]).toMatchInlineSnapshot(`
    "This time the job passes. The message turns green, and notes that the job may be flaky.

      ╭─ #ci-alerts ────────────────────────────────────────────────────────────────────────────────
      │ 🟢 \`main\` is green again · Payments API
      │ Build #1045 passed on retry after 6 min: :chrome: Browser tests — possibly flaky
      │ Was red since (time): #1045
      │ 🔄 Rerun by barbara passed
      │   ↳ Last lines of :rspec: Specs
      │       1) Money#round rounds half-even
      │          expected: 0.12
      │               got: 0.13
      │          # ./spec/money_spec.rb:41
      │     214 examples, 1 failure
      │   ↳ 👀 ada acknowledged
      │   ↳ Also broken since #1043: :ruby: Lint
      │   ↳ 🟢 Fixed by #1044 (Ada Lovelace) after 38 min
      │   ⇉ 🔴 \`main\` broke again (2nd time) · Payments API: build #1045, change by @barbara
      │   ↳ Last lines of :chrome: Browser tests
      │     TimeoutError: waiting for selector "#pay" failed
      │   ↳ 🔄 barbara reran the failed jobs of build #1045
      │   ↳ 🟢 Build #1045 passed on retry after 6 min: :chrome: Browser tests — possibly flaky
      ╰─────────────────────────────────────────────────────────────────────────────────────────────

    "
  `);
  expect(settled.slice(7).join("")).toMatchInlineSnapshot(`
    "Grace opens #518, and its build fails. GitHub shows it, Slack does not: one check and one comment.

      ╭─ acme/payments-api ─────────────────────────────────────────────────────────────────────────
      │ #518 Show fees before paying (open, by grace)
      │
      │ signalbox[bot]:
      │   ❌ The build of (commit) failed
      │
      │   Payments API #1046 failed: 1 of 2 jobs
      │   - :chrome: Browser tests exit 1
      │
      │   ▸ Last lines of :chrome: Browser tests
      │
      │   Comment \`/signalbox help\` to see what you can ask for.
      │
      │ ✗ Signalbox: payments-api — 1 of 2 jobs failed [Rerun failed jobs] [Mute this job]
      ╰─────────────────────────────────────────────────────────────────────────────────────────────

    Grace has seen that before, and comments. The thumb is the answer: the job runs again.

      ╭─ acme/payments-api ─────────────────────────────────────────────────────────────────────────
      │ #518 Show fees before paying (open, by grace)
      │
      │ signalbox[bot] (edited):
      │   ❌ The build of (commit) failed
      │
      │   Payments API #1046 failed: 1 of 2 jobs
      │   - :chrome: Browser tests exit 1 · retry is running
      │
      │   ▸ Last lines of :chrome: Browser tests
      │
      │   Comment \`/signalbox help\` to see what you can ask for.
      │
      │ grace:
      │   That is the flake again.
      │   /signalbox rerun
      │   👍 1
      │
      │ ✗ Signalbox: payments-api — 1 of 2 jobs failed, retry is running [Mute this job]
      ╰─────────────────────────────────────────────────────────────────────────────────────────────

    It passes. The check turns green, and what is left of the comment is one line.

      ╭─ acme/payments-api ─────────────────────────────────────────────────────────────────────────
      │ #518 Show fees before paying (open, by grace)
      │
      │ signalbox[bot] (edited):
      │   ✅ All builds of (commit) passed
      │
      │   ▸ What had failed
      │
      │ grace:
      │   That is the flake again.
      │   /signalbox rerun
      │   👍 1
      │
      │ ✓ Signalbox: payments-api — Passed, 1 job only on retry
      ╰─────────────────────────────────────────────────────────────────────────────────────────────

    Three red builds of main, one fix, one rerun: 1 message, edited in place. (↳ in its thread, ⇉ in the channel too)

    "
  `);

  expect(byHand).toContain("Likely cause #519 A change by hand by Sam Rivera");
  expect(byHand).toContain("👀 sam is on it");
  expect(byHand).toContain("🔕 Muted by sam until");
  expect(byHand).toContain("↳ 🔔 sam unmuted :rspec: Specs on `main`");
  expect(byHand).toContain("1 branch failing");
  expect(byHand).toContain("🔄 Rerun by sam passed");
  expect(byHand).toContain("No message has that button now: break it first.");
  expect(byHand.split("You are Sam. In Buildkite: break, fix, retry.")).toHaveLength(3);
});
