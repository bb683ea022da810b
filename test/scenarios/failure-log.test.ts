/** The last lines of the log say more than an exit status: the thread quotes them, when there is an API token. */
import { describe, expect, it } from "vitest";
import { apiToken, startBot } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { asked, causes, green, later, notAllowed, red, thread } from "../harness/stories.ts";

const redis = useRedis();
const withToken = { redis, env: { BUILDKITE_API_TOKEN: apiToken } };

describe("the log of the first job that failed", () => {
  const log = [
    "+++ Failures",
    "  1) Money#round rounds half-even",
    "     \u001b[31mexpected: 0.12\u001b[0m",
    "DATABASE_PASSWORD=correct-horse-battery",
    "GITHUB_TOKEN: ghp_abcdefghijklmnopqrstuvwxyz0123456789",
  ].join("\n");

  it("is quoted in the thread: its last lines, without colours, with secrets masked", async () => {
    await using bot = await startBot(withToken);
    const build = bot.buildkite.build("payments-api");
    bot.clock.advance(minute);
    build.job("Specs").fail({ log });
    build.job("Lint").fail({ log: "2 offenses detected" });
    build.finish();
    await bot.settle();
    expect(thread(bot)).toMatchInlineSnapshot(`
      [
        "Last lines of *Specs*
            1) Money#round rounds half-even
               expected: 0.12
          DATABASE_PASSWORD=*****
          GITHUB_TOKEN: *****",
      ]
    `);
    expect(asked(bot)).toEqual(["jobs.log 206"]);
    const told = JSON.stringify([bot.slack.calls, bot.log.lines]);
    expect(told).not.toMatch(/correct-horse|ghp_abc/);
  });

  it("is quoted once for each time the branch broke", async () => {
    await using bot = await startBot(withToken);
    red(bot);
    await bot.settle();
    red(bot, ["Lint"]);
    await bot.settle();
    expect(asked(bot)).toEqual(["jobs.log 206"]);
    green(bot);
    await bot.settle();
    red(bot, ["Lint"]);
    await bot.settle();
    expect(asked(bot)).toEqual(["jobs.log 206"]);
    expect(thread(bot).map((reply) => reply.split("\n", 1)[0])).toEqual([
      "Last lines of *Specs*",
      "Also broken since #2: Lint",
      ":large_green_circle: Fixed by #3 (Ada Lovelace) after 4 min",
      ":red_circle: *`main` broke again* (2nd time) · Payments API: build #4, change by Ada Lovelace",
      "Last lines of *Lint*",
    ]);
  });

  it("is left out when Buildkite has none", async () => {
    await using bot = await startBot(withToken);
    bot.buildkite.faults.next("jobs.log", { kind: "status", status: 404, body: { message: "No log found" } });
    red(bot);
    await bot.settle();
    expect(causes(bot)).toEqual(["Specs exit 1"]);
    expect(thread(bot)).toEqual([]);
    await later(bot, minute);
    expect(asked(bot)).toEqual(["jobs.log 404"]);
  });

  it("is left out when the token may not read logs: that is logged, with what it needs", async () => {
    await using bot = await startBot(withToken);
    bot.buildkite.faults.next("jobs.log", notAllowed("read_build_logs"));
    red(bot);
    await bot.settle();
    await later(bot, minute);
    expect(thread(bot)).toEqual([]);
    expect(bot.log.take()).toEqual(["log not read"]);
    expect(bot.log.text).toContain("give it the scope read_build_logs");
    expect(asked(bot)).toEqual(["jobs.log 403"]);
  });

  it("is none for a trigger step: its build is linked and named instead", async () => {
    await using bot = await startBot(withToken);
    const build = bot.buildkite.build("payments-api");
    const child = build.trigger("Deploy", { pipeline: "deploy", branch: "staging" }).start();
    child.job("Smoke").fail({ log: "503 from /health" });
    child.finish();
    build.finish();
    await bot.settle();
    expect(causes(bot)).toEqual(["Deploy → deploy #1: Smoke"]);
    expect(thread(bot)).toEqual([]);
  });

  it("is not asked for without an API token", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    expect(thread(bot)).toEqual([]);
    expect(asked(bot)).toEqual([]);
  });
});
