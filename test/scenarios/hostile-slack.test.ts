/** Slack refuses, stalls, loses answers and goes away: the alert is told once, and ends up true. */
import { describe, expect, it } from "vitest";
import type { Fault } from "../../sandbox/faults.ts";
import { ALL_SCOPES } from "../../sandbox/slack/index.ts";
import { type Bot, startBot } from "../harness/bot.ts";
import { hour, minute, second } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { causes, green, headline, later, red, thread } from "../harness/stories.ts";

const redis = useRedis();
const failed = ":red_circle: *Build #1 failed on `main`* · Payments API";
const fixed = ":large_green_circle: *`main` is green again* · Payments API";

/** Calls about messages since the last look, as `method` or `method: error`; not those about who is who. */
function calls(bot: Bot): string[] {
  const { slack } = bot;
  const made = slack.takeCalls().filter(({ method }) => /^(?:chat|conversations)\./.test(method));
  return made.map(({ method, error }) => (error === null ? method : `${method}: ${error}`));
}

describe("a rate limit", () => {
  it("makes a post wait for as long as Slack says, and no longer", async () => {
    await using bot = await startBot({ redis });
    bot.slack.faults.next("chat.postMessage", { kind: "rateLimited", retryAfterSeconds: 30 });
    red(bot);
    await bot.settle();
    await later(bot, 29 * second);
    expect(calls(bot)).toEqual(["chat.postMessage: ratelimited"]);
    await later(bot, second);
    expect(calls(bot)).toEqual(["chat.postMessage"]);
    expect(headline(bot)).toBe(failed);
  });

  it("holds back all posts, but no edits", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    bot.slack.takeCalls();
    bot.slack.faults.next("chat.postMessage", { kind: "rateLimited", retryAfterSeconds: 300 });
    red(bot, ["Smoke"], { pipeline: "deploy" });
    await bot.settle();
    red(bot, ["E2E"], { pipeline: "website" });
    red(bot, ["Specs"]);
    await bot.settle();
    expect(calls(bot)).toEqual(["chat.postMessage: ratelimited", "chat.update"]);
    expect(bot.log.take()).toEqual(["Slack asked to wait with chat.postMessage: updates are delayed"]);
    await later(bot, minute);
    expect(calls(bot)).toEqual(["chat.postMessage", "chat.postMessage"]);
    expect(bot.read().match(/^:red_circle:.*$/gm)).toEqual([
      ":red_circle: *Build #2 failed on `main`* · Payments API",
      ":red_circle: *Build #1 failed on `main`* · Deploy",
      ":red_circle: *Build #1 failed on `main`* · Website",
    ]);
  });
});

describe("an answer that tells nothing", () => {
  it.each<[string, Fault]>([
    ["500 before it did anything", { kind: "status", status: 500 }],
    ["500 after it had posted", { kind: "status", status: 500, after: true }],
    ["a dropped connection", { kind: "drop" }],
    ["a dropped connection after it had posted", { kind: "drop", after: true }],
    ["no answer in time", { kind: "hang" }],
    ["no answer in time after it had posted", { kind: "hang", after: true }],
  ])("%s: the channel is searched before the message is posted again", async (_, fault) => {
    await using bot = await startBot({ redis, app: { callTimeoutMs: 100 } });
    bot.slack.faults.next("chat.postMessage", fault);
    red(bot);
    await bot.settle();
    expect(bot.log.take()).toEqual(["job failed"]);
    await later(bot, second);
    expect(bot.messages()).toBe(1);
    expect(headline(bot)).toBe(failed);
    const happened = "after" in fault;
    expect(calls(bot).slice(1)).toEqual(["conversations.history", happened ? "chat.update" : "chat.postMessage"]);

    green(bot);
    await bot.settle();
    expect(headline(bot)).toBe(fixed);
    expect(bot.messages()).toBe(1);
  });

  it("to an edit: the edit is simply made again", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    bot.slack.faults.next("chat.update", { kind: "status", status: 500, after: true });
    red(bot, ["Lint"]);
    await bot.settle();
    expect(bot.log.take()).toEqual(["job failed"]);
    await later(bot, second);
    expect(bot.read()).toContain("2nd red build in a row");
    expect(thread(bot)).toEqual(["Also broken since #2: Lint"]);
  });

  it("to a reply: the thread is searched before it is posted again", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    bot.slack.faults.next("chat.postMessage", { kind: "status", status: 503, after: true });
    green(bot);
    await bot.settle();
    expect(bot.log.take()).toEqual(["job failed"]);
    await later(bot, second);
    expect(thread(bot)).toHaveLength(1);
  });

  it("without the right to read the channel, a rare second message is the lesser evil", async () => {
    const scopes = ALL_SCOPES.filter((scope) => !scope.endsWith(":history"));
    await using bot = await startBot({ redis, scopes });
    bot.slack.faults.next("chat.postMessage", { kind: "status", status: 500, after: true });
    red(bot);
    await bot.settle();
    expect(bot.log.take()).toEqual(["job failed"]);
    await later(bot, second);
    expect(bot.messages()).toBe(2);
    bot.slack.takeCalls();

    green(bot);
    await bot.settle();
    expect(bot.messages()).toBe(2);
    expect(thread(bot)).toHaveLength(1);
  });
});

describe("a token that Slack does not take", () => {
  it("is tried again until somebody has mended it, and then everything is told", async () => {
    await using bot = await startBot({ redis });
    bot.slack.faults.next("chat.postMessage", { kind: "error", error: "token_revoked" }, 2);
    red(bot);
    await bot.settle();
    await later(bot, second);
    expect(bot.log.take()).toEqual([
      "Slack refuses the token: token_revoked; alerts wait until it is replaced",
      "job failed",
      "job failed",
    ]);
    await later(bot, minute);
    expect(headline(bot)).toBe(failed);
  });
});

describe("a layout that Slack refuses", () => {
  const plain = "Slack refused the layout of a message: a plain one is sent";

  it("is replaced by a plain one: an alert is never lost because of how it looks", async () => {
    await using bot = await startBot({ redis });
    bot.slack.faults.next("chat.postMessage", { kind: "error", error: "invalid_blocks" });
    red(bot);
    await bot.settle();
    expect(calls(bot)).toEqual(["chat.postMessage: invalid_blocks", "chat.postMessage"]);
    expect(bot.log.take()).toEqual([plain]);
    expect(bot.read()).toMatchInlineSnapshot(`
      "Build #1 failed on main · Payments API: Specs. Author Ada Lovelace.
      Open build
      [Acknowledge]"
    `);
  });

  it("is replaced in an edit too", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    bot.slack.faults.next("chat.update", { kind: "error", error: "msg_blocks_too_long" });
    green(bot);
    await bot.settle();
    expect(headline(bot)).toContain("main is green again");
    expect(bot.log.take()).toEqual([plain]);
    expect(thread(bot)).toHaveLength(1);
  });
});

describe("Slack away for an hour", () => {
  it("then hears all of it: one edit, and the thread in order", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    bot.slack.takeCalls();
    bot.slack.faults.next("*", { kind: "status", status: 503 }, Number.POSITIVE_INFINITY);
    red(bot, ["Lint"]);
    await bot.settle();
    red(bot, ["Specs"]);
    for (let i = 0; i < 20; i += 1) await later(bot, 3 * minute);
    expect(new Set(bot.log.take())).toEqual(new Set(["job failed"]));
    bot.slack.faults.clear();
    bot.slack.takeCalls();

    await later(bot, minute);
    expect(calls(bot)).toEqual(["chat.update", "chat.postMessage", "chat.postMessage", "chat.postMessage"]);
    expect(bot.read()).toContain("3rd red build in a row");
    expect(causes(bot)).toEqual(["Specs exit 1"]);
    expect(thread(bot)).toEqual([
      "Also broken since #2: Lint",
      "Still failing: 3 builds in a row, newest #3",
      expect.stringContaining("nobody is on it"),
    ]);
  });

  it("then hears of a branch that broke and was fixed meanwhile, in one message", async () => {
    await using bot = await startBot({ redis });
    bot.slack.faults.next("*", { kind: "status", status: 503 }, Number.POSITIVE_INFINITY);
    red(bot);
    await bot.settle();
    green(bot);
    await later(bot, hour);
    expect(new Set(bot.log.take())).toEqual(new Set(["job failed"]));
    bot.slack.faults.clear();
    await later(bot, minute);
    expect(headline(bot)).toBe(fixed);
    expect(bot.messages()).toBe(1);
  });

  it("is tried ever more slowly", async () => {
    await using bot = await startBot({ redis });
    bot.slack.faults.next("*", { kind: "status", status: 503 }, Number.POSITIVE_INFINITY);
    red(bot);
    for (let i = 0; i < 60; i += 1) await later(bot, 10 * second);
    expect(bot.log.take().length).toBeLessThan(25);
    bot.slack.faults.clear();
    await later(bot, minute);
    expect(headline(bot)).toBe(failed);
  });
});
