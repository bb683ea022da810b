/** Messages get lost after they were posted: people delete them, archive channels, or Slack lets nobody edit them. */
import { describe, expect, it } from "vitest";
import { ALL_SCOPES } from "../../sandbox/slack/index.ts";
import { apiToken, type Bot, channelId, startBot } from "../harness/bot.ts";
import { hour, minute, second } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { green, headline, later, red, thread } from "../harness/stories.ts";

const redis = useRedis();
const failed = ":red_circle: *Build #1 failed on `main`* · Payments API";
const fixed = ":large_green_circle: *`main` is green again* · Payments API";

function removeMessage(bot: Bot): void {
  const message = bot.slack.channel(channelId).messages.find(({ deleted }) => !deleted);
  if (message === undefined) throw new Error("Cannot delete the message: there is none");
  bot.slack.deleteMessage(channelId, message.ts);
}

describe("a channel that takes no messages", () => {
  const elsewhere = "Cannot post in a channel: the next one is told instead";
  const archived =
    ":mailbox: This is meant for <#C0PAYMENTS>, which is archived: unarchive it, or route its alerts elsewhere.";
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
    expect(thread(bot)).toEqual([archived, ":large_green_circle: Fixed by #2 (Ada Lovelace) after 2 min"]);
    expect(bot.log.take()).toEqual([elsewhere]);
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
    expect(thread(bot)).toEqual([
      ":mailbox: This is meant for <#C0PAYMENTS>, where I cannot post: `/invite @signalbox` there, or route its alerts elsewhere.",
    ]);
    expect(bot.log.take()).toEqual([elsewhere]);
    expect(bot.messages("C0PAYMENTS")).toBe(0);
  });

  it("unknown: the default channel gets the alert", async () => {
    await using bot = await startBot(routed);
    red(bot);
    await bot.settle();
    expect(headline(bot)).toBe(failed);
    expect(bot.log.take()).toEqual([elsewhere]);
  });

  it("unknown, and the answer about the default channel got lost: still one message", async () => {
    await using bot = await startBot(routed);
    bot.slack.faults.next("chat.postMessage", { kind: "error", error: "channel_not_found" });
    bot.slack.faults.next("chat.postMessage", { kind: "status", status: 500, after: true });
    red(bot);
    await bot.settle();
    expect(bot.log.take()).toEqual([elsewhere, "job failed"]);
    await later(bot, second);
    expect(headline(bot)).toBe(failed);
    expect(bot.messages()).toBe(1);
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
    expect(thread(bot)).toEqual([archived, "Also broken since #2: Lint"]);
    expect(bot.log.take()).toEqual([elsewhere]);
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
    expect(bot.log.take()).toEqual([elsewhere]);
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
    const env = { BUILDKITE_API_TOKEN: apiToken };
    await using bot = await startBot({ redis, env, yml: 'reminders: "off"' });
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
    expect(bot.slack.takeCalls("chat.update").map(({ error }) => error)).toEqual(["edit_window_closed"]);
  });
});
