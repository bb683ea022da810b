/** Commands in comments while GitHub and Buildkite fail: whatever the order of failures, each is done and answered once. */
import { describe, expect, it } from "vitest";
import { minute, second } from "../harness/clock.ts";
import { answers, breakPull, comment, type RedPull, reactions, reader, reruns } from "../harness/commenting.ts";
import { effort } from "../harness/effort.ts";
import { useRedis } from "../harness/redis.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();
const seeds = Array.from({ length: effort(20, 5) }, (_, seed) => seed);
const rates = { rateLimited: 0.1, failBefore: 0.15, failAfter: 0.25, dropAfter: 0.1 };

async function waitLong({ bot }: RedPull): Promise<void> {
  for (let i = 0; i < 40; i += 1) {
    bot.clock.advance(20 * second);
    await bot.settle();
  }
}

describe("with failures by chance", () => {
  it.each(seeds)("seed %i", async (seed) => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.github.faults.random({ seed, rates });
    bot.buildkite.faults.random({ seed: seed + 1, rates });
    const written = await comment(
      red,
      "ada",
      "/signalbox rebuild",
      "/signalbox mute Specs everywhere for 8h",
      "/signalbox help",
    );
    await waitLong(red);
    bot.github.faults.clear();
    bot.buildkite.faults.clear();
    await waitLong(red);
    expect(answers(red)).toHaveLength(1);
    expect(reactions(written).at(-1)).toBe("+1");
    // The one that failed, and one rebuild of it.
    expect(bot.buildkite.builds("payments-api")).toHaveLength(2);
    expect(await type(bot, reader, "mutes")).toContain("1 active mute");
    bot.log.take();
  });

  it("tells with a pair of eyes that it was heard, when Buildkite asks to wait", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.buildkite.faults.next("builds.retryFailedJobs", { kind: "rateLimited", retryAfterSeconds: 30 });
    const written = await comment(red, "ada", "/signalbox rerun");
    expect(reactions(written)).toEqual(["eyes"]);
    bot.clock.advance(minute);
    await bot.settle();
    expect(reactions(written)).toEqual(["eyes", "+1"]);
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 429", "builds.retryFailedJobs 202"]);
  });

  it("goes on after a restart between the commands", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.github.faults.next("reactions.createForIssueComment", { kind: "drop" });
    const written = await comment(red, "ada", "/signalbox rerun", "/signalbox help");
    expect(reactions(written)).toEqual([]);
    await bot.restart();
    bot.clock.advance(minute);
    await bot.settle();
    expect(reactions(written)).toEqual(["+1"]);
    expect(answers(red)).toHaveLength(1);
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 202"]);
    bot.log.take();
  });
});
