/** Commands in comments while GitHub and Buildkite fail: whatever the order of failures, each is done and answered once. */
import { describe, expect, it } from "vitest";
import { channelId } from "../harness/bot.ts";
import { hour, minute, second } from "../harness/clock.ts";
import { answers, breakPull, comment, type RedPull, reactions, reader, reruns } from "../harness/commenting.ts";
import { effort } from "../harness/effort.ts";
import { buildOf } from "../harness/github.ts";
import { useRedis } from "../harness/redis.ts";
import { green, send } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();
const seeds = Array.from({ length: effort(20, 3) }, (_, seed) => seed);
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

const badGateway = { kind: "status", status: 502 } as const;

describe("what was done is not done again because the reaction to it failed", () => {
  it("a rebuild of a branch that is watched, though the new build has ended since", async () => {
    const red = await breakPull({ redis, yml: "track:\n  - branch: change-*\nactions:\n  rerun: channel\n" });
    await using bot = red.bot;
    bot.github.faults.next("reactions.createForIssueComment", badGateway);
    const written = await comment(red, "ada", "/signalbox rebuild");
    const [, rebuilt] = bot.buildkite.builds("payments-api");
    rebuilt?.start().job("Specs").pass();
    rebuilt?.finish();
    // The job that answers the comment waits, and meanwhile the alert is over.
    await bot.settle();
    bot.clock.advance(minute);
    await bot.settle();
    expect(reactions(written)).toEqual(["+1"]);
    expect(reruns(bot)).toEqual(["builds.rebuild 200"]);
    bot.read();
    bot.log.take();
  });

  it("a mute that somebody has ended since", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.github.faults.next("reactions.createForIssueComment", badGateway);
    const written = await comment(red, "ada", "/signalbox mute Specs for 8h");
    await type(bot, reader, "unmute Specs");
    bot.clock.advance(minute);
    await bot.settle();
    expect(reactions(written)).toEqual(["+1"]);
    expect(await type(bot, reader, "mutes")).toContain("Nothing is muted");
    bot.log.take();
  });

  it("a mute that somebody has ended while another command of the comment waits", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.buildkite.faults.next("builds.retryFailedJobs", { kind: "rateLimited", retryAfterSeconds: 30 });
    const written = await comment(red, "ada", "/signalbox mute Specs for 8h", "/signalbox rerun");
    await type(bot, reader, "unmute Specs");
    bot.clock.advance(minute);
    await bot.settle();
    expect(reactions(written)).toEqual(["eyes", "+1"]);
    expect(await type(bot, reader, "mutes")).toContain("Nothing is muted");
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 429", "builds.retryFailedJobs 202"]);
  });

  it("and what Buildkite refused is told as it was refused", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.buildkite.faults.next("builds.retryFailedJobs", { kind: "error", error: "Not allowed" });
    bot.github.faults.next("issues.createComment", { ...badGateway, status: 503 });
    const written = await comment(red, "ada", "/signalbox rerun");
    bot.clock.advance(minute);
    await bot.settle();
    expect(reactions(written)).toEqual(["confused"]);
    expect(answers(red)).toEqual([expect.stringContaining("Not allowed")]);
    expect(reruns(bot)).toHaveLength(1);
    bot.log.take();
  });
});

describe("of one failure Buildkite hears once", () => {
  it("though the comment came before the alert, and the click after it", async () => {
    const red = await breakPull({ redis, yml: "actions:\n  rerun: channel\n" });
    await using bot = red.bot;
    const build = bot.buildkite.build("payments-api", buildOf(red.pull));
    for (const job of ["Specs", "Lint"]) build.job(job).fail();
    build.finish();
    // News that comes late: the branch is looked at again, and watched by then.
    const news = bot.buildkite.take();
    const late = news.splice(-2, 1);
    await send(bot, news);
    expect(reactions(await comment(red, "ada", "/signalbox rebuild"))).toEqual(["+1"]);
    await bot.slack.as(reader).command(channelId, "/signalbox", "subscribe payments-api change-1");
    await send(bot, late);
    await bot.slack.as(reader).click(channelId, "alert.more");
    await bot.settle();
    expect(reruns(bot)).toEqual(["builds.rebuild 200"]);
    bot.read();
  });

  it.each([
    ["that is watched", "track:\n  - branch: change-*\nactions:\n  rerun: channel\n"],
    ["that nobody watches", "actions:\n  rerun: channel\n"],
  ])("and who wants the other thing is told so, on a branch %s", async (_, yml) => {
    const red = await breakPull({ redis, yml });
    await using bot = red.bot;
    bot.buildkite.holdRetries();
    await comment(red, "ada", "/signalbox rerun");
    const written = await comment(red, "grace", "/signalbox rebuild");
    expect(reactions(written)).toEqual(["confused"]);
    expect(answers(red)).toEqual([
      "This was not possible:\n- [payments-api #1](https://buildkite.com/acme-inc/payments-api/builds/1) is not built again: its failed jobs run again already.",
    ]);
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 202"]);
    bot.read();
  });
});

describe("a pull request that nobody knows", () => {
  it("costs no permission call until it is known", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    const pull = bot.repository.pull({ title: "Unheard of" });
    bot.github.take();
    green(bot, buildOf(pull));
    bot.github.faults.next("pulls.get", badGateway, 8);
    const written = bot.github.as("ada").comment(pull, "/signalbox help");
    for (let i = 0; i < 6; i += 1) {
      await bot.settle();
      bot.clock.advance(10 * second);
    }
    expect(bot.github.calls("repos.getCollaboratorPermissionLevel")).toBe(0);
    await waitLong(red);
    expect(reactions(written)).toEqual(["+1"]);
    expect(bot.github.calls("repos.getCollaboratorPermissionLevel")).toBe(1);
    bot.log.take();
  });

  it("and GitHub does not show is not waited for", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    const pull = bot.repository.pull({ title: "Gone" });
    bot.github.take();
    bot.github.faults.next("pulls.get", { kind: "status", status: 404 });
    const written = bot.github.as("ada").comment(pull, "/signalbox help");
    await bot.settle();
    bot.clock.advance(2 * hour);
    await bot.settle();
    expect(reactions(written)).toEqual([]);
    expect(bot.github.calls("repos.getCollaboratorPermissionLevel")).toBe(0);
  });
});
