/** In whatever order and however often everybody tells it: one check run, one comment, and the truth in both. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Pull } from "../../sandbox/github/pull.ts";
import { effort } from "../harness/effort.ts";
import { buildOf, type GithubBot, startGithubBot } from "../harness/github.ts";
import { useRedis } from "../harness/redis.ts";
import { checks, headlines } from "../harness/reporting.ts";
import { later } from "../harness/stories.ts";

const redis = useRedis();
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

interface Story {
  readonly name: string;
  readonly play: (bot: GithubBot, pull: Pull) => void;
  readonly check: string;
  readonly comment: readonly RegExp[];
}

function twoJobs(bot: GithubBot, pull: Pull, how: "fail" | "pass"): void {
  const build = bot.buildkite.build("payments-api", buildOf(pull)).start();
  build.job("Lint").pass();
  build.job("Specs")[how]();
  build.finish();
}

const stories: readonly Story[] = [
  {
    name: "a red build",
    play: (bot, pull) => twoJobs(bot, pull, "fail"),
    check: "payments-api failure: 1 of 2 jobs failed (#1)",
    comment: [/^:x: \*\*The build of .{7} failed\*\*$/],
  },
  {
    name: "a green build",
    play: (bot, pull) => twoJobs(bot, pull, "pass"),
    check: "payments-api success: Passed (#1)",
    comment: [],
  },
  {
    name: "a green build and a newer red one",
    play(bot, pull) {
      twoJobs(bot, pull, "pass");
      twoJobs(bot, pull, "fail");
    },
    check: "payments-api failure: 1 of 2 jobs failed (#2)",
    comment: [/failed\*\*$/],
  },
];

it.each(stories)("$name, shuffled and repeated", async ({ play, check, comment }) => {
  const orders = fc.sample(fc.infiniteStream(fc.nat()), { seed, numRuns: effort(12, 2) });
  for (const order of orders) {
    await using bot = await startGithubBot({ redis });
    const pull = bot.repository.pull();
    play(bot, pull);
    const buildkite = bot.buildkite.take().map((delivery) => () => bot.buildkite.send(delivery));
    const github = bot.github.take().map((delivery) => () => bot.github.send(delivery));
    const all = [...buildkite, ...github, ...buildkite.slice(0, 5), ...github];
    const keyed = all.map((send) => ({ send, key: order.next().value ?? 0 })).sort((a, b) => a.key - b.key);
    for (const [i, { send }] of keyed.entries()) {
      await send();
      if (i % 3 === 0) await bot.app.engine.drain();
    }
    await bot.settle();
    await later(bot, 60_000);
    expect(checks(bot, pull.headSha), `SEED=${seed}`).toEqual([check]);
    const said = headlines(bot, pull);
    expect(said.length, `SEED=${seed}`).toBe(comment.length);
    for (const [i, pattern] of comment.entries()) expect(said[i], `SEED=${seed}`).toMatch(pattern);
  }
});
