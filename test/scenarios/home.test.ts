/** The Home tab: what is mine, what waits, what is muted, and my preferences; made anew after what is done in it. */
import { describe, expect, it } from "vitest";
import { readView } from "../../sandbox/slack/read.ts";
import { apiToken, type Bot, startBot } from "../harness/bot.ts";
import { useRedis } from "../harness/redis.ts";
import { ada as author, red } from "../harness/stories.ts";

const redis = useRedis();
const ada = "U0ADA";
const bob = "U0BOB";

async function startTeam(): Promise<Bot> {
  const yml = 'actions: { rerun: channel }\ntrack: [{ branch: "release/*" }]';
  const bot = await startBot({ redis, yml, env: { BUILDKITE_API_TOKEN: apiToken } });
  bot.slack.addUser({ id: ada, name: "ada", email: author.email });
  bot.slack.addUser({ id: bob, name: "bob" });
  return bot;
}

async function open(bot: Bot, user: string): Promise<string> {
  await bot.slack.as(user).openHome();
  await bot.settle();
  return read(bot, user);
}

async function click(bot: Bot, user: string, action: string, value?: string): Promise<string> {
  await bot.slack.as(user).clickHome(action, value === undefined ? {} : { value });
  await bot.app.settled();
  return read(bot, user);
}

function read(bot: Bot, user: string): string {
  const home = bot.slack.home(user);
  return home === undefined ? "" : readView(home);
}

/** What stands below a heading. */
function part(home: string, heading: string): string {
  const headings = ["My failing builds", "Waiting for an acknowledgement", "Active mutes", "Preferences"];
  const rest = home.slice(home.indexOf(heading) + heading.length + 1);
  const ends = headings.map((other) => rest.indexOf(`${other}\n`)).filter((end) => end >= 0);
  return rest.slice(0, Math.min(...ends, rest.length)).trimEnd();
}

const mine = "My failing builds";
const waiting = "Waiting for an acknowledgement";

describe("the Home tab", () => {
  it("shows a quiet day", async () => {
    await using bot = await startTeam();
    const home = await open(bot, ada);
    expect(part(home, mine)).toBe(":large_green_circle: Nothing of yours is failing.");
    expect(part(home, waiting)).toBe(":sunny: Somebody is on everything that fails.");
    expect(part(home, "Active mutes")).toBe(":bell: Nothing is muted.");
    expect(home).toContain("Your GitHub login is not linked");
  });

  it("shows what is mine, and to others what waits", async () => {
    await using bot = await startTeam();
    red(bot, ["Specs"], { author });
    await bot.settle();
    const row =
      /^:red_circle: `main` · Payments API · #1 .*\n\[Acknowledge\] \[Rerun failed jobs\] \[Mute…\] \[Open the alert\]$/;
    expect(part(await open(bot, ada), mine)).toMatch(row);
    expect(part(await open(bot, bob), waiting)).toMatch(row);
    bot.read();
  });

  it("is shown anew after an acknowledgement, a mute and its end, and a rerun", async () => {
    await using bot = await startTeam();
    red(bot, ["Specs"], { author: null });
    await bot.settle();
    await open(bot, bob);
    const taken = await click(bot, bob, "alert.acknowledge");
    expect(part(taken, mine)).toContain(":eyes: bob is on it");
    expect(part(taken, waiting)).toContain(":sunny:");
    await click(bot, bob, "alert.mute");
    await bot.slack.as(bob).submit("mute.submit", {});
    await bot.settle();
    const muted = read(bot, bob);
    expect(part(muted, mine)).toContain(":no_bell: muted until");
    expect(part(muted, "Active mutes")).toMatch(
      /^:no_bell: \*Specs\* on `main` of payments-api · by bob, .* {2}\[Unmute\]$/,
    );
    const again = await click(bot, bob, "alert.unmute");
    expect(part(again, "Active mutes")).toBe(":bell: Nothing is muted.");
    expect(part(await click(bot, bob, "alert.rerun"), mine)).not.toContain("[Rerun failed jobs]");
    await bot.settle();
    expect(bot.read()).toContain("*bob* reran the failed jobs");
    expect(bot.slack.as(bob).directMessages()).toEqual([]);
  });

  it("shows many alerts in pages, and stays on the page where one acts", async () => {
    await using bot = await startTeam();
    for (let i = 1; i <= 32; i += 1) red(bot, ["Specs"], { author: null, branch: `release/${i}` });
    await bot.settle();
    bot.read();
    const rows = (home: string): number => part(home, waiting).split(":red_circle:").length - 1;
    const first = await open(bot, bob);
    expect(rows(first)).toBe(15);
    expect(first).toContain("1 to 15 of 32 entries  [More]");
    expect(bot.slack.takeCalls("chat.getPermalink")).toHaveLength(15);
    expect(await click(bot, bob, "home.more")).toContain("16 to 30 of 32 entries  [More]");
    const after = await click(bot, bob, "alert.acknowledge");
    expect(after).toContain("16 to 30 of 31 entries  [More]");
    const last = await click(bot, bob, "home.more");
    expect(rows(last)).toBe(1);
    expect(last).toContain("31 of 31 entries  [Back to the first]");
    expect(await click(bot, bob, "home.more")).toContain("1 to 15 of 31 entries");
    await bot.settle();
    bot.read();
  });

  it("takes where I want to be told, and who I am", async () => {
    await using bot = await startTeam();
    expect(await open(bot, bob)).toContain("[In the channel, by a mention ▾]");
    expect(await click(bot, bob, "home.notify", "off")).toContain("[Not at all ▾]");
    await click(bot, bob, "link.open");
    await bot.slack.as(bob).submit("link.submit", { "link.login": "octocat" });
    await bot.settle();
    expect(read(bot, bob)).toContain("Your GitHub login is `octocat`.");
    bot.read("dm-bob");
  });
});

describe("when Slack does not show it", () => {
  it("two clicks close together show what both did", async () => {
    await using bot = await startTeam();
    for (const branch of ["release/1", "release/2"]) red(bot, ["Specs"], { author: null, branch });
    await bot.settle();
    await open(bot, bob);
    const person = bot.slack.as(bob);
    await Promise.all([person.clickHome("alert.acknowledge"), person.clickHome("alert.mute")]);
    await bot.app.settled();
    await bot.slack.as(bob).submit("mute.submit", {});
    await bot.settle();
    expect(part(read(bot, bob), mine)).toContain(":eyes: bob is on it");
    expect(part(read(bot, bob), "Active mutes")).toContain(":no_bell:");
    bot.read();
  });

  it.each([
    ["an error", { kind: "error", error: "internal_error" }],
    ["a refusal", { kind: "error", error: "not_enabled" }],
    ["a pause", { kind: "rateLimited", retryAfterSeconds: 30 }],
    ["no answer", { kind: "drop" }],
  ] as const)("%s undoes nothing, and nobody is bothered", async (_, fault) => {
    await using bot = await startTeam();
    red(bot, ["Specs"], { author: null });
    await bot.settle();
    await open(bot, bob);
    bot.slack.faults.next("views.publish", fault);
    await click(bot, bob, "alert.acknowledge");
    await bot.settle();
    expect(bot.log.take()).toEqual(["Cannot show the Home tab"]);
    expect(bot.read()).toContain(":eyes: *bob* is on it");
    expect(bot.slack.as(bob).directMessages()).toEqual([]);
  });

  it("a view that changed since is made anew", async () => {
    await using bot = await startTeam();
    red(bot, ["Specs"], { author: null });
    await bot.settle();
    await open(bot, bob);
    bot.slack.faults.next("views.publish", { kind: "error", error: "hash_conflict" });
    expect(part(await click(bot, bob, "alert.acknowledge"), mine)).toContain(":eyes: bob is on it");
    await bot.settle();
    bot.read();
  });
});
