/** What comes first when there is much to tell: answers to people, then what nobody has heard yet, then news of it. */
import { expect, it } from "vitest";
import { type Bot, channelId, startBot } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { green, red } from "../harness/stories.ts";

const redis = useRedis();

async function startRed(): Promise<Bot> {
  const bot = await startBot({ redis });
  bot.slack.addUser({ id: "U0ADA", name: "ada" });
  red(bot);
  await bot.settle();
  return bot;
}

/** What was said in the channel since the last look, by its first words. */
function said(bot: Bot): string[] {
  const calls = bot.slack.takeCalls().filter(({ method }) => /^chat\.(?:post|update)/.test(method));
  return calls.map(({ method, args }) => {
    const what = args.thread_ts === undefined ? method.replace("chat.", "") : "reply";
    return `${what}: ${String(args.text).slice(0, 40)}`;
  });
}

it("a click is shown before a dozen branches that broke meanwhile, and before what changed on others", async () => {
  await using bot = await startRed();
  const known = Array.from({ length: 5 }, (_, i) => `known-${i}`);
  for (const pipeline of known) red(bot, ["Specs"], { pipeline });
  await bot.settle();
  said(bot);

  for (const pipeline of known) red(bot, ["Specs", "Lint"], { pipeline });
  for (let i = 0; i < 12; i += 1) red(bot, ["Specs"], { pipeline: `new-${i}` });
  await bot.slack.as("U0ADA").click(channelId, "alert.acknowledge", { ts: firstMessage(bot) });
  await bot.settle();

  const order = said(bot);
  expect(order.slice(0, 2)).toEqual([
    expect.stringMatching(/^update: Build #1 failed on main · Payments API/),
    expect.stringMatching(/^reply: ada acknowledged/),
  ]);
  const main = order.slice(2).filter((line) => !line.startsWith("reply"));
  expect(main.slice(0, 12).every((line) => line.startsWith("postMessage"))).toBe(true);
  expect(main.slice(12).every((line) => line.startsWith("update"))).toBe(true);
  expect(main).toHaveLength(17);
  bot.read();
});

it("ten builds and forty jobs that end while Slack wants to be left alone are one edit", async () => {
  await using bot = await startRed();
  said(bot);
  bot.slack.faults.next("chat.update", { kind: "rateLimited", retryAfterSeconds: 60 });
  for (let i = 0; i < 10; i += 1) {
    const build = bot.buildkite.build("payments-api");
    for (const job of ["Specs", "Lint", "E2E", "Types"]) {
      build.job(job).fail();
      await bot.settle();
    }
    build.finish();
    await bot.settle();
  }
  bot.clock.advance(minute);
  await bot.settle();
  const updates = said(bot).filter((line) => line.startsWith("update"));
  expect(updates).toEqual([expect.stringContaining("Build #2 failed"), expect.stringContaining("Build #11 failed")]);
  expect(bot.read()).toContain("11th red build in a row");
});

it("a burst of events about one build is one message", async () => {
  await using bot = await startBot({ redis });
  const build = bot.buildkite.build("payments-api");
  for (let i = 0; i < 10; i += 1) build.job(`Job ${i}`).fail();
  build.finish();
  await bot.settle();
  expect(said(bot)).toEqual([expect.stringContaining("postMessage: Build #1 failed")]);
  green(bot);
  await bot.settle();
  expect(said(bot)).toEqual([expect.stringContaining("update: "), expect.stringContaining("reply: ")]);
  bot.read();
});

function firstMessage(bot: Bot): string {
  return bot.slack.channel(channelId).messages[0]?.ts ?? "";
}
