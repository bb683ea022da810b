/** Slack refuses, stalls and loses answers; people delete and archive. The alert is told once, and ends up true. */
import { describe, expect, it } from "vitest";
import type { Fault } from "../../sandbox/faults.ts";
import { ALL_SCOPES } from "../../sandbox/slack/index.ts";
import { apiToken, type Bot, channelId, startBot } from "../harness/bot.ts";
import { hour, minute, second } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { causes, green, headline, later, red, thread } from "../harness/stories.ts";

const redis = useRedis();
const failed = ":red_circle: *Build #1 failed on `main`* · Payments API";
const fixed = ":large_green_circle: *`main` is green again* · Payments API";

/** Calls since the last look, as `method` or `method: error`. */
function calls(bot: Bot): string[] {
  return bot.slack.takeCalls().map(({ method, error }) => (error === null ? method : `${method}: ${error}`));
}

function removeMessage(bot: Bot): void {
  const message = bot.slack.channel(channelId).messages.find(({ deleted }) => !deleted);
  if (message === undefined) throw new Error("Cannot delete the message: there is none");
  bot.slack.deleteMessage(channelId, message.ts);
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

describe("a layout that Slack refuses", () => {
  it("is replaced by a plain one: an alert is never lost because of how it looks", async () => {
    await using bot = await startBot({ redis });
    bot.slack.faults.next("chat.postMessage", { kind: "error", error: "invalid_blocks" });
    red(bot);
    await bot.settle();
    expect(calls(bot)).toEqual(["chat.postMessage: invalid_blocks", "chat.postMessage"]);
    expect(bot.read()).toMatchInlineSnapshot(`
      "Build #1 failed on main · Payments API: Specs. Author Ada Lovelace.
      Open build"
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
    expect(thread(bot)).toHaveLength(1);
  });
});

describe("a channel that takes no messages", () => {
  const routed = { redis, yml: "routes: [{ match: { pipeline: payments-api }, channel: C0PAYMENTS }]" };

  it("archived: the default channel gets the alert and all that follows", async () => {
    await using bot = await startBot(routed);
    bot.slack.addChannel({ id: "C0PAYMENTS", name: "payments" });
    bot.slack.archive("C0PAYMENTS");
    red(bot);
    await bot.settle();
    green(bot);
    await bot.settle();
    expect(headline(bot)).toBe(fixed);
    expect(thread(bot)).toHaveLength(1);
    expect(bot.messages("C0PAYMENTS")).toBe(0);
  });

  it("the bot is not in it: the default channel gets the alert", async () => {
    await using bot = await startBot({
      ...routed,
      scopes: ALL_SCOPES.filter((scope) => scope !== "chat:write.public"),
    });
    bot.slack.addChannel({ id: "C0PAYMENTS", name: "payments", member: false });
    red(bot);
    await bot.settle();
    expect(headline(bot)).toBe(failed);
    expect(bot.messages("C0PAYMENTS")).toBe(0);
  });

  it("unknown: the default channel gets the alert", async () => {
    await using bot = await startBot(routed);
    red(bot);
    await bot.settle();
    expect(headline(bot)).toBe(failed);
  });

  it("archived while its alert was open: the default channel gets what is still red", async () => {
    await using bot = await startBot(routed);
    bot.slack.addChannel({ id: "C0PAYMENTS", name: "payments" });
    red(bot);
    await bot.settle();
    bot.slack.archive("C0PAYMENTS");
    red(bot, ["Lint"]);
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #2 failed on `main`* · Payments API");
    expect(thread(bot)).toEqual(["Also broken since #2: Lint"]);
    green(bot);
    await bot.settle();
    expect(headline(bot)).toBe(fixed);
  });

  it("archived before its alert was fixed: nobody is bothered, and the next break is told in the default channel", async () => {
    await using bot = await startBot(routed);
    bot.slack.addChannel({ id: "C0PAYMENTS", name: "payments" });
    red(bot);
    await bot.settle();
    expect(headline(bot, "C0PAYMENTS")).toBe(failed);
    bot.slack.archive("C0PAYMENTS");
    green(bot);
    await bot.settle();
    await later(bot, 3 * hour);
    red(bot);
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #3 failed on `main`* · Payments API");
  });
});

describe("people", () => {
  it("delete the message: it is posted again once while the branch is red, and then left alone", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    removeMessage(bot);
    red(bot, ["Specs"]);
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #2 failed on `main`* · Payments API");

    removeMessage(bot);
    for (let i = 0; i < 3; i += 1) {
      red(bot, ["Specs", "Lint"]);
      await bot.settle();
    }
    expect(bot.messages()).toBe(0);
    green(bot);
    await bot.settle();
    expect(bot.read()).toBe("");
  });

  it("delete the message after the branch was fixed: it stays deleted", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    bot.clock.advance(minute);
    const specs = build.job("Specs").fail();
    build.finish();
    await bot.settle();
    green(bot);
    await bot.settle();
    expect(headline(bot)).toBe(fixed);
    removeMessage(bot);
    // The retry of the older build makes it green as well: the message would say something else now.
    bot.clock.advance(minute);
    specs.retry().pass();
    build.finish();
    await bot.settle();
    expect(bot.read()).toBe("");
  });

  it("delete the message before its thread was complete: what is left to tell is dropped", async () => {
    await using bot = await startBot({ redis, env: { BUILDKITE_API_TOKEN: apiToken } });
    bot.buildkite.faults.next("jobs.log", { kind: "rateLimited", retryAfterSeconds: 30 });
    red(bot);
    await bot.settle();
    expect(headline(bot)).toBe(failed);
    removeMessage(bot);
    await later(bot, minute);
    expect(bot.log.text).toContain("note dropped: its thread is gone");
    await later(bot, hour);
    expect(bot.read()).toBe("");
  });
});

describe("a message that cannot be edited any more", () => {
  it("stays as it is; the thread tells how it went on", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    bot.slack.faults.next("chat.update", { kind: "error", error: "edit_window_closed" });
    red(bot, ["Lint"]);
    await bot.settle();
    green(bot);
    await bot.settle();
    expect(headline(bot)).toBe(failed);
    expect(thread(bot)).toEqual([
      "Also broken since #2: Lint",
      ":large_green_circle: Fixed by #3 (Ada Lovelace) after 4 min",
    ]);
    expect(calls(bot).filter((call) => call.startsWith("chat.update"))).toEqual(["chat.update: edit_window_closed"]);
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
    expect(calls(bot)).toEqual(["chat.update", "chat.postMessage", "chat.postMessage"]);
    expect(bot.read()).toContain("3rd red build in a row");
    expect(causes(bot)).toEqual(["Specs exit 1"]);
    expect(thread(bot)).toEqual(["Also broken since #2: Lint", "Still failing: 3 builds in a row, newest #3"]);
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
