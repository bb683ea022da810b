/**
 * The message of Sourcegraph's build-tracker (1.10), without its faults (S…) and with what was missing for safety (2.2).
 */
import { describe, expect, it } from "vitest";
import { type Bot, channelId, startBot } from "../harness/bot.ts";
import { hour, minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { ada, causes, grace, green, headline, later, red } from "../harness/stories.ts";

const redis = useRedis();

describe("the message", () => {
  it("names build, streak, jobs, change and author, and links log, build and commit (1.10)", async () => {
    await using bot = await startBot({ redis });
    red(bot, ["Specs"], { message: "Round amounts half-even (#512)\n\nFor auditors.", author: ada });
    await bot.settle();
    const newest = red(bot, ["Specs", "Lint"], { message: "Cache exchange rates", author: grace });
    await bot.settle();
    expect(bot.read()).toMatchInlineSnapshot(`
      ":red_circle: *Build #2 failed on \`main\`* · Payments API
      2nd red build in a row
      *Broken* 2 of 2 jobs
      *Newest change* 48ee7ac Cache exchange rates by Grace Hopper
      *Failing since* 2026-09-21 10:02 UTC #1 (366ce83) by Ada Lovelace
      • Specs exit 1
      • Lint exit 1
      Open build  ·  Commit
      [Acknowledge] [Mute…] [View log]
        ↳ Also broken since #2: Lint"
    `);
    const [message] = bot.slack.channel(channelId).messages;
    const url = "https://buildkite.com/acme-inc/payments-api/builds/2";
    const blocks = JSON.stringify(message?.blocks);
    expect(blocks).toContain(`"url":"${url}#${newest.jobs[0]?.id}"`);
    expect(blocks).toContain(`<${url}|Open build>`);
    expect(blocks).toContain(`<https://github.com/acme-inc/payments-api/commit/${newest.commit}|Commit>`);
    expect(message?.text).toBe(
      "Build #2 failed on main · Payments API: Specs, Lint. 2nd red build in a row. Red since #1 by Ada Lovelace. Newest change by Grace Hopper.",
    );
  });

  it("shows five failed jobs and counts the others (1.10)", async () => {
    await using bot = await startBot({ redis });
    red(bot, ["One", "Two", "Three", "Four", "Five", "Six", "Seven"]);
    await bot.settle();
    expect(causes(bot)).toEqual(["One exit 1", "Two exit 1", "Three exit 1", "Four exit 1", "Five exit 1", "+2 more"]);
    expect(bot.read()).toContain("*Broken* 7 of 7 jobs");
  });

  it("names who started the build where nobody wrote the commit (1.10, N10)", async () => {
    await using bot = await startBot({ redis });
    red(bot, ["Specs"], { author: null, creator: grace, source: "ui" });
    await bot.settle();
    expect(bot.read()).toContain("*Author* Grace Hopper");
  });

  it("is still the same after a restart: edited, not posted anew (S12)", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    await bot.restart();
    red(bot);
    await bot.settle();
    expect(bot.read()).toContain("2nd red build in a row");
    await bot.restart();
    green(bot);
    await bot.settle();
    expect(headline(bot)).toContain("is green again");
    expect(bot.messages()).toBe(1);
  });

  it("turns green by a retry on the next morning (S17)", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    bot.clock.advance(minute);
    const specs = build.job("Specs").fail();
    build.finish();
    await bot.settle();
    await later(bot, 16 * hour);
    specs.retry({ by: grace }).pass();
    build.finish();
    await bot.settle();
    expect(bot.read()).toContain("Build #1 passed on retry after 16 h: Specs — possibly flaky");
    expect(bot.messages()).toBe(1);
  });

  it("names the pipeline (S14)", async () => {
    await using bot = await startBot({ redis });
    bot.buildkite.pipeline("web", { name: "Website & Shop" });
    red(bot, ["Specs"], { pipeline: "web" });
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #1 failed on `main`* · Website & Shop");
  });

  it("is not posted to say that something was fixed of which nobody was told (S23)", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job("Specs").fail({ retryable: true }).retry({ type: "automatic" }).pass();
    build.finish();
    await bot.settle();
    expect(bot.messages()).toBe(0);
  });

  it("mentions nobody by guess (S21, S22)", async () => {
    await using bot = await startBot({ redis });
    bot.slack.addUser({ id: "U0NOBODY", name: "" });
    red(bot, ["Specs"], { author: { name: "Ada Lovelace", email: "ada@example.com", username: "" } });
    await bot.settle();
    expect(bot.read()).toContain("*Author* Ada Lovelace");
    expect(raw(bot)).not.toContain("<@");
  });

  it("shows what others wrote as they wrote it: no mention, no link, no broken layout (2.2)", async () => {
    await using bot = await startBot({ redis, yml: "track: [{}]" });
    const name = "<!channel> *bold* <https://evil.example|Open build>";
    red(bot, [`${name} & co`], { branch: "`<!here>`", message: `${name}\n\nmore`, author: { name, email: "a@b.c" } });
    await bot.settle();
    expect(raw(bot)).not.toMatch(/<!(?:channel|here|everyone)|<https:\/\/evil/);
    expect(bot.read()).toContain("<!channel> ∗bold∗ <https://evil.example|Open build>");
  });

  it("says all of it in one line as well, for notifications and screen readers (2.2)", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    bot.read();
    expect(bot.slack.channel(channelId).messages[0]?.text).toBe(
      "Build #1 failed on main · Payments API: Specs. Author Ada Lovelace.",
    );
  });
});

/** What Slack was sent. */
function raw(bot: Bot): string {
  return JSON.stringify(bot.slack.calls.map(({ args }) => args));
}
