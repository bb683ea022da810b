/** The sandbox as a visitor runs it: the story, and then what they type. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";

const main = join(import.meta.dirname, "..", "..", "sandbox", "main.ts");

/** @returns what it prints. */
async function visit(...lines: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [main, "--stay"], {
    env: { PATH: process.env.PATH ?? "" },
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
      "Ada merges #512. Three minutes later a shard of the specs fails; the build is still running.",
      "The build ends, and Ada clicks Acknowledge. The same message now says both.",
      "Grace merges #514 on top. Main breaks further: one message, one more line in its thread.",
      "Ada's fix. A shard loses its agent, is retried and passes: nobody is pinged, and main is green.",
      "Within two hours main breaks again: the same message reopens, and says so in the channel.",
      "Barbara clicks Rerun failed jobs.",
      "This time the job passes. The message turns green, and notes that the job may be flaky.",
    ]
  `);
  expect(scenes.at(-1)?.replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "(time)")).toMatchInlineSnapshot(`
    "This time the job passes. The message turns green, and notes that the job may be flaky.

      ╭─ #ci-alerts ────────────────────────────────────────────────────────────────────────────────
      │ 🟢 \`main\` is green again · Payments API
      │ Build #4 passed on retry after 6 min: :chrome: Browser tests — possibly flaky
      │ Was red since (time): #4
      │ 🔄 Rerun by barbara passed
      │   ↳ Last lines of :rspec: Specs
      │       1) Money#round rounds half-even
      │          expected: 0.12
      │               got: 0.13
      │          # ./spec/money_spec.rb:41
      │     214 examples, 1 failure
      │   ↳ 👀 ada acknowledged
      │   ↳ Also broken since #2: :ruby: Lint
      │   ↳ 🟢 Fixed by #3 (Ada Lovelace) after 38 min
      │   ⇉ 🔴 \`main\` broke again (2nd time) · Payments API: build #4, change by @barbara
      │   ↳ Last lines of :chrome: Browser tests
      │     TimeoutError: waiting for selector "#pay" failed
      │   ↳ 🔄 barbara reran the failed jobs of build #4
      │   ↳ 🟢 Build #4 passed on retry after 6 min: :chrome: Browser tests — possibly flaky
      ╰─────────────────────────────────────────────────────────────────────────────────────────────

    Three red builds, one fix, one rerun: 1 message, edited in place. (↳ in its thread, ⇉ in the channel too)

    "
  `);

  expect(byHand).toContain("👀 sam is on it");
  expect(byHand).toContain("🔕 Muted by sam until");
  expect(byHand).toContain("↳ 🔔 sam unmuted :rspec: Specs on `main`");
  expect(byHand).toContain("1 branch failing");
  expect(byHand).toContain("🔄 Rerun by sam passed");
  expect(byHand).toContain("No message has that button now: break it first.");
  expect(byHand.split("You are Sam. In Buildkite: break, fix, retry.")).toHaveLength(3);
});
