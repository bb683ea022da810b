/**
 * How jobs make a build, builds a streak, and one build another: the rules of Sourcegraph's build-tracker (1.x), without its
 * faults (S…).
 */
import { describe, expect, it } from "vitest";
import type { Delivery } from "../../sandbox/buildkite/webhooks.ts";
import { startBot } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { causes, green, headline, red, send, settleWithout, thread } from "../harness/stories.ts";

const redis = useRedis();

describe("jobs", () => {
  it("fail and pass by what Buildkite says of them (1.8)", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    const step = (name: string) => {
      bot.clock.advance(minute);
      return build.job(name);
    };
    step("Failed").fail({ exitStatus: 2 });
    step("Timed out").timeOut();
    step("Lost").loseAgent();
    step("Expired").expire();
    step("Soft").fail({ softFailed: true });
    step("Soft timeout").timeOut({ softFailed: true });
    step("Passed").pass();
    step("Broken").breaks();
    build.wait();
    build.job("Deploy", { waiting: true });
    build.finish();
    await bot.settle();
    expect(causes(bot)).toEqual([
      "Failed exit 2",
      "Timed out timed out",
      "Lost lost its agent",
      "Expired was never picked up by an agent",
    ]);
    expect(bot.read()).toContain("*Broken* 4 of 7 jobs");
  });

  it("count by their last attempt: failed and then passed is passed (1.8)", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job("Specs").fail({ retryable: true }).retry().fail({ retryable: true }).retry().pass();
    build.job("Lint").fail({ exitStatus: 1, retryable: true }).retry().fail({ exitStatus: 4 });
    build.finish();
    await bot.settle();
    expect(causes(bot)).toEqual(["Lint exit 4"]);
  });

  it("without a name are called by their command, and keep their build (1.5)", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job(null, { command: "make test\nmake report" }).fail();
    build.finish();
    await bot.settle();
    expect(causes(bot)).toEqual(["make test exit 1"]);
  });
});

describe("a job", () => {
  it.each([
    ["exit status −1: the agent was lost", { exitStatus: -1 }, "Specs lost its agent"],
    ["no exit status", { exitStatus: null }, "Specs failed"],
    ["exit status 0, when Buildkite says failed", { exitStatus: 0 }, "Specs exit 0"],
  ])("that failed is a failure with %s (S8)", async (_, end, line) => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job("Specs").fail(end);
    build.finish();
    await bot.settle();
    expect(causes(bot)).toEqual([line]);
  });

  it("that was canceled, or that no agent took, explains a red build (S9)", async () => {
    await using bot = await startBot({ redis });
    const canceled = bot.buildkite.build("payments-api");
    canceled.job("Specs").start().cancel();
    canceled.finish();
    await bot.settle();
    expect(causes(bot)).toEqual(["Specs was canceled"]);
    const expired = bot.buildkite.build("payments-api");
    expired.job("Specs").expire();
    expired.job("Lint").start().cancel();
    expired.finish();
    await bot.settle();
    expect(causes(bot)).toEqual(["Specs was never picked up by an agent"]);
  });

  it("that is a shard of a parallel step is no retry of the others (S7)", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    const shard = (index: number) => build.job("Specs", { parallel: { index, total: 4 } });
    shard(0).fail();
    shard(1).pass();
    shard(2).fail();
    shard(3).pass();
    build.finish();
    await bot.settle();
    expect(causes(bot)).toEqual(["Specs exit 1 · shards 1, 3 of 4"]);
    expect(bot.read()).toContain("*Broken* 2 of 4 jobs");
  });

  it("with the name of another is no retry of it (S7)", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job("Specs", { stepKey: "unit" }).fail({ exitStatus: 1 });
    build.job("Specs", { stepKey: "integration" }).fail({ exitStatus: 2 });
    build.job("Specs", { stepKey: "browser" }).pass();
    build.finish();
    await bot.settle();
    expect(causes(bot)).toEqual(["Specs exit 1", "Specs exit 2"]);
  });

  it("that still runs leaves nothing undecided (S6)", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    const slow = build.job("Slow").start();
    build.job("Specs").fail();
    slow.pass();
    build.finish();
    await settleWithout(bot, ({ event, body }) => event === "job.finished" && body.includes('"name":"Slow"'));
    expect(causes(bot)).toEqual(["Specs exit 1"]);
  });
});

describe("builds", () => {
  it("that triggered one which failed show its jobs (1.7)", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    const child = build.trigger(":rocket: Deploy", { pipeline: "deploy", branch: "staging" }).start();
    child.job("Smoke").fail();
    child.job("Migrate").fail();
    child.finish();
    build.finish();
    await bot.settle();
    expect(causes(bot)).toEqual([":rocket: Deploy → deploy #1: Smoke, Migrate"]);
    expect(bot.messages()).toBe(1);
  });

  it("of two pipelines with the same number keep apart (S3)", async () => {
    await using bot = await startBot({ redis });
    red(bot, ["Specs"]);
    red(bot, ["E2E"], { pipeline: "website" });
    await bot.settle();
    green(bot, { pipeline: "website" });
    await bot.settle();
    expect(bot.read().match(/^(?::\w+_circle:|•).*$/gm)).toEqual([
      ":red_circle: *Build #1 failed on `main`* · Payments API",
      "• Specs exit 1",
      ":large_green_circle: *`main` is green again* · Website",
    ]);
  });

  it("of many pipelines told at the same time are all kept: there is no lock to wait for (S18)", async () => {
    await using bot = await startBot({ redis });
    for (let i = 0; i < 10; i += 1) red(bot, ["Specs", "Lint"], { pipeline: `pipeline-${i}` });
    const answers = await Promise.all(bot.buildkite.take().map((delivery) => bot.buildkite.send(delivery)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await bot.settle();
    expect(bot.messages()).toBe(10);
    expect(bot.read().match(/Broken\* 2 of 2 jobs/g)).toHaveLength(10);
  });

  it("that triggered one which failed show its jobs also when these are known only later (S2)", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    const child = build.trigger("Deploy", { pipeline: "deploy", branch: "staging" }).start();
    child.job("Smoke").fail();
    child.finish();
    build.finish();
    const ofChild = ({ body }: Delivery): boolean => body.includes('"slug":"deploy"');
    const late = bot.buildkite.outbox.filter(ofChild);
    await settleWithout(bot, ofChild);
    expect(causes(bot)).toEqual(["Deploy → deploy #1"]);
    await send(bot, late);
    expect(causes(bot)).toEqual(["Deploy → deploy #1: Smoke"]);
    expect(bot.messages()).toBe(1);
  });

  it("that triggered one which triggered another show the jobs at the end of the chain (1.7)", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    const child = build.trigger("Deploy", { pipeline: "deploy", branch: "staging" }).start();
    const grandchild = child.trigger("Europe", { pipeline: "region", branch: "staging" }).start();
    grandchild.job("Smoke").fail();
    grandchild.finish();
    child.finish();
    build.finish();
    await bot.settle();
    expect(causes(bot)).toEqual(["Deploy → deploy #1: Europe → Smoke"]);
  });

  it("triggered by one that nobody told of are no trouble (S2, S13)", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    const child = build.trigger("Deploy", { pipeline: "deploy" }).start();
    child.job("Smoke").fail();
    child.finish();
    await settleWithout(bot, ({ body }) => body.includes('"slug":"payments-api"'));
    expect(headline(bot)).toBe(":red_circle: *Build #1 failed on `main`* · Deploy");
  });
});

describe("the streak", () => {
  it("is in the message, and the third in a row is told in the thread (1.6)", async () => {
    await using bot = await startBot({ redis });
    const lines: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      red(bot);
      await bot.settle();
      lines.push(bot.read().split("\n")[1] ?? "");
    }
    expect(lines.slice(1)).toEqual(["2nd red build in a row", "3rd red build in a row", "4th red build in a row"]);
    expect(thread(bot)).toEqual(["Still failing: 3 builds in a row, newest #3"]);
  });

  it("is not reset by a canceled, a skipped or a blocked build (S10, S15)", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    bot.buildkite.build("payments-api").start().cancel();
    bot.buildkite.build("payments-api").skip();
    bot.buildkite.build("payments-api").block();
    red(bot);
    await bot.settle();
    expect(bot.read()).toContain("2nd red build in a row");
    expect(bot.read()).toContain("*Failing since* 2026-09-21 10:02 UTC #1 (");
  });

  it("goes by build number: an older build that passes late fixes nothing (S10)", async () => {
    await using bot = await startBot({ redis });
    const older = bot.buildkite.build("payments-api").start();
    red(bot);
    await bot.settle();
    const before = bot.read();
    older.job("Specs").pass();
    older.finish();
    await bot.settle();
    expect(bot.read()).toBe(before);
  });

  it("goes by build number: an older build that fails late breaks nothing (S10)", async () => {
    await using bot = await startBot({ redis });
    const older = bot.buildkite.build("payments-api").start();
    green(bot);
    await bot.settle();
    older.job("Specs").fail();
    older.finish();
    await bot.settle();
    expect(bot.messages()).toBe(0);
  });

  it("goes by build number: an older build that fails late makes a row of red builds longer (S10)", async () => {
    await using bot = await startBot({ redis });
    const older = bot.buildkite.build("payments-api").start();
    red(bot);
    await bot.settle();
    older.job("Lint").fail();
    older.finish();
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #2 failed on `main`* · Payments API");
    expect(bot.read()).toContain("2nd red build in a row");
    expect(causes(bot)).toEqual(["Specs exit 1"]);
    expect(bot.messages()).toBe(1);
  });

  it("is counted for each pipeline and branch by itself (S3, S10)", async () => {
    await using bot = await startBot({ redis, yml: "track: [{ branch: next }]" });
    red(bot);
    red(bot, ["Specs"], { branch: "next" });
    red(bot, ["Specs"], { pipeline: "website" });
    await bot.settle();
    expect(bot.read()).not.toContain("in a row");
    expect(bot.messages()).toBe(3);
  });
});
