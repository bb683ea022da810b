/** GitHub fails before, during and after: one check run and one comment are there in the end. */
import { describe, expect, it } from "vitest";
import type { Fault } from "../../sandbox/faults.ts";
import type { Pull } from "../../sandbox/github/pull.ts";
import { minute } from "../harness/clock.ts";
import { effort } from "../harness/effort.ts";
import { askedGithub, buildOf, type GithubBot, startGithubBot } from "../harness/github.ts";
import { useRedis } from "../harness/redis.ts";
import { checks, headlines } from "../harness/reporting.ts";
import { green, later, red } from "../harness/stories.ts";

const redis = useRedis();

const faults: readonly (readonly [string, Fault])[] = [
  ["answers 500 and has not done it", { kind: "status", status: 500 }],
  ["answers 500 and has done it", { kind: "status", status: 500, after: true }],
  ["answers 502 with a page", { kind: "status", status: 502, body: "<html>Unicorn!</html>", after: true }],
  ["never answers, and has done it", { kind: "hang", after: true }],
  ["closes the connection, and has done it", { kind: "drop", after: true }],
  ["closes the connection", { kind: "drop" }],
  ["asks to wait", { kind: "rateLimited", retryAfterSeconds: 30 }],
  ["has no requests left for us", { kind: "rateLimited", retryAfterSeconds: null }],
];

const calls = [
  "checks.create",
  "checks.update",
  "issues.listComments",
  "issues.createComment",
  "issues.updateComment",
] as const;
/** All of them in CI; otherwise each call fails in some ways, and in each way some call. */
const tried = calls.map((call, i) => {
  const first = i * 2;
  return [call, [...faults, ...faults].slice(first % faults.length).slice(0, effort(faults.length, 2))] as const;
});

describe.each(tried)("at %s GitHub", (call, some) => {
  it.each(some)("%s", async (_, fault) => {
    await using bot = await startGithubBot({ redis, app: { callTimeoutMs: 300 } });
    const pull = bot.repository.pull();
    await bot.settle();
    bot.github.faults.next(call, fault);
    red(bot, ["Specs"], buildOf(pull));
    await bot.settle();
    for (let i = 0; i < 4; i += 1) await later(bot, 20 * minute);
    expect(checks(bot, pull.headSha)).toEqual(["payments-api failure: 1 of 1 job failed (#1)"]);
    expect(headlines(bot, pull)).toEqual([`:x: **The build of ${pull.headSha.slice(0, 7)} failed**`]);
    green(bot, buildOf(pull));
    await bot.settle();
    for (let i = 0; i < 4; i += 1) await later(bot, 20 * minute);
    expect(checks(bot, pull.headSha)).toEqual(["payments-api success: Passed (#2)"]);
    expect(headlines(bot, pull)).toEqual([`:white_check_mark: All builds of ${pull.headSha.slice(0, 7)} passed`]);
    bot.github.faults.clear();
    bot.log.take();
  });
});

describe("where GitHub lets us do nothing", () => {
  it("nothing is tried again and again, and nobody is alarmed", async () => {
    await using bot = await startGithubBot({
      redis,
      github: {
        permissions: { metadata: "read", contents: "read", checks: "read", pull_requests: "read", issues: "read" },
      },
    });
    const pull = bot.repository.pull();
    red(bot, ["Specs"], buildOf(pull));
    await bot.settle();
    askedGithub(bot);
    await later(bot, 10 * minute);
    expect(askedGithub(bot).filter((call) => /^(?:checks|issues)\./.test(call))).toEqual([]);
    expect(bot.log.text).toContain("GitHub lets us show nothing there");
  });

  it("a commit that it does not know is passed over", async () => {
    await using bot = await startGithubBot({ redis });
    red(bot, ["Specs"], { branch: "gone", commit: "f".repeat(40) });
    await bot.settle();
    await later(bot, 10 * minute);
    expect(askedGithub(bot).filter((call) => call.startsWith("checks."))).toEqual(["checks.create 422"]);
  });

  it("a repository without the app is passed over", async () => {
    await using bot = await startGithubBot({ redis });
    bot.buildkite.pipeline("docs", { repository: "git@github.com:elsewhere/docs.git" });
    red(bot, ["Specs"], { pipeline: "docs", branch: "change", commit: "f".repeat(40) });
    await bot.settle();
    expect(askedGithub(bot).filter((call) => call.startsWith("checks."))).toEqual([]);
  });
});

describe("a comment that somebody deleted", () => {
  async function startWithout(): Promise<readonly [GithubBot, Pull]> {
    const bot = await startGithubBot({ redis });
    const pull = bot.repository.pull();
    red(bot, ["Specs"], buildOf(pull));
    await bot.settle();
    const [comment] = bot.repository.comments.of(pull);
    if (comment === undefined) throw new Error("Cannot find the comment");
    bot.github.as("ada").deleteComment(comment);
    await later(bot, 10 * minute);
    expect(headlines(bot, pull)).toEqual([]);
    return [bot, pull];
  }

  it("comes back with the next failure", async () => {
    const [bot, pull] = await startWithout();
    await using _ = bot;
    red(bot, ["Lint"], buildOf(pull));
    await bot.settle();
    expect(headlines(bot, pull)).toHaveLength(1);
  });

  it("does not for a build that runs, or is green", async () => {
    const [bot, pull] = await startWithout();
    await using _ = bot;
    const build = bot.buildkite.build("payments-api", buildOf(pull)).start();
    const job = build.job("Specs").start();
    await later(bot, minute);
    expect(headlines(bot, pull)).toEqual([]);
    job.pass();
    build.finish();
    await later(bot, minute);
    expect(headlines(bot, pull)).toEqual([]);
  });

  it("does not on a pull request that is closed", async () => {
    const [bot, pull] = await startWithout();
    await using _ = bot;
    bot.github.as("grace").merge(pull);
    await bot.settle();
    red(bot, ["Lint"], buildOf(pull));
    await later(bot, minute);
    expect(headlines(bot, pull)).toEqual([]);
  });

  it("though GitHub still lists it, is edited in vain once, and not again and again", async () => {
    await using bot = await startGithubBot({ redis });
    const pull = bot.repository.pull();
    red(bot, ["Specs"], buildOf(pull));
    await bot.settle();
    bot.github.faults.next("issues.updateComment", { kind: "status", status: 404 }, 2);
    askedGithub(bot);
    red(bot, ["Lint"], buildOf(pull));
    await bot.settle();
    await later(bot, 10 * minute);
    expect(askedGithub(bot).filter((call) => call.startsWith("issues.updateComment"))).toHaveLength(2);
    expect(headlines(bot, pull)).toHaveLength(1);
  });
});

it("a Redis that has forgotten everything finds its comment again", async () => {
  await using bot = await startGithubBot({ redis });
  const pull = bot.repository.pull();
  red(bot, ["Specs"], buildOf(pull));
  await bot.settle();
  const client = await redis.open();
  const keys = await client.keys("*{acme}:slot:pull-comment/*");
  expect(keys.length).toBeGreaterThan(0);
  await client.del(...keys);
  // Somebody who writes our marker is not us.
  bot.github.as("bob").comment(pull, "<!-- signalbox:pull -->\n\nmine");
  red(bot, ["Specs", "Lint"], buildOf(pull));
  await bot.settle();
  expect(headlines(bot, pull)).toHaveLength(1);
  expect(bot.repository.comments.of(pull)).toHaveLength(2);
});
