/** GitHub adds annotations to those that a check run has, and takes none away: a run that says something else is another one. */
import { describe, expect, it } from "vitest";
import type { Build } from "../../sandbox/buildkite/build.ts";
import { apiToken } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
import { buildOf, startGithubBot } from "../harness/github.ts";
import { useRedis } from "../harness/redis.ts";
import { checkRuns, checks } from "../harness/reporting.ts";
import { later } from "../harness/stories.ts";

const redis = useRedis();
const options = { redis, visibility: "private", env: { BUILDKITE_API_TOKEN: apiToken } } as const;
const place = (line: number): string => `rspec ./spec/round_spec.rb:${line} # rounds half-even`;

function fail(build: Build, log: string): Build {
  build.start();
  build.job("Specs").fail({ log });
  return build.finish();
}

describe("the annotations of a failure", () => {
  it("are not at the check of the build that is green", async () => {
    await using bot = await startGithubBot(options);
    const pull = bot.repository.pull();
    const build = fail(bot.buildkite.build("payments-api", buildOf(pull)), place(12));
    await bot.settle();
    const again = build.rebuild();
    await bot.settle();
    again.start();
    again.job("Specs").pass();
    again.finish();
    await later(bot, minute);
    const runs = checkRuns(bot, pull.headSha);
    expect(checks(bot, pull.headSha)).toEqual([
      "payments-api failure: 1 of 1 job failed (#1)",
      "payments-api success: Passed (#2)",
    ]);
    expect(runs.map(({ annotations }) => annotations.length)).toEqual([1, 0]);
  });

  it("are not at the check of the next failure", async () => {
    await using bot = await startGithubBot(options);
    const pull = bot.repository.pull();
    fail(bot.buildkite.build("payments-api", buildOf(pull)), place(12));
    await bot.settle();
    fail(bot.buildkite.build("payments-api", buildOf(pull)), place(40));
    await later(bot, minute);
    const lines = checkRuns(bot, pull.headSha).map(({ annotations }) => annotations.map((each) => each.start_line));
    expect(lines).toEqual([[12], [40]]);
  });

  it("are not adopted with the run they are at, when it is not clear whether the new one was made", async () => {
    await using bot = await startGithubBot(options);
    const pull = bot.repository.pull();
    fail(bot.buildkite.build("payments-api", buildOf(pull)), place(12));
    await bot.settle();
    bot.github.faults.next("checks.create", { kind: "drop" });
    const again = bot.buildkite.build("payments-api", buildOf(pull)).start();
    again.job("Specs").pass();
    again.finish();
    await bot.settle();
    await later(bot, 2 * minute);
    expect(checkRuns(bot, pull.headSha).map(({ annotations }) => annotations.length)).toEqual([1, 0]);
    expect(checks(bot, pull.headSha).at(-1)).toBe("payments-api success: Passed (#2)");
    bot.log.take();
  });
});
