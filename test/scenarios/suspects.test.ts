/** Between the last green build and the first red one somebody broke the branch: the alert says who it may have been. */
import { describe, expect, it } from "vitest";
import type { MergeOptions } from "../../sandbox/github/merge.ts";
import type { PullOptions } from "../../sandbox/github/pull.ts";
import { channelId } from "../harness/bot.ts";
import { hour, minute } from "../harness/clock.ts";
import {
  askedGithub,
  buildOfBranch,
  type GithubBot,
  type GithubBotOptions,
  startGithubBot,
} from "../harness/github.ts";
import { useRedis } from "../harness/redis.ts";
import { ada, grace, green, later, red, thread } from "../harness/stories.ts";

const redis = useRedis();
const compare = "repos.compareCommitsWithBasehead";
const second = 1000;

/** Ada, Grace and Bob work here, and the branch was green. */
async function start(options: Omit<GithubBotOptions, "redis"> = {}): Promise<GithubBot> {
  const bot = await startGithubBot({ redis, ...options });
  bot.slack.addUser({ id: "U0ADA", name: "ada", realName: "Ada Lovelace", email: ada.email });
  bot.slack.addUser({ id: "U0GRACE", name: "grace", realName: "Grace Hopper", email: grace.email });
  bot.slack.addUser({ id: "U0BOB", name: "bob", realName: "Bob", email: "bob@example.com" });
  green(bot, buildOfBranch(bot.repository));
  await bot.settle();
  askedGithub(bot);
  return bot;
}

function land({ repository }: GithubBot, title: string, options: Partial<PullOptions> & MergeOptions = {}): void {
  const { method = "squash", by, ...rest } = options;
  repository.mergePull(repository.pull({ title, ...rest }), { method, ...(by !== undefined && { by }) });
}

/** Main turns red with what is there now. */
async function breaks(bot: GithubBot): Promise<void> {
  red(bot, ["Specs"], buildOfBranch(bot.repository));
  await bot.settle();
}

/** The part of the alert about suspects. */
function suspects(bot: GithubBot): string[] {
  const lines = bot.read().split("\n");
  const from = lines.findIndex((line) => /^\*(?:Likely cause|Suspect)/.test(line));
  if (from === -1) return [];
  const to = lines.findIndex((line, i) => i > from && !line.startsWith("• "));
  return lines.slice(from, to === -1 ? undefined : to);
}

/** What GitHub was asked about commits since the last look. */
function calls(bot: GithubBot): string[] {
  return askedGithub(bot).filter((call) => /^graphql|commit/i.test(call));
}

/** Who was pinged in the channel, by new messages: an edit pings nobody. */
function pinged(bot: GithubBot): string[] {
  const posts = bot.slack.calls.filter(({ method, error }) => method === "chat.postMessage" && error === null);
  const texts = posts.map(({ args }) => JSON.stringify([args.text, args.blocks]));
  return texts.flatMap((text) => [...new Set(text.match(/<@\w+>/g))]);
}

describe("one suspect", () => {
  it("is named as the cause, and its author mentioned once, whoever merged it", async () => {
    await using bot = await start();
    land(bot, "Fix rounding", {
      method: "merge",
      author: "ada",
      by: "grace",
      commits: [{ message: "a" }, { message: "b" }],
    });
    await breaks(bot);
    expect(suspects(bot)).toEqual(["*Likely cause* #1 Fix rounding by Ada Lovelace"]);
    expect(bot.read()).toContain("*Author* <@U0ADA>");
    expect(bot.read()).not.toContain("*Change*");
    await later(bot, hour / 2);
    expect(pinged(bot)).toEqual(["<@U0ADA>"]);
    expect(calls(bot)).toEqual([`${compare} 200`, "graphql 200"]);
    bot.read();
  });

  it("may be a squash, with who else wrote it", async () => {
    await using bot = await start();
    land(bot, "Fix rounding", {
      author: "ada",
      by: "grace",
      commits: [{ message: "a" }, { message: "b", author: "bob" }],
    });
    await breaks(bot);
    expect(suspects(bot)).toEqual(["*Likely cause* #1 Fix rounding by Ada Lovelace with Bob"]);
    expect(pinged(bot)).toEqual(["<@U0ADA>"]);
  });

  it("may have been pushed directly", async () => {
    await using bot = await start();
    const { sha } = bot.repository.push({ message: "Hotfix", author: "grace" });
    await breaks(bot);
    expect(suspects(bot)).toEqual([`*Likely cause* ${sha.slice(0, 7)} Hotfix by Grace Hopper`]);
    expect(pinged(bot)).toEqual(["<@U0GRACE>"]);
  });

  it("may be a bot's: who merged it is mentioned", async () => {
    await using bot = await start({ yml: "people: { grace: U0GRACE }" });
    land(bot, "Bump deps", { author: "renovate[bot]", by: "grace" });
    await breaks(bot);
    expect(suspects(bot)).toEqual(["*Likely cause* #1 Bump deps by `@renovate[bot]`, merged by Grace Hopper"]);
    expect(pinged(bot)).toEqual(["<@U0GRACE>"]);
  });

  it("of somebody whom nobody knows in Slack is named, and nobody is called", async () => {
    await using bot = await start();
    const fork = bot.repository.fork("eve");
    land(bot, "Contribute", { author: "eve", by: "grace", fork });
    await breaks(bot);
    expect(suspects(bot)).toEqual(["*Likely cause* #1 Contribute by eve"]);
    expect(pinged(bot)).toEqual([]);
  });
});

describe("several suspects", () => {
  it("are listed, and only the author of the red commit is called", async () => {
    await using bot = await start();
    for (const [i, author] of ["ada", "grace", "bob", "ada", "bob", "grace", "ada"].entries()) {
      land(bot, `Change ${i + 1}`, { author });
    }
    await breaks(bot);
    expect(suspects(bot)).toMatchInlineSnapshot(`
      [
        "*Suspects (7)*",
        "• #7 Change 7 by Ada Lovelace",
        "• #6 Change 6 by Grace Hopper",
        "• #5 Change 5 by Bob",
        "• #4 Change 4 by Ada Lovelace",
        "• #3 Change 3 by Bob",
        "• and 2 more",
      ]
    `);
    expect(pinged(bot)).toEqual(["<@U0ADA>"]);
    expect(calls(bot).length).toBeLessThanOrEqual(5);
  });

  it("call nobody, when the red commit's author is none of them", async () => {
    await using bot = await start();
    land(bot, "One", { author: "ada" });
    land(bot, "Two", { method: "merge", author: "grace", by: "bob" });
    await breaks(bot);
    expect(suspects(bot)).toHaveLength(3);
    expect(pinged(bot)).toEqual([]);
    bot.read();
  });

  it("are looked for anew, when the branch breaks again", async () => {
    await using bot = await start();
    land(bot, "One", { author: "ada" });
    await breaks(bot);
    green(bot, buildOfBranch(bot.repository));
    await bot.settle();
    land(bot, "Two", { author: "grace" });
    await breaks(bot);
    expect(bot.messages()).toBe(1);
    expect(suspects(bot)).toEqual(["*Likely cause* #2 Two by Grace Hopper"]);
    expect(pinged(bot)).toEqual(["<@U0ADA>", "<@U0GRACE>"]);
  });

  it("become fewer, when a green build between is told late", async () => {
    await using bot = await start();
    land(bot, "One", { author: "ada" });
    green(bot, buildOfBranch(bot.repository));
    const late = bot.buildkite.take();
    land(bot, "Two", { author: "grace" });
    await breaks(bot);
    expect(suspects(bot)[0]).toBe("*Suspects (2)*");
    for (const delivery of late) await bot.buildkite.send(delivery);
    await bot.settle();
    await later(bot, minute);
    red(bot, ["Specs"], buildOfBranch(bot.repository));
    await bot.settle();
    expect(suspects(bot)).toEqual(["*Likely cause* #2 Two by Grace Hopper"]);
  });

  it("are none, when the same commit was green before", async () => {
    await using bot = await start();
    await breaks(bot);
    expect(suspects(bot)).toEqual(["*Suspects* none: green build #1 had the same changes"]);
    expect([pinged(bot), calls(bot)]).toEqual([[], []]);
  });
});

describe("while GitHub does not answer", () => {
  it("the alert is told without suspects; they come later, and their author in the thread", async () => {
    await using bot = await start();
    land(bot, "Fix rounding", { method: "merge", author: "ada", by: "grace" });
    bot.github.faults.next(compare, { kind: "status", status: 503 }, 2);
    await breaks(bot);
    expect([bot.messages(), suspects(bot), pinged(bot)]).toEqual([1, [], []]);
    expect(bot.read()).toContain("*Author* Grace Hopper");
    await later(bot, 30 * second);
    expect(suspects(bot)).toEqual([]);
    await later(bot, 30 * second);
    expect(suspects(bot)).toEqual(["*Likely cause* #1 Fix rounding by Ada Lovelace"]);
    expect(thread(bot)).toEqual(["<@U0ADA>, `main` broke with your change: build #2\n    [Wrong person?]"]);
    expect(bot.read()).toContain("*Author* <@U0ADA>");
    await later(bot, minute);
    expect(pinged(bot)).toEqual(["<@U0ADA>"]);
  });

  it.each([
    ["at all", 1000],
    ["in time, while the call may take longer", 10_000],
  ])("%s, the alert is not kept waiting", async (_, callTimeoutMs) => {
    await using bot = await start({ app: { callTimeoutMs } });
    land(bot, "Fix rounding", { author: "ada" });
    bot.github.faults.next(compare, { kind: "hang" });
    await breaks(bot);
    expect([bot.messages(channelId), suspects(bot)]).toEqual([1, []]);
    bot.github.faults.release();
    await later(bot, 30 * second);
    expect(suspects(bot)).toEqual(["*Likely cause* #1 Fix rounding by Ada Lovelace"]);
    expect(pinged(bot)).toEqual(["<@U0ADA>"]);
    bot.read();
  });

  it.each<[how: string, away: (bot: GithubBot) => unknown]>([
    ["refuses connections", ({ github }) => github.stop()],
    [
      "gives no token",
      ({ github }) => {
        github.revokeTokens();
        github.faults.next("apps.createInstallationAccessToken", { kind: "status", status: 502 }, 99);
      },
    ],
    [
      "answers in a form that nobody knows",
      ({ github }) => {
        github.revokeTokens();
        github.faults.next("apps.createInstallationAccessToken", { kind: "status", status: 404 });
        github.faults.next("apps.getRepoInstallation", { kind: "status", status: 200, body: { id: "?" } }, 99);
      },
    ],
  ])("because it %s, the alert is told all the same", async (_, away) => {
    await using bot = await start();
    land(bot, "Fix rounding", { author: "ada" });
    await bot.settle();
    bot.clock.advance(2 * minute);
    await away(bot);
    await breaks(bot);
    expect([bot.messages(), suspects(bot), pinged(bot)]).toEqual([1, [], []]);
    expect(bot.log.take()).toContain("Cannot ask GitHub who may have broken the branch");
    bot.github.faults.clear();
  });

  it("for long, the build's word is taken for whose change it was", async () => {
    await using bot = await start({ yml: "reminders: off" });
    land(bot, "Fix rounding", { author: "ada" });
    bot.github.faults.next(compare, { kind: "status", status: 503 }, Number.POSITIVE_INFINITY);
    await breaks(bot);
    for (let i = 0; i < 40; i += 1) await later(bot, 30 * second);
    bot.github.faults.clear();
    expect([suspects(bot), pinged(bot)]).toEqual([[], ["<@U0ADA>"]]);
    calls(bot);
    await later(bot, hour);
    expect(calls(bot)).toEqual([]);
  });

  it("and people act meanwhile, they are answered at once", async () => {
    await using bot = await start();
    land(bot, "Fix rounding", { author: "ada" });
    bot.github.faults.next(compare, { kind: "status", status: 503 });
    await breaks(bot);
    calls(bot);
    await bot.slack.as("U0BOB").click(channelId, "alert.acknowledge");
    await bot.settle();
    expect(calls(bot)).toEqual([]);
    expect(bot.read()).toContain("is on it");
  });
});

describe("nothing changes", () => {
  it("where the app is not installed: the build's author is mentioned, and GitHub not asked again", async () => {
    await using bot = await startGithubBot({ redis, repository: "git@github.com:other/payments-api.git" });
    bot.slack.addUser({ id: "U0ADA", name: "ada", realName: "Ada Lovelace", email: ada.email });
    red(bot, ["Specs"], { author: ada, commit: "a".repeat(40) });
    await bot.settle();
    expect([suspects(bot), pinged(bot)]).toEqual([[], ["<@U0ADA>"]]);
    calls(bot);
    await later(bot, hour / 2);
    expect(calls(bot)).toEqual([]);
    bot.read();
  });
});
