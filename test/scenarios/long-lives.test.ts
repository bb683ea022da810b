/** Alerts that live for months, while histories slide and facts expire; and what is told much too late. */
import type { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { apiToken, type Bot, startBot } from "../harness/bot.ts";
import { hour, minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { causes, green, headline, later, red, send, settleWithout, thread } from "../harness/stories.ts";

const redis = useRedis();
const day = 24 * hour;

/** Days pass for the clock and for what expires in Redis. */
async function daysPass(bot: Bot, days: number, prefix: string): Promise<void> {
  bot.clock.advance(days * day);
  await inRedis(async (client) => {
    for (const key of await client.keys(`${prefix}:*`)) {
      const left = await client.ttl(key);
      if (left > days * 24 * 3600) await client.expire(key, left - days * 24 * 3600);
      else if (left > 0) await client.del(key);
    }
  });
}

async function inRedis(use: (client: Redis) => Promise<void>): Promise<void> {
  const client = await redis.open();
  await use(client);
  client.disconnect();
}

describe("a fixed alert", () => {
  it("says the same when its builds slide out of the history", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    red(bot);
    await bot.settle();
    green(bot);
    await bot.settle();
    const told = bot.read();
    bot.clock.advance(3 * hour);
    for (let i = 0; i < 201; i += 1) green(bot);
    // Of each its end: that is all the history keeps.
    await settleWithout(bot, ({ event }) => event !== "build.finished");
    green(bot);
    await bot.settle();
    expect(bot.read()).toBe(told);
  });

  it("names who fixed it although the facts of that build have expired", async () => {
    await using bot = await startBot({ redis, app: { keyPrefix: "expired-facts" } });
    red(bot);
    await bot.settle();
    green(bot);
    await bot.settle();
    const told = bot.read();
    await daysPass(bot, 31, "expired-facts");
    green(bot);
    await bot.settle();
    expect(bot.read()).toBe(told);
  });
});

describe("a build of weeks ago", () => {
  it("expires as a whole, although a job was retried days later", async () => {
    await using bot = await startBot({ redis, app: { keyPrefix: "retried-late" } });
    const build = red(bot);
    await bot.settle();
    await daysPass(bot, 3, "retried-late");
    const [job] = build.jobs;
    if (job === undefined || !("retry" in job)) throw new Error("Cannot retry: no such job");
    job.retry({ type: "manual" }).pass();
    build.finish();
    await bot.settle();
    await inRedis(async (client) => {
      const keys = await client.keys("retried-late:*:build:*");
      const days = new Set(await Promise.all(keys.map(async (key) => Math.round((await client.ttl(key)) / 86_400))));
      expect(days).toEqual(new Set([27]));
    });
    await daysPass(bot, 27, "retried-late");
    green(bot);
    await bot.settle();
    expect(headline(bot)).toContain("`main` is green again");
  });
});

describe("a branch that stays red for months", () => {
  it("keeps its one message and does not repeat its thread", async () => {
    await using bot = await startBot({ redis, app: { keyPrefix: "months" } });
    red(bot);
    await bot.settle();
    red(bot, ["Lint"]);
    await bot.settle();
    for (const days of [60, 60, 60]) {
      await daysPass(bot, days, "months");
      red(bot, ["Lint"]);
      await bot.settle();
    }
    expect(bot.messages()).toBe(1);
    expect(thread(bot).filter((line) => line.startsWith("Also broken"))).toHaveLength(1);
  });
});

describe("told much too late", () => {
  it("a post whose answer got lost is found again after the branch was fixed and broke anew", async () => {
    await using bot = await startBot({ redis });
    bot.slack.faults.next("chat.postMessage", { kind: "status", status: 500, after: true });
    bot.slack.faults.next("conversations.history", { kind: "status", status: 500 }, 1000);
    red(bot);
    await bot.settle();
    for (let i = 0; i < 10; i += 1) await later(bot, minute);
    green(bot);
    await bot.settle();
    red(bot);
    await bot.settle();
    bot.slack.faults.clear();
    await later(bot, 2 * minute);
    expect(bot.messages()).toBe(1);
    expect(headline(bot)).toContain("Build #3 failed");
    expect(new Set(bot.log.take())).toEqual(new Set(["job failed"]));
  });

  it("an edit whose answer got lost is done again when the alert returns to what it was", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    const before = headline(bot);
    bot.slack.faults.next("chat.update", { kind: "status", status: 500, after: true });
    const next = bot.buildkite.build("payments-api");
    bot.clock.advance(minute);
    next.job("Other").start();
    next.job("Specs").fail();
    await bot.settle();
    expect(bot.log.take()).toEqual(["job failed"]);
    next.cancel();
    await bot.settle();
    await later(bot, 5 * minute);
    expect(headline(bot)).toBe(before);
  });

  it("an older red build does not quote the same log twice", async () => {
    await using bot = await startBot({ redis, env: { BUILDKITE_API_TOKEN: apiToken } });
    red(bot);
    const late = bot.buildkite.take();
    red(bot);
    await bot.settle();
    await send(bot, late);
    expect(thread(bot).filter((line) => line.startsWith("Last lines"))).toHaveLength(1);
  });

  it("a child build that recovered is no longer blamed in its parent, whichever is told first", async () => {
    await using bot = await startBot({ redis });
    const parent = bot.buildkite.build("payments-api");
    const child = parent.trigger("Deploy", { pipeline: "deploy", branch: "staging" }).start();
    bot.clock.advance(minute);
    const smoke = child.job("Smoke").fail();
    child.finish();
    bot.clock.advance(minute);
    parent.finish();
    await bot.settle();
    expect(causes(bot)).toEqual(["Deploy → deploy #1: Smoke"]);
    bot.clock.advance(minute);
    smoke.retry({ type: "manual" }).pass();
    child.finish();
    await bot.settle();
    expect(causes(bot)).toEqual(["Deploy → deploy #1"]);
  });
});
