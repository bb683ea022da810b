/** What strangers see of us in a public repository, and what they can make us do. */
import { describe, expect, it } from "vitest";
import { apiToken } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
import { answers, breakPull, checkOf, comment, reactions, reader, reruns } from "../harness/commenting.ts";
import { askedGithub, buildOf, type GithubBotOptions, startGithubBot } from "../harness/github.ts";
import { useRedis } from "../harness/redis.ts";
import { everythingIn } from "../harness/redis-dump.ts";
import { checkRuns, reports } from "../harness/reporting.ts";
import { red as breakBuild, later } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();

describe("what was said in Slack", () => {
  it("is not told on GitHub: no name, no reason, no deed", async () => {
    const red = await breakPull({ redis, yml: "track:\n  - branch: change-*\n" });
    await using bot = red.bot;
    const said = await type(
      bot,
      reader,
      "mute Specs in payments-api change-1 for 2h because the Initech contract is late",
    );
    expect(said).toContain("You muted");
    await bot.settle();
    expect(checkOf(red).summary).toContain("muted until 2026-09-21 12:02 UTC (from Slack)");
    await comment(red, "bob", "/signalbox why", "/signalbox status");
    expect(answers(red)[0]).toContain("until 2026-09-21 12:02 UTC (from Slack)");
    const { summary, text } = checkOf(red);
    expect([...answers(red), ...reports(bot, red.pull), summary, text].join("\n")).not.toMatch(/cyd|Initech/);
    bot.read();
  });

  it("is told when it was done on GitHub, by login", async () => {
    const red = await breakPull({ redis, yml: "track:\n  - branch: change-*\n" });
    await using bot = red.bot;
    await comment(red, "ada", "/signalbox mute specs for 2h because the disk is full");
    await comment(red, "bob", "/signalbox why");
    expect(answers(red)[0]).toContain("Specs is muted by ada until 2026-09-21 12:02 UTC: the disk is full");
    expect(answers(red)[0]).toContain("ada, mute");
    bot.read();
  });
});

describe("while Slack does not tell who is in a user group", () => {
  const yml = "track:\n  - branch: change-*\nactions:\n  rerun: [S0OPS]\n";

  it("nobody is refused: the comment waits", async () => {
    const red = await breakPull({ redis, yml });
    await using bot = red.bot;
    bot.slack.addUser({ id: "U0GRACE", name: "grace" });
    bot.slack.addUserGroup({ id: "S0OPS", handle: "ops", name: "Ops", users: ["U0GRACE"], disabled: false });
    await type(bot, "U0GRACE", "link grace");
    bot.slack.faults.next("usergroups.users.list", { kind: "status", status: 503 });
    const written = await comment(red, "grace", "/signalbox rerun");
    expect([reactions(written), answers(red)]).toEqual([[], []]);
    await later(bot, 2 * minute);
    expect(reactions(written)).toEqual(["+1"]);
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 202"]);
    bot.read();
    bot.log.take();
  });
});

describe("somebody who may not write", () => {
  it("gets no words for a mistake, and those they may ask for", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    for (const line of ["frob", "rerun", "mute x", "mute"]) {
      expect(reactions(await comment(red, "bob", `/signalbox ${line}`))).toEqual(["confused"]);
    }
    expect(answers(red)).toEqual([]);
    expect(reruns(bot)).toEqual([]);
    expect(reactions(await comment(red, "bob", "/signalbox help"))).toEqual(["+1"]);
    expect(answers(red)).toHaveLength(1);
  });

  it("fills nothing: of a comment its commands are kept", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    const { id } = await comment(red, "bob", "x".repeat(60_000), "", "/signalbox status", "", "y".repeat(4_000));
    const kept = await everythingIn(redis, `comment:payments-api:${id}`);
    expect(kept).toContain('\\"commands\\":[\\"status\\"]');
    expect(kept).not.toMatch(/xxx|yyy/);
    expect(answers(red)).toHaveLength(1);
    bot.log.take();
  });

  it("is answered twenty times an hour at a pull request, and then with reactions only", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    for (let i = 0; i < 23; i += 1) bot.github.as("bob").comment(red.pull, "/signalbox help");
    await bot.settle();
    expect(answers(red)).toHaveLength(20);
    expect(reactions(await comment(red, "bob", "/signalbox help"))).toEqual(["+1"]);
    expect(answers(red)).toHaveLength(20);
  });
});

describe("a pull request from a fork", () => {
  async function breakFork(options: GithubBotOptions, branch = "round") {
    const bot = await startGithubBot({ ...options, env: { BUILDKITE_API_TOKEN: apiToken } });
    bot.slack.addUser({ id: reader, name: "cyd" });
    bot.github.account("eve", { name: "Eve", email: "eve@example.com" });
    const pull = bot.repository.pull({ fork: bot.repository.fork("eve"), author: "eve", branch });
    const build = breakBuild(bot, ["Specs"], buildOf(pull));
    await bot.settle();
    return { bot, pull, build };
  }

  it("has its job muted on its own branch only", async () => {
    const red = await breakFork({ redis });
    await using bot = red.bot;
    bot.github.as("grace").press(checkOf(red), "mute");
    await bot.settle();
    expect(await type(bot, reader, "mutes")).toContain("*Specs* on `round` of payments-api");
  });

  it("cannot have a job muted everywhere", async () => {
    const red = await breakFork({ redis });
    await using bot = red.bot;
    await comment(red, "grace", "/signalbox mute Specs everywhere");
    expect(answers(red)[0]).toContain("comes from a fork, which names its jobs itself");
    expect(await type(bot, reader, "mutes")).toContain("Nothing is muted");
  });

  it("mutes nothing on a branch that is called like the default branch", async () => {
    const red = await breakFork({ redis }, "main");
    await using bot = red.bot;
    await comment(red, "grace", "/signalbox mute Specs");
    bot.github.as("grace").press(checkOf(red), "mute");
    await bot.settle();
    expect(await type(bot, reader, "mutes")).toContain("Nothing is muted");
    bot.read();
    bot.log.take();
  });
});

describe("the log of a failed job", () => {
  const log = "1) rounds half-even\nrspec ./spec/round_spec.rb:12 # rounds half-even";

  async function breakWithLog(options: GithubBotOptions) {
    const bot = await startGithubBot({ ...options, env: { BUILDKITE_API_TOKEN: apiToken } });
    const pull = bot.repository.pull();
    const build = bot.buildkite.build("payments-api", buildOf(pull)).start();
    build.job("Specs").fail({ log });
    build.finish();
    await bot.settle();
    return { bot, pull };
  }

  it.each<[seen: "private" | "public", setting: string, quoted: boolean]>([
    ["public", "", false],
    ["public", "github: { log_excerpts: private }", false],
    ["public", "github: { log_excerpts: always }", true],
    ["private", "", true],
    ["private", "github: { log_excerpts: never }", false],
  ])("in a %s repository with {%s} is quoted: %s", async (seen, yml, quoted) => {
    const { bot: started, pull } = await breakWithLog({ redis, yml, visibility: seen });
    await using bot = started;
    const [run] = checkRuns(bot, pull.headSha);
    expect(run?.text?.includes("half-even")).toBe(quoted);
    expect(run?.annotations).toHaveLength(quoted ? 1 : 0);
    expect(reports(bot, pull)[0]?.includes("half-even")).toBe(quoted);
    expect(askedGithub(bot).includes("repos.get 200")).toBe(!yml.includes("always") && !yml.includes("never"));
  });

  it("is not quoted while GitHub does not tell who sees it, and comes later", async () => {
    const bot = await startGithubBot({ redis, visibility: "private", env: { BUILDKITE_API_TOKEN: apiToken } });
    await using _ = bot;
    bot.github.faults.next("repos.get", { kind: "rateLimited", retryAfterSeconds: 20 });
    const pull = bot.repository.pull();
    const build = bot.buildkite.build("payments-api", buildOf(pull)).start();
    build.job("Specs").fail({ log });
    build.finish();
    await bot.settle();
    await later(bot, minute);
    expect(checkRuns(bot, pull.headSha)[0]?.text).toContain("half-even");
    expect(reports(bot, pull)[0]).toContain("half-even");
    bot.log.take();
  });
});
