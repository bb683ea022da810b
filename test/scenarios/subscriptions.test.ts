/** Channels that ask for alerts besides the one that a route gives them to. */
import { describe, expect, it } from "vitest";
import { readContent } from "../../sandbox/slack/read.ts";
import { type Bot, startBot } from "../harness/bot.ts";
import { hour, minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { green, red } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();
const bob = "U0BOB";
const team = "C0TEAM";

async function startTeam(): Promise<Bot> {
  const bot = await startBot({ redis, yml: "actions: { rerun: channel }" });
  bot.slack.addUser({ id: bob, name: "bob" });
  bot.slack.addChannel({ id: team, name: "team" });
  return bot;
}

/** In the channel that subscribes; it may show something at once, so what is there is read. */
async function subscribe(bot: Bot, text: string): Promise<string> {
  const answers = () => bot.slack.ephemerals(team, bob);
  await bot.slack.as(bob).command(team, "/signalbox", `subscribe ${text}`);
  await bot.settle();
  bot.read(team);
  return answers().map(readContent).at(-1) ?? "";
}

function headlines(bot: Bot): string[] {
  return bot
    .read(team)
    .split("\n\n")
    .map((message) => message.split("\n", 1)[0] ?? "")
    .filter((line) => line !== "");
}

const broken = ":red_circle: *Build #1 failed on `main`* · Payments API";
const fixed = ":large_green_circle: *`main` is green again* · Payments API";

describe("a channel that subscribed", () => {
  it("gets a message and a thread of its own, with buttons that work", async () => {
    await using bot = await startTeam();
    expect(await subscribe(bot, "payments-*")).toBe("This channel is told of `payments-*`");
    red(bot);
    await bot.settle();
    expect(headlines(bot)).toEqual([broken]);
    await bot.slack.as(bob).click(team, "alert.acknowledge");
    await bot.settle();
    for (const channel of [team, undefined]) {
      expect(bot.read(channel)).toContain(":eyes: *bob* is on it");
      expect(bot.read(channel)).toContain("  ↳ :eyes: *bob* acknowledged");
    }
    green(bot);
    await bot.settle();
    expect(headlines(bot)).toEqual([fixed]);
    expect(bot.read(team)).toContain("  ↳ :large_green_circle: Fixed by #2");
  });

  it("calls nobody, and does not repeat what was told before", async () => {
    await using bot = await startTeam();
    red(bot);
    await bot.settle();
    bot.clock.advance(31 * minute);
    await bot.settle();
    expect(bot.read()).toContain("nobody is on it");
    bot.clock.advance(2 * minute);
    await subscribe(bot, "payments-*");
    expect(headlines(bot)).toEqual([broken]);
    bot.clock.advance(24 * hour);
    await bot.settle();
    expect(bot.read().split("nobody is on it").length).toBeGreaterThan(2);
    expect(bot.read(team)).not.toContain("nobody is on it");
  });

  it("is told at once of what fails already", async () => {
    await using bot = await startTeam();
    red(bot);
    await bot.settle();
    await subscribe(bot, "payments-api");
    expect(headlines(bot)).toEqual([broken]);
    bot.read();
  });

  it("hears of branches that nobody watched, when it names them", async () => {
    await using bot = await startTeam();
    await subscribe(bot, "payments-api branch:feature/*");
    red(bot, ["Specs"], { branch: "feature/x" });
    red(bot, ["Specs"], { branch: "other" });
    await bot.settle();
    expect(headlines(bot)).toEqual([":red_circle: *Build #1 failed on `feature/x`* · Payments API"]);
    expect(bot.messages()).toBe(1);
    bot.read();
  });

  it("hears of the jobs it named, and how their alert ends when other jobs fail by then", async () => {
    await using bot = await startTeam();
    await subscribe(bot, "payments-api job:lint*");
    red(bot, ["Specs"]);
    await bot.settle();
    expect(headlines(bot)).toEqual([]);
    red(bot, ["lint: css"]);
    await bot.settle();
    expect(headlines(bot)).toEqual([broken.replace("#1", "#2")]);
    red(bot, ["Specs"]);
    await bot.settle();
    expect(headlines(bot)).toEqual([broken.replace("#1", "#3")]);
    green(bot);
    await bot.settle();
    expect(headlines(bot)).toEqual([fixed]);
    bot.read();
  });

  it("that wants to hear of the end alone is told nothing before", async () => {
    await using bot = await startTeam();
    await subscribe(bot, "payments-api only:fixed");
    red(bot);
    await bot.settle();
    expect(headlines(bot)).toEqual([]);
    green(bot);
    await bot.settle();
    expect(headlines(bot)).toEqual([fixed]);
    bot.read();
  });

  it("that only wants to hear of what breaks has a thread without the end, under a message that is true", async () => {
    await using bot = await startTeam();
    await subscribe(bot, "payments-api only:broken");
    red(bot);
    await bot.settle();
    green(bot);
    await bot.settle();
    expect(headlines(bot)).toEqual([fixed]);
    expect(bot.read(team)).not.toContain("↳ :large_green_circle:");
    bot.read();
  });

  it("hears nothing new once it unsubscribed, and what it was told stays true", async () => {
    await using bot = await startTeam();
    await subscribe(bot, "payments-api");
    await subscribe(bot, "web");
    red(bot);
    await bot.settle();
    expect(await type(bot, bob, "list", { channel: team })).toBe(
      "*2 subscriptions of this channel*\n1. `payments-api`\n2. `web`",
    );
    expect(await type(bot, bob, "unsubscribe 7", { channel: team })).toBe("This channel has no such subscription.");
    expect(await type(bot, bob, "unsubscribe 1", { channel: team })).toBe(
      "This channel is not told of `payments-api` any more",
    );
    green(bot);
    await bot.settle();
    expect(headlines(bot)).toEqual([fixed]);
    expect(bot.read(team)).not.toContain("Fixed by #2 (");
    expect(await type(bot, bob, "unsubscribe web", { channel: team })).toContain("`web` any more");
    expect(await type(bot, bob, "list", { channel: team })).toContain("This channel has no subscriptions.");
    bot.read();
  });

  it("and that a route names anyway is told once", async () => {
    await using bot = await startTeam();
    expect(await type(bot, bob, "subscribe payments-api")).toContain("This channel is told of");
    red(bot);
    await bot.settle();
    expect(bot.messages()).toBe(1);
    bot.read();
  });
});
