/** What a mute hides, what it does not, and what is said when it is over. */
import { describe, expect, it } from "vitest";
import { type Bot, type BotOptions, channelId, startBot } from "../harness/bot.ts";
import { hour, minute } from "../harness/clock.ts";
import { type MuteEntries, mute, submitMute } from "../harness/muting.ts";
import { useRedis } from "../harness/redis.ts";
import { green, later, red, thread } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();
const ada = "U0ADA";
const bob = "U0BOB";
const release = { branch: "release/1" } as const;
const yml = `
actions:
  rerun: channel
track:
  - branch: "release/*"
`;

async function startTeam(over: Partial<BotOptions> = {}): Promise<Bot> {
  const bot = await startBot({ redis, yml, ...over });
  bot.slack.addUser({ id: ada, name: "ada" });
  bot.slack.addUser({ id: bob, name: "bob" });
  return bot;
}

/** Main is red, and its alert in the channel. */
async function broken(over: Partial<BotOptions> = {}): Promise<Bot> {
  const bot = await startTeam(over);
  red(bot);
  await bot.settle();
  return bot;
}

/** Specs are muted on every branch for four hours; only then they fail on the release branch. */
async function hidden(over: Partial<BotOptions> = {}): Promise<Bot> {
  const bot = await broken(over);
  await mute(bot, ada, { scope: "jobEverywhere", until: "4h" });
  green(bot);
  red(bot, ["Specs"], release);
  await bot.settle();
  bot.read();
  return bot;
}

function occurrences(bot: Bot, text: string): number {
  return bot.read().split(text).length - 1;
}

describe("a branch whose failing jobs were muted before it broke", () => {
  it("is red, and nobody hears of it", async () => {
    await using bot = await hidden();
    await later(bot, 2 * hour);
    expect(bot.messages()).toBe(1);
    const status = await type(bot, ada, "status");
    expect(status).toContain("release/1");
    expect(status).toContain("muted");
  });

  it("is fixed as silently as it broke, and stays so when the mute ends", async () => {
    await using bot = await hidden();
    green(bot, release);
    await bot.settle();
    await later(bot, 4 * hour);
    expect(bot.messages()).toBe(1);
    expect(bot.read()).not.toContain("release/1");
    expect(bot.read()).not.toContain("<@U0ADA>");
  });

  it("speaks once another job fails, and is reminded of from then on", async () => {
    await using bot = await hidden();
    await later(bot, 3 * hour);
    red(bot, ["Specs", "Lint"], release);
    await bot.settle();
    expect(bot.messages()).toBe(2);
    expect(bot.read()).toContain("• Lint");
    expect(bot.read()).toContain("[Mute…]");
    await later(bot, 28 * minute);
    expect(occurrences(bot, "nobody is on it")).toBe(0);
    await later(bot, 2 * minute);
    expect(occurrences(bot, "nobody is on it")).toBe(1);
  });

  it("comes out when the mute ends: says so, pings who had muted once, and reminds anew", async () => {
    await using bot = await hidden();
    await later(bot, 4 * hour - 5 * minute);
    expect(bot.messages()).toBe(1);
    await later(bot, 5 * minute);
    expect(bot.messages()).toBe(2);
    expect(occurrences(bot, "The mute of *Specs* on every branch of payments-api has ended")).toBe(1);
    expect(occurrences(bot, "<@U0ADA>")).toBe(1);
    expect(await type(bot, ada, "mutes")).toContain("Nothing is muted");
    await later(bot, 29 * minute);
    expect(occurrences(bot, "nobody is on it")).toBe(0);
    await later(bot, minute);
    expect(occurrences(bot, "nobody is on it")).toBe(1);
    expect(occurrences(bot, "<@U0ADA>")).toBe(1);
  });

  it("comes out also when it was time while no process ran", async () => {
    await using bot = await hidden();
    await bot.restart();
    await bot.settle();
    expect(bot.messages()).toBe(1);
    bot.clock.advance(5 * hour);
    await bot.restart();
    await bot.settle();
    expect(bot.messages()).toBe(2);
    expect(occurrences(bot, "<@U0ADA>")).toBe(1);
  });

  it("comes out when somebody unmutes from the list, and they are told that it worked", async () => {
    await using bot = await hidden();
    expect(await type(bot, bob, "mutes")).toContain("Specs");
    await bot.slack.as(bob).click(channelId, "alert.unmute");
    await bot.settle();
    expect(bot.slack.ephemerals(channelId, bob).at(-1)?.text).toContain("You unmuted Specs");
    expect(bot.messages()).toBe(2);
    expect(bot.read()).toContain("*bob* unmuted *Specs*");
    expect(bot.read()).not.toContain("<@U0ADA>");
  });

  it("comes out when somebody unmutes on the Home tab, which shows it", async () => {
    await using bot = await hidden();
    await bot.slack.as(bob).openHome();
    await bot.settle();
    await bot.slack.as(bob).clickHome("alert.unmute");
    await bot.settle();
    expect(bot.messages()).toBe(2);
    expect(JSON.stringify(bot.slack.home(bob))).toContain("Nothing is muted");
    bot.read();
  });
});

describe("an alert that is muted after it was told", () => {
  it("goes on in its message, without a word in the thread, now or later", async () => {
    await using bot = await broken();
    await mute(bot, ada, { until: "4h" });
    for (let more = 0; more < 3; more += 1) {
      red(bot);
      await bot.settle();
    }
    expect(bot.read()).toContain("4th red build in a row");
    const told = thread(bot);
    expect(told).toHaveLength(1);
    await bot.slack.as(bob).click(channelId, "alert.unmute");
    await bot.settle();
    expect(thread(bot)).toEqual([...told, ":bell: *bob* unmuted *Specs* on `main`"]);
    expect(bot.read()).toContain("[Mute…]");
  });

  it("comes back open when the mute ends, whoever was on it", async () => {
    await using bot = await broken();
    await bot.slack.as(bob).click(channelId, "alert.acknowledge");
    await bot.settle();
    await mute(bot, ada, { until: "1h" });
    expect(bot.read()).toContain("*bob* is on it");
    await later(bot, hour);
    expect(bot.read()).not.toContain("*bob* is on it since");
    expect(bot.read()).toContain("[Acknowledge]");
    expect(occurrences(bot, "<@U0ADA>")).toBe(1);
  });

  it("turns green in place when it is fixed, and the end of the mute is not told any more", async () => {
    await using bot = await broken();
    await mute(bot, ada, { until: "1h" });
    green(bot);
    await bot.settle();
    expect(bot.read()).toContain("is green again");
    const told = thread(bot);
    await later(bot, 2 * hour);
    expect(thread(bot)).toEqual(told);
    expect(bot.messages()).toBe(1);
  });

  it("is not told to a channel that subscribes meanwhile, until it speaks again", async () => {
    await using bot = await broken();
    await mute(bot, ada, { until: "4h" });
    bot.slack.addChannel({ name: "payments" });
    await type(bot, bob, "subscribe payments-api", { channel: "payments" });
    red(bot);
    await bot.settle();
    expect(bot.messages("payments")).toBe(0);
    red(bot, ["Specs", "Lint"]);
    await bot.settle();
    expect(bot.messages("payments")).toBe(1);
    bot.read();
  });

  it("is reminded of anew when another job breaks the silence", async () => {
    await using bot = await broken();
    await mute(bot, ada, { until: "7d", reason: "Known" });
    await later(bot, 30 * hour);
    red(bot, ["Specs", "Lint"]);
    await bot.settle();
    expect(thread(bot)).toContain("Also broken since #2: Lint");
    expect(occurrences(bot, "nobody is on it")).toBe(0);
    await later(bot, 30 * minute);
    expect(occurrences(bot, "nobody is on it")).toBe(1);
  });

  it("keeps who is on it when another job breaks the silence", async () => {
    await using bot = await broken();
    await bot.slack.as(bob).click(channelId, "alert.acknowledge");
    await bot.settle();
    await mute(bot, ada, { until: "4h" });
    red(bot, ["Specs", "Lint"]);
    await bot.settle();
    expect(bot.read()).toContain("*bob* is on it since");
  });

  it("stays with whoever is on it when the mute hid only a part of it", async () => {
    await using bot = await startTeam();
    red(bot, ["Specs", "Lint"]);
    await bot.settle();
    await bot.slack.as(bob).click(channelId, "alert.acknowledge");
    await bot.settle();
    await mute(bot, ada, { until: "1h" });
    expect(bot.read()).toMatch(/• Specs .*muted/);
    expect(bot.read()).not.toContain(":no_bell: Muted by");
    await later(bot, hour);
    expect(bot.read()).toContain("*bob* is on it since");
    expect(bot.read()).toContain("The mute of *Specs* on `main` has ended");
  });
});

describe("a mute until it is fixed", () => {
  it("ends with the fix, so the branch speaks when it breaks again", async () => {
    await using bot = await broken();
    await mute(bot, ada, { until: "until fixed" });
    green(bot);
    await bot.settle();
    expect(await type(bot, ada, "mutes")).toContain("Nothing is muted");
    red(bot);
    await bot.settle();
    expect(bot.read()).toContain("broke again");
    expect(bot.read()).not.toContain("[Unmute]");
    expect(bot.read()).not.toContain("<@U0ADA>");
  });

  it("does not outlive a fix that nobody saw before it broke again", async () => {
    await using bot = await broken();
    await mute(bot, ada, { until: "until fixed" });
    green(bot);
    red(bot);
    await bot.settle();
    expect(bot.read()).not.toContain("[Unmute]");
    expect(await type(bot, ada, "mutes")).toContain("Nothing is muted");
  });

  it("lets go of the other branches that it hid, once its own is fixed", async () => {
    await using bot = await broken();
    await mute(bot, ada, { scope: "jobEverywhere", until: "until fixed", reason: "known" });
    red(bot, ["Specs"], release);
    await bot.settle();
    expect(bot.messages()).toBe(1);
    green(bot);
    await bot.settle();
    expect(bot.messages()).toBe(2);
    expect(occurrences(bot, "<@U0ADA>")).toBe(1);
  });
});

describe("of two mutes", () => {
  it("the end of one changes nothing while the other goes on, and pings nobody", async () => {
    await using bot = await broken();
    await mute(bot, ada, { until: "1h" });
    await muteByShortcut(bot, bob, { scope: "jobEverywhere", until: "4h" });
    expect(bot.read()).toContain(":no_bell: Muted by *bob* until 2026-09-21 14:02");
    await later(bot, hour);
    expect(bot.read()).toContain(":no_bell: Muted by *bob*");
    expect(bot.read()).not.toContain("<@U0ADA>");
    await later(bot, 3 * hour);
    expect(bot.read()).toContain("[Mute…]");
    expect(occurrences(bot, "<@U0BOB>")).toBe(1);
    expect(bot.read()).not.toContain("<@U0ADA>");
  });

  it("both are undone by the one button", async () => {
    await using bot = await broken();
    await mute(bot, ada, { until: "1h" });
    await muteByShortcut(bot, bob, { scope: "branch", until: "4h", reason: "Moving house" });
    await bot.slack.as(bob).click(channelId, "alert.unmute");
    await bot.settle();
    expect(bot.read()).toContain("[Mute…]");
    expect(await type(bot, ada, "mutes")).toContain("Nothing is muted");
  });
});

/** From the menu of the message: its button says "Unmute" by now. */
async function muteByShortcut(bot: Bot, user: string, entries: MuteEntries): Promise<void> {
  const ts = bot.slack.channel(channelId).messages[0]?.ts ?? "";
  await bot.slack.as(user).messageShortcut(channelId, ts, "shortcut.mute");
  await bot.app.settled();
  await submitMute(bot, user, entries);
}
