/** Buildkite does not run it again, or not now: the person is told why, and what may work instead. */
import { describe, expect, it } from "vitest";
import type { Fault } from "../../sandbox/faults.ts";
import { channelId } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
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
  rerunLine,
  startTeam,
} from "../harness/rerunning.ts";
import { green, later, notAllowed, red } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();

describe("what Buildkite refuses", () => {
  it("for want of a scope can be tried again, once somebody has granted it", async () => {
    await using bot = await startTeam({ redis });
    await breakMain(bot);
    bot.buildkite.faults.next("builds.retryFailedJobs", notAllowed("write_builds"));
    await clickRerun(bot);
    expect(privately(bot, ada)).toEqual([
      expect.stringMatching(/did not run it again: .*give it the scope write_builds\.$/),
    ]);
    expect(rerunLine(bot)).toMatch(/^Rerun by \*ada\* was refused: .*write_builds/);
    await clickRerun(bot, bob);
    expect(rerunLine(bot)).toBe("Rerun by *bob* is running");
  });

  it("because it does not know the build is not offered again", async () => {
    await using bot = await startTeam({ redis });
    await breakMain(bot);
    bot.buildkite.faults.next("builds.retryFailedJobs", {
      kind: "status",
      status: 404,
      body: { message: "No build found" },
    });
    await clickRerun(bot);
    expect(privately(bot, ada)).toEqual(["Buildkite did not run it again: No build found."]);
    expect(rerunLine(bot)).toBe("Rerun by *ada* was refused: No build found");
    expect(bot.read()).not.toContain("[Rerun failed jobs]");
    expect(await type(bot, bob, "rerun 1 payments-api")).not.toBe("");
    expect(calls(bot)).toEqual(["builds.retryFailedJobs 404"]);
  });

  it("because the build was canceled can be rebuilt instead", async () => {
    await using bot = await startTeam({ redis });
    const build = bot.buildkite.build("payments-api").start();
    build.job("Docs").start();
    build.job("Specs").fail();
    await bot.settle();
    build.cancel();
    // The news of it is still on its way.
    const news = bot.buildkite.take();
    await clickRerun(bot);
    expect(privately(bot, ada)).toEqual([expect.stringContaining("A rebuild may work")]);
    expect(rerunLine(bot)).toBe("Rerun by *ada* was refused: Jobs from canceled builds cannot be retried");
    await clickRebuild(bot, "alert.rebuild");
    expect(rerunLine(bot)).toBe("Rebuild by *ada* (#2) is running");
    expect(news).not.toEqual([]);
  });

  it("because the step forbids to retry can be rebuilt instead", async () => {
    await using bot = await startTeam({ redis });
    const build = bot.buildkite.build("payments-api").start();
    build.job("Deploy", { manualRetry: { allowed: false, reason: "Deploys run once" } }).fail();
    build.finish();
    await bot.settle();
    await clickRerun(bot);
    expect(privately(bot, ada)).toEqual([expect.stringContaining("Deploys run once. A rebuild may work")]);
    expect(rerunLine(bot)).toBe("Rerun by *ada* was refused: Deploys run once");
    await clickRebuild(bot, "alert.rebuild");
    expect(rerunLine(bot)).toBe("Rebuild by *ada* (#2) is running");
  });

  it("because the pipeline forbids to rebuild leaves the rerun", async () => {
    await using bot = await startTeam({ redis });
    bot.buildkite.pipeline("ledger", { allowRebuilds: false });
    red(bot, ["Specs"], { pipeline: "ledger" });
    await bot.settle();
    await clickRebuild(bot);
    expect(rerunLine(bot)).toBe("Rebuild by *ada* was refused: Rebuilds are not allowed for this pipeline");
    expect(privately(bot, ada)).toHaveLength(1);
    await clickRerun(bot);
    expect(rerunLine(bot)).toBe("Rerun by *ada* is running");
  });
});

describe("without a right to Buildkite", () => {
  it("the message offers no rerun, and who types the command is told why", async () => {
    await using bot = await startTeam({ redis, env: { BUILDKITE_API_TOKEN: "" } });
    await breakMain(bot);
    expect(bot.read()).not.toContain("Rerun");
    expect(await type(bot, ada, "rerun payments-api")).toContain("no Buildkite API token");
    expect(calls(bot)).toEqual([]);
  });
});

describe("somebody was faster in Buildkite itself", () => {
  it("and we have heard of it: there is no button any more, and a late click is told so", async () => {
    await using bot = await startTeam({ redis });
    const build = await breakMain(bot);
    const late = bot.slack.as(bob).button(channelId, "alert.rerun");
    attempt(build).retry().start();
    await bot.settle();
    expect(bot.read()).not.toContain("[Rerun failed jobs]");
    await late.press();
    await bot.settle();
    expect(privately(bot, bob)).toEqual([expect.stringContaining("Somebody retried it in Buildkite")]);
    expect(calls(bot)).toEqual([]);
  });

  it("and we have not: Buildkite says so, and the message shows how it goes", async () => {
    await using bot = await startTeam({ redis });
    const build = await breakMain(bot);
    attempt(build).retry();
    const news = bot.buildkite.take();
    await clickRerun(bot);
    expect(calls(bot)).toEqual(["builds.retryFailedJobs 202"]);
    expect(privately(bot, ada)).toEqual([]);
    expect(rerunLine(bot)).toBe("Rerun by *ada* is running");
    for (const each of news) await bot.buildkite.send(each);
    attempt(build).pass();
    build.finish();
    await bot.settle();
    expect(rerunLine(bot)).toBe("Rerun by *ada* passed");
  });

  it("and the new job is not there yet: nothing is refused", async () => {
    await using bot = await startTeam({ redis });
    const build = await breakMain(bot);
    bot.buildkite.holdRetries();
    bot.buildkite.faults.next("builds.retryFailedJobs", { kind: "drop", after: true });
    await clickRerun(bot);
    expect(bot.log.take()).toEqual(["job failed"]);
    await later(bot, minute);
    bot.buildkite.releaseRetries();
    await bot.settle();
    expect(rerunLine(bot)).toBe("Rerun by *ada* is running");
    expect(build.jobs).toHaveLength(2);
  });
});

describe("while Buildkite cannot be asked", () => {
  const troubles: readonly (readonly [string, Fault, readonly string[]])[] = [
    ["an error of the server", { kind: "status", status: 503 }, ["job failed"]],
    ["a lost connection", { kind: "drop" }, ["job failed"]],
    ["a rate limit", { kind: "rateLimited", retryAfterSeconds: 30 }, []],
  ];

  it.each(troubles)("because of %s, it is asked later, and runs once", async (_, fault, warnings) => {
    await using bot = await startTeam({ redis });
    const build = await breakMain(bot);
    bot.buildkite.faults.next("builds.retryFailedJobs", fault);
    await clickRerun(bot);
    expect(bot.log.take()).toEqual(warnings);
    expect(rerunLine(bot)).toBe("Rerun by *ada* is about to start");
    expect(bot.read()).not.toContain("[Rerun failed jobs]");
    await bot.restart();
    await later(bot, minute);
    expect(rerunLine(bot)).toBe("Rerun by *ada* is running");
    expect(build.jobs).toHaveLength(2);
  });

  it.each(troubles)("because of %s, it is rebuilt later, and once", async (_, fault, warnings) => {
    await using bot = await startTeam({ redis });
    await breakMain(bot);
    bot.buildkite.faults.next("builds.rebuild", fault);
    await clickRebuild(bot);
    expect(bot.log.take()).toEqual(warnings);
    await later(bot, minute);
    expect(rerunLine(bot)).toBe("Rebuild by *ada* (#2) is running");
    expect(bot.buildkite.builds("payments-api")).toHaveLength(2);
  });

  it("and it becomes green meanwhile, nothing is run any more", async () => {
    await using bot = await startTeam({ redis });
    const build = await breakMain(bot);
    bot.buildkite.faults.next("builds.retryFailedJobs", { kind: "rateLimited", retryAfterSeconds: 30 });
    await clickRerun(bot);
    green(bot);
    await bot.settle();
    await later(bot, minute);
    expect(privately(bot, ada)).toEqual(["Buildkite did not run it again: the branch is green again."]);
    expect(build.jobs).toHaveLength(1);
    expect(bot.read()).not.toContain("Rerun");
  });
});
