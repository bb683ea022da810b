/** The follow-up pipeline gets a build for each build that finished: once for each way it ended (build-tracker 1.12). */
import { describe, expect, it } from "vitest";
import type { Fault } from "../../sandbox/faults.ts";
import { apiToken, type Bot, type BotOptions, startBot } from "../harness/bot.ts";
import { minute, second } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { grace, green, headline, later, red, send } from "../harness/stories.ts";

const redis = useRedis();

async function start(options: Partial<BotOptions> = {}): Promise<Bot> {
  const yml = "follow_up: { pipeline: build-metrics, branch: stable, commit: 4f8d2c9 }";
  const bot = await startBot({ redis, env: { BUILDKITE_API_TOKEN: apiToken }, yml, ...options });
  bot.buildkite.pipeline("build-metrics");
  return bot;
}

/** What was followed, as `number state`. */
function followed(bot: Bot): string[] {
  const env = bot.buildkite.builds("build-metrics").map(({ options }) => options.env ?? {});
  return env.map((names) => `${names.TRIGGERED_FROM_BUILD_NUMBER} ${names.TRIGGERED_FROM_BUILD_STATE}`);
}

describe("a finished build", () => {
  it("of any branch is followed, and its environment says by what", async () => {
    await using bot = await start();
    green(bot, {
      branch: "round/half-even",
      message: "Round amounts half-even (#512)",
      author: grace,
      commit: "6ae04f7a2dd6b4a1b3a5d7bb1b1ad2e9d3b4f5c6",
      pullRequest: { number: 512, base: "main" },
    });
    await bot.settle();
    const [build] = bot.buildkite.builds("build-metrics");
    expect(build).toMatchObject({ branch: "stable", commit: "4f8d2c9", message: "Round amounts half-even (#512)" });
    expect(build?.author).toEqual({ name: grace.name, email: grace.email });
    const [source] = bot.buildkite.builds("payments-api");
    expect(build?.options.env).toEqual({
      TRIGGERED_FROM_BUILD_ID: source?.id,
      TRIGGERED_FROM_BUILD_NUMBER: "1",
      TRIGGERED_FROM_BUILD_STATE: "passed",
      TRIGGERED_FROM_PIPELINE_SLUG: "payments-api",
      TRIGGERED_FROM_COMMIT: "6ae04f7a2dd6b4a1b3a5d7bb1b1ad2e9d3b4f5c6",
      TRIGGERED_FROM_COMMIT_URL:
        "https://github.com/acme-inc/payments-api/commit/6ae04f7a2dd6b4a1b3a5d7bb1b1ad2e9d3b4f5c6",
      TRIGGERED_FROM_BRANCH: "round/half-even",
      TRIGGERED_FROM_BRANCH_URL: "https://github.com/acme-inc/payments-api/tree/round/half-even",
      TRIGGERED_FROM_PR_NUMBER: "512",
      TRIGGERED_FROM_PR_URL: "https://github.com/acme-inc/payments-api/pull/512",
      TRIGGERED_FROM_BASE_BRANCH: "main",
    });
  });

  it("without a known commit, author or pull request is followed all the same", async () => {
    await using bot = await start();
    bot.buildkite.build("payments-api", { branch: "docs", commit: "HEAD", author: null, message: null }).finish();
    await bot.settle();
    const [follow] = bot.buildkite.builds("build-metrics");
    expect(follow).toMatchObject({ message: "payments-api #1", author: null });
    expect(Object.keys(follow?.options.env ?? {})).not.toContain("TRIGGERED_FROM_COMMIT");
    expect(followed(bot)).toEqual(["1 passed"]);
  });

  it("is followed when it was canceled; one that runs, is held, was skipped or had nothing to run is not", async () => {
    await using bot = await start();
    bot.buildkite.build("payments-api").start().cancel();
    bot.buildkite.build("payments-api").start();
    bot.buildkite.build("payments-api").skip();
    bot.buildkite.build("payments-api").notRun();
    bot.buildkite.build("payments-api").block();
    await bot.settle();
    expect(followed(bot)).toEqual(["1 canceled"]);
  });

  it("that is told several times is followed once", async () => {
    await using bot = await start();
    red(bot);
    const deliveries = bot.buildkite.take();
    await send(bot, deliveries);
    await send(bot, deliveries);
    await bot.restart();
    await send(bot, deliveries.toReversed());
    expect(followed(bot)).toEqual(["1 failed"]);
    bot.read();
  });

  it("that is retried is followed once more when it ends in another way, and only then", async () => {
    await using bot = await start();
    const build = bot.buildkite.build("payments-api");
    const first = build.job("Specs").fail();
    build.finish();
    await bot.settle();
    bot.clock.advance(minute);
    const again = first.retry().fail();
    build.finish();
    await bot.settle();
    expect(followed(bot)).toEqual(["1 failed"]);
    bot.clock.advance(minute);
    again.retry().pass();
    build.finish();
    await bot.settle();
    expect(followed(bot)).toEqual(["1 failed", "1 passed"]);
    bot.read();
  });
});

describe("the follow-up pipeline itself", () => {
  it("is never followed, and never alerted about (S20)", async () => {
    await using bot = await start();
    green(bot);
    await bot.settle();
    const [follow] = bot.buildkite.builds("build-metrics");
    follow?.job("Collect").fail();
    follow?.finish();
    red(bot, ["Collect"], { pipeline: "build-metrics" });
    await bot.settle();
    expect(bot.buildkite.builds("build-metrics")).toHaveLength(2);
    expect(followed(bot)).toEqual(["1 passed", "undefined undefined"]);
    expect(bot.messages()).toBe(0);
  });

  it("does not exist: nothing is configured, and nothing is created", async () => {
    await using bot = await startBot({ redis, env: { BUILDKITE_API_TOKEN: apiToken } });
    green(bot);
    await bot.settle();
    expect(bot.buildkite.requests).toEqual([]);
  });
});

describe("an answer that got lost", () => {
  it.each<[string, Fault, number]>([
    ["500, and the build was made", { kind: "status", status: 500, after: true }, 1],
    ["500, and no build was made", { kind: "status", status: 500 }, 2],
    ["the connection dropped, and the build was made", { kind: "drop", after: true }, 1],
    ["the connection dropped, and no build was made", { kind: "drop" }, 2],
  ])("%s: it is looked for before another is made", async (_, fault, creations) => {
    await using bot = await start();
    bot.buildkite.faults.next("builds.create", fault);
    green(bot);
    await bot.settle();
    expect(bot.log.take()).toEqual(["job failed"]);
    await later(bot, second);
    expect(followed(bot)).toEqual(["1 passed"]);
    const names = bot.buildkite.requests.map(({ name }) => name);
    expect(names.filter((name) => name === "builds.create")).toHaveLength(creations);
    expect(names[1]).toBe("builds.list");
  });

  it("is not looked for among builds of others", async () => {
    await using bot = await start();
    green(bot, { branch: "first" });
    await bot.settle();
    bot.buildkite.faults.next("builds.create", { kind: "status", status: 503 });
    green(bot, { branch: "second" });
    await bot.settle();
    expect(bot.log.take()).toEqual(["job failed"]);
    await later(bot, second);
    expect(followed(bot)).toEqual(["1 passed", "2 passed"]);
  });
});

describe("Buildkite refuses a follow-up build", () => {
  it("for now: it is made when the time has come", async () => {
    await using bot = await start();
    bot.buildkite.faults.next("builds.create", { kind: "rateLimited", retryAfterSeconds: 20 });
    green(bot);
    await bot.settle();
    await later(bot, 19 * second);
    expect(followed(bot)).toEqual([]);
    await later(bot, 2 * second);
    expect(followed(bot)).toEqual(["1 passed"]);
  });

  it("for good: it is given up where an operator finds it, and alerts go on", async () => {
    await using bot = await start();
    bot.buildkite.faults.next("builds.create", { kind: "error", error: "Commit is invalid" });
    red(bot);
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #1 failed on `main`* · Payments API");
    expect(bot.log.take()).toEqual(["job given up"]);
    await later(bot, minute);
    expect(followed(bot)).toEqual([]);
    const [organization] = await bot.app.marks.organizations();
    const dead = organization === undefined ? [] : await bot.app.marks.dead(organization);
    expect(dead.map(({ why }) => why.error)).toEqual([expect.stringContaining("Commit is invalid")]);
  });
});
