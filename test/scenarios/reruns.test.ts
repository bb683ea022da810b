/** Somebody reruns a red build from its alert: Buildkite is asked once, and the message tells how it goes. */
import { describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { type Bot, channelId } from "../harness/bot.ts";
import { minute, second } from "../harness/clock.ts";
import { privately } from "../harness/muting.ts";
import { useRedis } from "../harness/redis.ts";
import {
  ada,
  attempt,
  bob,
  breakMain,
  calls,
  clickRebuild,
  clickRerun,
  people,
  rerunLine,
  startTeam,
} from "../harness/rerunning.ts";
import { causes, headline, later, red, thread } from "../harness/stories.ts";

const redis = useRedis();

describe("rerunning the failed jobs", () => {
  it("asks Buildkite, says who did, and takes the button away while it runs", async () => {
    await using bot = await startTeam({ redis });
    const build = await breakMain(bot);
    const { confirmed } = await bot.slack.as(ada).click(channelId, "alert.rerun");
    expect(confirmed).toBe("Buildkite runs the failed job of build #1 again.");
    await bot.settle();
    expect(calls(bot)).toEqual(["builds.retryFailedJobs 202"]);
    expect(build.state).toBe("running");
    expect(rerunLine(bot)).toBe("Rerun by *ada* is running");
    expect(thread(bot).at(-1)).toBe(":arrows_counterclockwise: *ada* reran the failed jobs of build #1");
    expect(bot.read()).not.toContain("[Rerun failed jobs]");
    expect(JSON.stringify(bot.slack.calls)).not.toContain("<@U0ADA>");
  });

  it("turns the message green when they pass, and counts them as flaky from then on", async () => {
    await using bot = await startTeam({ redis });
    const build = await breakMain(bot);
    await clickRerun(bot);
    bot.clock.advance(minute);
    attempt(build).pass();
    build.finish();
    await bot.settle();
    expect(bot.read()).toContain("Build #1 passed on retry after 1 min: Specs — possibly flaky");
    expect(rerunLine(bot)).toBe("Rerun by *ada* passed");
    expect(bot.messages()).toBe(1);
    red(bot);
    await bot.settle();
    expect(causes(bot).at(-1)).toContain("passed on retry");
  });

  it("offers another rerun when they fail again", async () => {
    await using bot = await startTeam({ redis });
    const build = await breakMain(bot);
    await clickRerun(bot);
    bot.clock.advance(minute);
    attempt(build).fail();
    build.finish();
    await bot.settle();
    expect(rerunLine(bot)).toBe("Rerun by *ada* failed again");
    await clickRerun(bot, bob);
    expect(rerunLine(bot)).toBe("Rerun by *bob* is running");
    expect(calls(bot)).toEqual(["builds.retryFailedJobs 202", "builds.retryFailedJobs 202"]);
    bot.clock.advance(minute);
    attempt(build).pass();
    build.finish();
    await bot.settle();
    expect(rerunLine(bot)).toBe("Rerun by *bob* passed");
    expect(headline(bot)).toContain("is green again");
  });

  it("runs a step that somebody canceled, when nothing else failed", async () => {
    await using bot = await startTeam({ redis });
    const build = bot.buildkite.build("payments-api").start();
    build.job("Docs").start().cancel();
    build.job("Specs").pass();
    build.finish();
    await bot.settle();
    await clickRerun(bot);
    expect(build.state).toBe("running");
    expect(rerunLine(bot)).toBe("Rerun by *ada* is running");
    attempt(build, "Docs").pass();
    build.finish();
    await bot.settle();
    expect(rerunLine(bot)).toBe("Rerun by *ada* passed");
  });
});

describe("however often it is clicked", () => {
  /** Five people, four times each, before anything happens. */
  const buttons = (bot: Bot) =>
    people.flatMap((user) => [1, 2, 3, 4].map(() => bot.slack.as(user).button(channelId, "alert.rerun")));

  it("Buildkite is asked once, and the others are told who was faster", async () => {
    await using bot = await startTeam({ redis });
    await breakMain(bot);
    await Promise.all(buttons(bot).map((button) => button.press()));
    await bot.settle();
    expect(calls(bot)).toEqual(["builds.retryFailedJobs 202"]);
    const told = people.flatMap((user) => privately(bot, user));
    expect(told).toHaveLength(19);
    expect(new Set(told).size).toBe(1);
    expect(told[0]).toMatch(/^\*\w+\* asked for a rerun .* ago: the alert will show how it went\.$/);
    expect(thread(bot).filter((reply) => reply.includes("reran"))).toHaveLength(1);
  });

  it("and whichever of two processes is asked", async () => {
    const keyPrefix = "reruns-by-two";
    await using bot = await startTeam({ redis, app: { keyPrefix } });
    await breakMain(bot);
    const { config, clock } = bot;
    const log = bot.log.logger;
    const other = await createApp({
      config,
      redisUrl: redis.url,
      clock,
      log,
      random: () => 0.5,
      keyPrefix,
      workers: null,
    });
    const pressed = buttons(bot).map((button, i) => {
      const { url } = i % 2 === 0 ? bot.app : other;
      bot.slack.connect({ url: `${url}/slack/events`, signingSecret: "slack-signing-secret" });
      return button.press();
    });
    await Promise.all(pressed);
    await Promise.all([bot.app.settled(), other.settled()]);
    await Promise.all([bot.app.engine.drain(), other.engine.drain()]);
    await other.stop();
    await bot.settle();
    expect(calls(bot)).toEqual(["builds.retryFailedJobs 202"]);
    expect(rerunLine(bot)).toContain("is running");
  });
});

describe("when Buildkite's answer is lost", () => {
  it("the jobs are not run twice, though they failed again before it could be asked again", async () => {
    await using bot = await startTeam({ redis });
    const build = await breakMain(bot);
    bot.buildkite.faults.next("builds.retryFailedJobs", { kind: "drop", after: true });
    await clickRerun(bot);
    expect(bot.log.take()).toEqual(["job failed"]);
    bot.clock.advance(second);
    attempt(build).fail();
    build.finish();
    await bot.settle();
    await later(bot, minute);
    expect(calls(bot)).toHaveLength(1);
    expect(rerunLine(bot)).toBe("Rerun by *ada* failed again");
  });

  it("and the jobs passed before it could be asked again, the rerun has the credit", async () => {
    await using bot = await startTeam({ redis });
    const build = await breakMain(bot);
    bot.buildkite.faults.next("builds.retryFailedJobs", { kind: "drop", after: true });
    await clickRerun(bot);
    expect(bot.log.take()).toEqual(["job failed"]);
    bot.clock.advance(second);
    attempt(build).pass();
    build.finish();
    await bot.settle();
    await later(bot, minute);
    expect(calls(bot)).toHaveLength(1);
    expect(rerunLine(bot)).toBe("Rerun by *ada* passed");
  });

  it("the rebuild that was made is found, and no second one is made, even if looking for it fails at first", async () => {
    await using bot = await startTeam({ redis });
    await breakMain(bot);
    bot.buildkite.faults.next("builds.rebuild", { kind: "drop", after: true });
    bot.buildkite.faults.next("builds.list", { kind: "status", status: 503 });
    await clickRebuild(bot);
    await later(bot, second);
    expect(bot.log.take()).toEqual(["job failed", "job failed"]);
    await later(bot, minute);
    expect(bot.buildkite.builds("payments-api")).toHaveLength(2);
    expect(rerunLine(bot)).toBe("Rebuild by *ada* (#2) is running");
  });
});

describe("rebuilding", () => {
  it("makes a build whose outcome flows into the same message", async () => {
    await using bot = await startTeam({ redis });
    await breakMain(bot);
    await clickRebuild(bot);
    expect(rerunLine(bot)).toBe("Rebuild by *ada* (#2) is running");
    expect(thread(bot).at(-1)).toBe(":arrows_counterclockwise: *ada* started a rebuild: build #2");
    const again = bot.buildkite.builds("payments-api")[1];
    again?.job("Specs").pass();
    again?.finish();
    await bot.settle();
    expect(headline(bot)).toContain("is green again");
    expect(rerunLine(bot)).toBe("Rebuild by *ada* (#2) passed");
    expect(bot.messages()).toBe(1);
  });

  it("says when the new build fails as well", async () => {
    await using bot = await startTeam({ redis });
    await breakMain(bot);
    await clickRebuild(bot);
    bot.clock.advance(minute);
    const again = bot.buildkite.builds("payments-api")[1];
    again?.job("Specs").fail();
    again?.finish();
    await bot.settle();
    expect(rerunLine(bot)).toBe("Rebuild by *ada* (#2) failed again");
    expect(bot.read()).toContain("[Rerun failed jobs]");
  });
});
