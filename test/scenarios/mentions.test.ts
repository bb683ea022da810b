/** Whose change broke the branch is told so: once, where they want it, and never somebody else by guess. */
import { describe, expect, it } from "vitest";
import type { Author } from "../../sandbox/buildkite/build-record.ts";
import { press, startTeam } from "../harness/acting.ts";
import { type Bot, channelId } from "../harness/bot.ts";
import { hour, minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { ada, grace, green, later, red, thread } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();
const down = { kind: "status", status: 503 } as const;

async function breakBy(bot: Bot, author: Partial<Author>, creator?: Author): Promise<void> {
  red(bot, ["Specs"], { author: { name: "Somebody", email: "", ...author }, ...(creator && { creator }) });
  await bot.settle();
}

/** How often Slack was given something new to show that names the person so that they are pinged. */
function pings(bot: Bot, user = "U0ADA"): number {
  bot.read();
  const posts = bot.slack.calls.filter(({ method, error }) => method === "chat.postMessage" && error === null);
  return posts.filter(({ args }) => JSON.stringify([args.text, args.blocks]).includes(`<@${user}>`)).length;
}

function direct(bot: Bot, user = "U0ADA"): number {
  return bot.slack.as(user).directMessages().length;
}

describe("the author of the change is mentioned", () => {
  it("by the e-mail address of the commit", async () => {
    await using bot = await startTeam({ redis });
    await breakBy(bot, { name: "A. L.", email: "ADA@example.com" });
    expect(pings(bot)).toBe(1);
    expect(bot.read()).toContain("*Author* <@U0ADA>");
  });

  it("by the login that they linked, before all else", async () => {
    await using bot = await startTeam({ redis });
    await type(bot, "U0BOB", "link ada-gh");
    await breakBy(bot, { username: "ada-gh", email: ada.email });
    expect([pings(bot, "U0BOB"), pings(bot, "U0ADA")]).toEqual([1, 0]);
  });

  it("by what an operator wrote down", async () => {
    await using bot = await startTeam({ redis, yml: "people: { ada-gh: U0ADA, lovelace@home.example: U0ADA }" });
    await breakBy(bot, { email: "lovelace@home.example" });
    expect(pings(bot)).toBe(1);
    green(bot);
    await later(bot, 3 * hour);
    await breakBy(bot, { username: "Ada-GH", email: grace.email });
    expect([pings(bot), pings(bot, "U0GRACE")]).toEqual([2, 0]);
  });

  it("by the login in an address that GitHub keeps private", async () => {
    await using bot = await startTeam({ redis });
    await type(bot, "U0ADA", "link ada-gh");
    await breakBy(bot, { name: "Ada", email: "1234+ada-gh@users.noreply.github.com" });
    expect(pings(bot)).toBe(1);
    expect(bot.slack.calls.filter(({ method }) => method === "users.lookupByEmail")).toEqual([]);
  });

  it("who is, for a bot's commit, the person who started the build", async () => {
    await using bot = await startTeam({ redis });
    const renovate = {
      name: "renovate[bot]",
      email: "29139614+renovate[bot]@users.noreply.github.com",
    };
    await breakBy(bot, renovate, grace);
    expect([pings(bot, "U0GRACE"), pings(bot)]).toEqual([1, 0]);
  });

  it("once: not when the message changes, not by the next red build, not after a restart", async () => {
    await using bot = await startTeam({ redis });
    await breakBy(bot, ada);
    await press(bot, "U0GRACE", "alert.acknowledge");
    await bot.restart();
    await breakBy(bot, grace);
    await later(bot, minute);
    expect([pings(bot), pings(bot, "U0GRACE")]).toEqual([1, 0]);
  });

  it("once in all the channels that are told", async () => {
    await using bot = await startTeam({ redis });
    bot.slack.addChannel({ id: "C0TEAM", name: "team" });
    await type(bot, "U0BOB", "subscribe payments-api", { channel: "C0TEAM" });
    await breakBy(bot, ada);
    expect(bot.read("C0TEAM")).toContain("*Author* Ada Lovelace");
    expect(pings(bot)).toBe(1);
  });

  it("anew when the branch breaks again, by the message that says so", async () => {
    await using bot = await startTeam({ redis });
    await breakBy(bot, ada);
    green(bot);
    await bot.settle();
    await breakBy(bot, grace);
    expect([pings(bot), pings(bot, "U0GRACE")]).toEqual([1, 1]);
    expect(bot.messages()).toBe(1);
    expect(thread(bot).at(-1)).toContain("change by <@U0GRACE>");
  });
});

describe("nobody is mentioned", () => {
  it.each([
    ["by the name alone", { name: "ada" }],
    ["by the address of a bot", { name: "ci", email: "github-actions@github.com" }],
    ["who was deactivated", { email: "gone@example.com" }],
    ["whom Slack does not know", { name: "Eve", email: "eve@example.com" }],
  ])("%s", async (_, author) => {
    await using bot = await startTeam({ redis, yml: "people: { gone-gh: U0GONE }" }, [
      { id: "U0GONE", name: "gone", email: "gone@example.com", deleted: true },
    ]);
    await breakBy(bot, author);
    expect(bot.read()).not.toContain("<@");
    expect(bot.slack.calls.filter(({ method }) => method.startsWith("users.")).length).toBeLessThan(3);
  });

  it("who wants to be left alone, neither at once nor by a reminder", async () => {
    await using bot = await startTeam({ redis });
    await type(bot, "U0ADA", "notify off");
    await breakBy(bot, ada);
    await later(bot, 2 * hour);
    expect([pings(bot), direct(bot)]).toEqual([0, 0]);
    expect(bot.read()).toContain("*Author* Ada Lovelace");
    expect(await type(bot, "U0ADA", "mine")).toContain("Payments API");
  });

  it("by a reminder who said after the mention that they want to be left alone", async () => {
    await using bot = await startTeam({ redis });
    await breakBy(bot, ada);
    await type(bot, "U0ADA", "notify off");
    await later(bot, 2 * hour);
    expect([pings(bot), direct(bot)]).toEqual([1, 0]);
  });
});

describe("who wants to be told directly", () => {
  it("is, once per break, instead of the mention", async () => {
    await using bot = await startTeam({ redis });
    await type(bot, "U0ADA", "notify dm");
    await breakBy(bot, ada);
    await bot.restart();
    await breakBy(bot, grace);
    expect(bot.read("dm-ada")).toMatchInlineSnapshot(`
      ":red_circle: \`main\` of Payments API broke with your build #1.
      Failed: Specs · View log
      [I am on it] [Wrong person?] [Open the alert]"
    `);
    expect(pings(bot)).toBe(0);
    green(bot);
    await bot.settle();
    await breakBy(bot, ada);
    expect([pings(bot), direct(bot)]).toEqual([0, 2]);
  });

  it("can act from there", async () => {
    await using bot = await startTeam({ redis });
    await type(bot, "U0ADA", "notify dm");
    await breakBy(bot, ada);
    await bot.slack.as("U0ADA").click("U0ADA", "alert.acknowledge");
    await bot.settle();
    expect(thread(bot)).toEqual([":eyes: *ada* acknowledged"]);
    bot.read("dm-ada");
  });

  it("is told in the thread when Slack cannot write to them, and again never", async () => {
    await using bot = await startTeam({ redis });
    await type(bot, "U0ADA", "notify dm");
    bot.slack.takeCalls();
    red(bot, ["Specs"], { author: ada });
    // The alert's own message comes first.
    bot.slack.faults.next("chat.postMessage", { kind: "delay", ms: 0 });
    bot.slack.faults.next("chat.postMessage", { kind: "error", error: "messages_tab_disabled" });
    await bot.settle();
    expect(thread(bot)).toEqual(["<@U0ADA>, `main` broke with your change: build #1\n    [Wrong person?]"]);
    await later(bot, minute);
    expect([pings(bot), direct(bot)]).toEqual([1, 0]);
  });

  it("is not told of what is muted, until it is not any more", async () => {
    await using bot = await startTeam({ redis });
    await type(bot, "U0ADA", "notify dm");
    await breakBy(bot, grace);
    await type(bot, "U0BOB", "mute payments-api 1h");
    green(bot);
    await later(bot, minute);
    await breakBy(bot, ada);
    expect(direct(bot)).toBe(0);
    await type(bot, "U0BOB", "unmute payments-api");
    expect(direct(bot)).toBe(1);
    bot.read("dm-ada");
    bot.read();
  });
});

describe("while Slack cannot tell who is who", () => {
  it("the alert is told at once, and the author in its thread as soon as they are known", async () => {
    await using bot = await startTeam({ redis });
    bot.slack.faults.next("users.lookupByEmail", down, 3);
    await breakBy(bot, ada);
    expect(bot.read()).toContain("*Author* Ada Lovelace");
    await later(bot, minute);
    await later(bot, minute);
    expect(pings(bot)).toBe(0);
    await later(bot, minute);
    expect(thread(bot)).toEqual(["<@U0ADA>, `main` broke with your change: build #1\n    [Wrong person?]"]);
    expect(bot.read()).toContain("*Author* <@U0ADA>");
    await later(bot, hour);
    expect(pings(bot)).toBe(1);
  });

  it("the author is not called any more for what was fixed meanwhile, or for what broke yesterday", async () => {
    await using bot = await startTeam({ redis, yml: "reminders: off" });
    bot.slack.faults.next("users.lookupByEmail", down, Number.POSITIVE_INFINITY);
    await breakBy(bot, ada);
    await later(bot, 25 * hour);
    bot.slack.faults.clear();
    await later(bot, hour);
    expect(pings(bot)).toBe(0);
    bot.slack.faults.next("users.lookupByEmail", down);
    await breakBy(bot, ada);
    green(bot);
    await bot.settle();
    await later(bot, minute);
    expect(pings(bot)).toBe(0);
  });

  it("a right that is missing is no reason to ask again and again", async () => {
    const scopes = ["chat:write", "chat:write.public", "commands", "users:read", "channels:history"];
    await using bot = await startTeam({ redis, scopes });
    await breakBy(bot, ada);
    await later(bot, hour);
    expect(bot.log.take().filter((line) => line === "Slack refuses to tell who is who")).toHaveLength(1);
    expect(bot.slack.takeCalls("users.lookupByEmail")).toHaveLength(1);
    bot.read();
  });
});

describe("whoever is the wrong person", () => {
  it("says so: the mention goes, and the next alert does not make the same mistake", async () => {
    await using bot = await startTeam({ redis, yml: "people: { shared@example.com: U0ADA }" });
    await breakBy(bot, { name: "The Team", email: "shared@example.com" });
    expect(await press(bot, "U0ADA", "alert.decline")).toContain("The mention is gone");
    expect(bot.read()).toContain("*Author* The Team");
    green(bot);
    await later(bot, 3 * hour);
    await breakBy(bot, { name: "The Team", email: "shared@example.com" });
    expect(pings(bot)).toBe(1);
    expect(bot.messages()).toBe(2);
    expect(await type(bot, "U0BOB", "why payments-api")).not.toContain("decline");
  });

  it("may say so whatever the rules are, and nobody else against them", async () => {
    await using bot = await startTeam({ redis, yml: "actions: { acknowledge: [S0OWNERS] }" });
    await breakBy(bot, ada);
    expect(await press(bot, "U0BOB", "alert.decline")).toContain("This is for members of");
    const again = bot.slack.as("U0BOB").button(channelId, "alert.decline");
    expect(await press(bot, "U0ADA", "alert.decline")).toContain("The mention is gone");
    await again.press();
    await bot.settle();
    const why = await type(bot, "U0BOB", "why payments-api");
    expect(why.split("\n").filter((line) => line.includes("U0ADA") || line.includes("ada:"))).toHaveLength(1);
    expect(bot.read()).not.toContain("<@U0ADA>");
  });

  it("is not reminded either", async () => {
    await using bot = await startTeam({ redis });
    await breakBy(bot, ada);
    await press(bot, "U0ADA", "alert.decline");
    await later(bot, 2 * hour);
    expect(direct(bot)).toBe(0);
    bot.read();
  });
});
