/** What people do from a message without its buttons: shortcuts in its menu, and the bot's name in its thread. */
import { describe, expect, it } from "vitest";
import { readContent, readView } from "../../sandbox/slack/read.ts";
import { type Bot, channelId, startBot } from "../harness/bot.ts";
import { useRedis } from "../harness/redis.ts";
import { green, red } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();
const bob = "U0BOB";
const team = "C0TEAM";

async function startRed(): Promise<Bot> {
  const bot = await startBot({ redis, yml: "actions: { rerun: channel }\ntrack: [{ branch: next }]" });
  bot.slack.addUser({ id: bob, name: "bob" });
  // Bob is in both.
  bot.slack.addChannel({ id: channelId, name: "ci-alerts" });
  bot.slack.addChannel({ id: team, name: "team" });
  red(bot, ["Specs"], { author: null });
  red(bot, ["Specs", "Lint"], { author: null, branch: "next" });
  await bot.settle();
  bot.read();
  return bot;
}

/** The message about this branch. */
function alertOf(bot: Bot, branch: string, channel = channelId) {
  const found = bot.slack.channel(channel).messages.find(({ text }) => text.includes(branch));
  if (found === undefined) throw new Error(`Cannot find the alert of ${branch}`);
  return found;
}

/** The answer, which nobody else sees. */
async function told(bot: Bot, act: () => Promise<unknown>, channel = channelId) {
  const before = bot.slack.ephemerals(channel, bob).length;
  await act();
  await bot.settle();
  const [answer, ...others] = bot.slack.ephemerals(channel, bob).slice(before);
  expect(others).toEqual([]);
  return { text: answer === undefined ? "" : readContent(answer), threadTs: answer?.threadTs ?? null };
}

describe("a shortcut", () => {
  it("acknowledges and mutes from the alert's message, and from a reply in its thread", async () => {
    await using bot = await startRed();
    const person = bot.slack.as(bob);
    const { ts } = alertOf(bot, "next");
    const taken = await told(bot, () => person.messageShortcut(channelId, ts, "shortcut.acknowledge"));
    expect(taken.text).toBe(":eyes: You are on it: `next` · Payments API · #2");
    const reply = bot.slack.say(channelId, { user: bob, text: "Looking at it", threadTs: ts });
    const muting = await told(bot, () => person.messageShortcut(channelId, reply, "shortcut.mute"));
    expect(muting.text).toBe("");
    const dialog = person.view();
    expect(dialog === undefined ? "" : readView(dialog)).toContain("`next` · Payments API");
    bot.read();
  });

  it("works on the copy in a channel that subscribed", async () => {
    await using bot = await startRed();
    await bot.slack.as(bob).command(team, "/sb", "subscribe payments-api");
    await bot.settle();
    const reply = bot.slack.say(team, { user: bob, text: "Ours?", threadTs: alertOf(bot, "next", team).ts });
    const act = () => bot.slack.as(bob).messageShortcut(team, reply, "shortcut.acknowledge");
    expect((await told(bot, act, team)).text).toContain("You are on it: `next`");
    bot.read();
  });

  it("on a message of somebody else says what it is for", async () => {
    await using bot = await startRed();
    const ts = bot.slack.say(channelId, { user: bob, text: "Lunch?" });
    for (const shortcut of ["shortcut.acknowledge", "shortcut.mute"]) {
      const { text } = await told(bot, () => bot.slack.as(bob).messageShortcut(channelId, ts, shortcut));
      expect(text).toBe("That message is no alert that is open: use this on an alert of Signalbox, or in its thread.");
    }
  });

  it("on an alert that was fixed says that nothing is left to do", async () => {
    await using bot = await startRed();
    green(bot);
    await bot.settle();
    const { ts } = alertOf(bot, "main");
    const { text } = await told(bot, () => bot.slack.as(bob).messageShortcut(channelId, ts, "shortcut.mute"));
    expect(text).toContain("There is nothing left to do.");
    bot.read();
  });
});

describe("the bot's name in an alert's thread", () => {
  const say = (bot: Bot, text: string, threadTs: string | null) =>
    told(bot, () => bot.slack.as(bob).mention(channelId, text, threadTs));

  it("gives commands that need not say which alert is meant, and is answered there", async () => {
    await using bot = await startRed();
    const { ts } = alertOf(bot, "next");
    const where = "`next` · Payments API · #2";
    expect(await say(bot, "ack", ts)).toEqual({ text: `:eyes: You are on it: ${where}`, threadTs: ts });
    expect((await say(bot, "mute lint for 4h because flaky", ts)).text).toContain("You muted *Lint* on `next`");
    expect((await say(bot, "unmute lint", ts)).text).toContain("You unmuted *Lint* on `next`");
    expect((await say(bot, "unack", ts)).text).toBe(`Nobody is on it any more: ${where}`);
    expect((await say(bot, "why", ts)).text).toContain("`next` · Payments API");
    // Another one can be named all the same.
    expect((await say(bot, "ack payments-api main", ts)).text).toContain("You are on it: `main`");
    bot.read();
  });

  it("means nothing in particular elsewhere", async () => {
    await using bot = await startRed();
    const lunch = bot.slack.say(channelId, { user: bob, text: "Lunch?" });
    expect((await say(bot, "ack", lunch)).text).toContain("Something is missing.");
    expect(await say(bot, "status", null)).toEqual({
      text: expect.stringContaining("*2 branches failing*"),
      threadTs: null,
    });
    bot.read();
  });

  it("is heard once, however often Slack tells of it", async () => {
    await using bot = await startRed();
    const { ts } = alertOf(bot, "main");
    const event = { type: "app_mention", user: bob, text: "<@U0SIGNALBOX> ack", ts: "1.2", channel: channelId };
    const once = await told(bot, async () => {
      await bot.slack.sendEvent({ ...event, thread_ts: ts }, { eventId: "Ev1" });
      const retry = { number: 1, reason: "http_timeout" } as const;
      await bot.slack.sendEvent({ ...event, thread_ts: ts }, { eventId: "Ev1", retry });
    });
    expect(once.text).toContain("You are on it");
    expect(await type(bot, bob, "ack payments-api")).toContain("already");
    bot.read();
  });
});
