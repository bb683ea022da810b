/** Whatever order, however often: the same events end in the same facts, the same alert, and one message. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CommandJob } from "../../sandbox/buildkite/command-job.ts";
import type { Buildkite } from "../../sandbox/buildkite/index.ts";
import type { Delivery } from "../../sandbox/buildkite/webhooks.ts";
import { readMessage } from "../../sandbox/slack/read.ts";
import { type Bot, channelId, startBot } from "../harness/bot.ts";
import { second } from "../harness/clock.ts";
import { effort } from "../harness/effort.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();
const histories = Number(process.env.HISTORIES ?? effort(200, 15));
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const debugPassword = "a-password-for-tests";

const jobEnds = [
  "pass",
  "fail",
  "softFail",
  "timeOut",
  "expire",
  "loseAgentThenPass",
  "flakeThenPass",
  "cancel",
  "casualty",
] as const;
interface BuildPlan {
  readonly jobs: readonly (typeof jobEnds)[number][];
  readonly shards: number;
  readonly end: "finish" | "cancel" | "block" | "retryPasses" | "retryFails" | "skip";
  /** Seconds between two steps; 0 puts several into the same second. */
  readonly pace: number;
}
const buildPlan: fc.Arbitrary<BuildPlan> = fc.record({
  jobs: fc.array(fc.constantFrom(...jobEnds), { minLength: 1, maxLength: 3 }),
  shards: fc.constantFrom(0, 0, 2, 3),
  end: fc.constantFrom("finish", "finish", "finish", "retryPasses", "retryFails", "cancel", "block", "skip"),
  pace: fc.constantFrom(0, 1, 20),
});
const redPlan: fc.Arbitrary<BuildPlan> = fc.record({
  jobs: fc.tuple(fc.constant("fail" as const), fc.constantFrom(...jobEnds)).map((jobs) => [...jobs]),
  shards: fc.constantFrom(0, 2),
  end: fc.constantFrom("finish", "retryFails"),
  pace: fc.constantFrom(1, 20),
});

function play(bot: Bot, pipeline: string, plans: readonly BuildPlan[]): Delivery[] {
  bot.buildkite.pipeline(pipeline, { name: "The Pipeline" });
  for (const [i, plan] of plans.entries()) {
    const commit = `${"c".repeat(39)}${i}`;
    playBuild(bot.buildkite, pipeline, commit, plan, () => bot.clock.advance(plan.pace * second));
  }
  return bot.buildkite.take();
}

function playBuild(buildkite: Buildkite, pipeline: string, commit: string, plan: BuildPlan, tick: () => void): void {
  const build = buildkite.build(pipeline, { branch: "main", commit, message: `Change ${plan.jobs.join(" ")}` });
  tick();
  if (plan.end === "skip") return void build.skip();
  const jobs = plan.jobs.map((how, i) => {
    const job = build.job(`Job ${i}`);
    tick();
    return end(job, how);
  });
  for (let index = 0; index < plan.shards; index += 1) {
    const shard = build.job("Shards", { parallel: { index, total: plan.shards } });
    tick();
    if (index === 1) jobs.push(shard.fail({ exitStatus: 3 }));
    else shard.pass();
  }
  tick();
  if (plan.end === "cancel") return void build.cancel();
  if (plan.end === "block") return void build.block();
  build.finish();
  if (build.state !== "failed" || plan.end === "finish") return;
  // A person's retry: later than the second in which the build ended.
  tick();
  for (const job of jobs.filter(({ state }) => state === "failed" || state === "timed_out")) {
    const again = job.retry({ type: "manual" });
    tick();
    if (plan.end === "retryPasses") again.pass();
    else again.fail({ exitStatus: 1 });
  }
  tick();
  if (resumed(build)) build.finish();
}

/** @returns the last attempt. */
function end(job: CommandJob, how: (typeof jobEnds)[number]): CommandJob {
  switch (how) {
    case "pass":
      return job.pass();
    case "fail":
      return job.fail({ exitStatus: 1 });
    case "softFail":
      return job.fail({ exitStatus: 1, softFailed: true });
    case "timeOut":
      return job.timeOut();
    case "expire":
      return job.expire();
    case "cancel":
      return job.cancel();
    case "casualty":
      return job.waitingFailed();
    case "loseAgentThenPass":
      job.fail({ exitStatus: -1, retryable: true });
      return job.retry({ type: "automatic" }).pass();
    case "flakeThenPass":
      job.fail({ exitStatus: 7, retryable: true });
      return job.retry({ type: "manual" }).pass();
  }
}

function resumed({ state }: { readonly state: string }): boolean {
  return state === "running" || state === "failing";
}

/** What a person reads and what the debug view knows, without the name of the pipeline and without counters of changes. */
async function outcome(bot: Bot, pipeline: string, builds: number) {
  const facts: unknown[] = [];
  for (let number = 1; number <= builds; number += 1) {
    const answer = await fetch(`${bot.app.url}/debug/builds/acme-inc/${pipeline}/${number}`, {
      headers: { authorization: `Basic ${Buffer.from(`debug:${debugPassword}`).toString("base64")}` },
    });
    facts.push(
      JSON.parse((await answer.text()).replaceAll(pipeline, "the-pipeline").replace(/"rev": \d+/, '"rev": 0')),
    );
  }
  const messages = bot.slack
    .channel(channelId)
    .messages.filter((message) => JSON.stringify(message.blocks).includes(`/${pipeline}/`))
    .map((message) => readMessage({ ...message, replies: [] }).replaceAll(pipeline, "the-pipeline"));
  return { facts, messages };
}

describe("a branch's history of builds", () => {
  it(`is told the same in ${histories} random orders with repetitions (seed ${seed})`, {
    timeout: 120_000,
  }, async () => {
    // Reminders have a property of their own; here, hundreds of pending ones would only be looked through again and again.
    await using bot = await startBot({ redis, env: { DEBUG_PASSWORD: debugPassword }, yml: "reminders: off" });
    let run = 0;
    const history = fc.tuple(fc.array(buildPlan, { maxLength: 2 }), redPlan);
    const orders = fc.integer({ min: 1, max: 2 ** 31 - 1 });
    await fc.assert(
      fc.asyncProperty(history, orders, async ([before, last], order) => {
        run += 1;
        const draw = numbers(order);
        const plans = [...before, last];
        const begin = bot.clock.now();
        const inOrder = play(bot, `ordered-${run}`, plans);
        const took = bot.clock.now() - begin;
        for (const delivery of inOrder) await bot.buildkite.send(delivery);
        await bot.app.engine.drain();

        // The same story once more, at the same seconds, told in disorder.
        bot.clock.advance(-took);
        const again = play(bot, `shuffled-${run}`, plans);
        for (const together of batches(disorder(again, draw), draw)) {
          await Promise.all(together.map((delivery) => bot.buildkite.send(delivery)));
          await bot.app.engine.drain();
        }
        const expected = await outcome(bot, `ordered-${run}`, plans.length);
        const actual = await outcome(bot, `shuffled-${run}`, plans.length);
        // Ids of builds and jobs are the stand-in's own; they differ between the two tellings.
        expect(withoutIds(actual.facts)).toEqual(withoutIds(expected.facts));
        expect(actual.messages.length).toBe(1);
        expect(withoutIds(actual.messages)).toEqual(withoutIds(expected.messages));
        expect(await bot.app.engine.sweep(0)).toBe(0);
      }),
      { numRuns: histories, seed, endOnFailure: true },
    );
    // Only now: to read the whole channel each time would cost more than the histories.
    bot.read();
  });
});

/** All of them, some twice, in any order. */
function disorder(deliveries: readonly Delivery[], draw: () => number): Delivery[] {
  return deliveries
    .flatMap((delivery) => (draw() % 3 === 0 ? [delivery, delivery] : [delivery]))
    .map((delivery) => ({ delivery, rank: draw() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ delivery }) => delivery);
}

/** Some at the same time; between one batch and the next the bot does its work. */
function batches<T>(items: readonly T[], draw: () => number): T[][] {
  const result: T[][] = [];
  for (let from = 0; from < items.length; ) {
    const size = 1 + (draw() % 12);
    result.push(items.slice(from, from + size));
    from += size;
  }
  return result;
}

/** Park and Miller's generator: a whole order from one number, which a failure prints. */
function numbers(begin: number): () => number {
  let state = begin;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state >> 4;
  };
}

function withoutIds(value: unknown): unknown {
  const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
  return JSON.parse(JSON.stringify(value).replace(uuid, "id"));
}
