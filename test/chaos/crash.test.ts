/**
 * Processes die at any instant, Slack is hostile, Redis goes away: nothing that got a 200 is lost, and no alert is posted
 * twice. Real processes, a real clock, no sweep.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Buildkite, startBuildkite } from "../../sandbox/buildkite/index.ts";
import type { Delivery } from "../../sandbox/buildkite/webhooks.ts";
import { type SlackStandIn, startSlack } from "../../sandbox/slack/index.ts";
import { readMessage } from "../../sandbox/slack/read.ts";
import { systemClock } from "../../src/clock.ts";
import { Organization } from "../../src/domain/ids.ts";
import type { EmbeddedRedis } from "../../src/state/embedded.ts";
import { createKeys } from "../../src/state/keys.ts";
import { connect, ready } from "../../src/state/redis.ts";
import { again, effort, sampled } from "../harness/effort.ts";
import { startRedis } from "../harness/redis.ts";
import { Fleet, sendUntilStored } from "./fleet.ts";

const webhookToken = "chaos-webhook-token";
const hostile = { rateLimited: 0.1, failBefore: 0.1, failAfter: 0.1, hangAfter: 0.05, dropAfter: 0.05 };
const crashSeed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));

interface World extends AsyncDisposable {
  readonly redis: EmbeddedRedis;
  readonly slack: SlackStandIn;
  readonly buildkite: Buildkite;
  readonly fleet: Fleet;
}

async function startWorld({ processes, locks }: { processes: number; locks: boolean }): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), "signalbox-chaos-"));
  const redis = await startRedis(dir, { persist: true });
  const slack = await startSlack({ clock: systemClock, channels: [{ id: "C0ALERTS", name: "ci-alerts" }] });
  const buildkite = await startBuildkite({ clock: systemClock, token: "unused" });
  const env = {
    HOST: "127.0.0.1",
    PORT: "0",
    BUILDKITE_WEBHOOK_TOKEN: webhookToken,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_SIGNING_SECRET: "unused",
    SLACK_API_URL: slack.url,
    SLACK_CHANNEL: "C0ALERTS",
  };
  const fleet = new Fleet({ env, redisUrl: redis.url, locks });
  buildkite.connect({ url: "http://127.0.0.1:9", token: webhookToken });
  for (let i = 0; i < processes; i += 1) await fleet.start();
  return {
    redis,
    slack,
    buildkite,
    fleet,
    async [Symbol.asyncDispose]() {
      await fleet[Symbol.asyncDispose]();
      await slack.stop();
      await buildkite.stop();
      await redis.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Ten events for each pipeline, whose main breaks, and some of them again, in a shuffled order. */
function breakAll(pipelines: number, { buildkite }: World): Delivery[] {
  for (let i = 0; i < pipelines; i += 1) {
    const build = buildkite.build(`app-${i}`, { branch: "main", message: `Change ${i}` });
    build.job("Lint").pass();
    build.job("Specs").fail({ exitStatus: 1 });
    build.finish();
  }
  const deliveries = buildkite.take();
  const [shuffled] = fc.sample(
    fc.shuffledSubarray([...deliveries, ...deliveries.slice(0, 40)], { minLength: deliveries.length + 40 }),
    { seed: crashSeed, numRuns: 1 },
  );
  return shuffled ?? deliveries;
}

/** What Slack shows in the end: the right alert for each pipeline, and no more. */
async function untilAllTold(pipelines: number, { slack }: World): Promise<string[]> {
  const told = (): string[] => slack.channel("C0ALERTS").messages.map((m) => readMessage(m).split("\n")[0] ?? "");
  const complete = (): boolean => new Set(told().filter((line) => line.includes("failed"))).size === pipelines;
  // Bounded; ends as soon as everything is told.
  for (let tries = 0; tries < 400 && !complete(); tries += 1) await pause(50);
  return told();
}

/** What still waits in Redis: for whoever reads a failure. */
async function leftOver({ redis }: World): Promise<unknown> {
  const client = connect(redis.url, "request");
  await ready(client, 5000);
  const keys = createKeys("signalbox").marks(Organization.parse("acme-inc"));
  const left = { marks: await client.hgetall(keys.marks), due: await client.zrange(keys.due, "0", "-1", "WITHSCORES") };
  client.disconnect();
  return left;
}

async function expectAllToldOnce(pipelines: number, world: World): Promise<void> {
  const told = await untilAllTold(pipelines, world);
  const where = `${again(crashSeed)}; left: ${JSON.stringify(await leftOver(world))}`;
  expect(told.length, where).toBe(pipelines);
  expect(new Set(told).size, where).toBe(pipelines);
}

async function crashWhile(world: World, work: Promise<unknown>, kills: number): Promise<void> {
  for (const wait of fc.sample(fc.integer({ min: 20, max: 400 }), { seed: crashSeed, numRuns: kills })) {
    await pause(wait);
    await world.fleet.crashOne();
  }
  await work;
}

async function surviveCrashes(world: World, kills: number): Promise<void> {
  const pipelines = 30;
  const deliveries = breakAll(pipelines, world);
  expect(deliveries.length).toBeGreaterThanOrEqual(300);
  await crashWhile(world, sendUntilStored(world.buildkite, world.fleet, deliveries), kills);
  await expectAllToldOnce(pipelines, world);
}

/** Slack fails in the methods named by `only`, or in all. */
const hardships = [
  { how: "one process", processes: 1, locks: true, failing: { only: [] } },
  { how: "two, with a hostile Slack", processes: 2, locks: true, failing: { only: ["chat.postMessage"] } },
  { how: "two, without locks", processes: 2, locks: false, failing: {} },
];

describe.concurrent("a process is killed while 300 events come in", () => {
  it.each(sampled(hardships, crashSeed))(
    "loses nothing and posts each alert once: $how",
    { timeout: 60_000 },
    async ({ processes, locks, failing }) => {
      await using world = await startWorld({ processes, locks });
      world.slack.faults.random({ seed: crashSeed, rates: hostile, ...failing });
      await surviveCrashes(world, effort(6, 2));
    },
  );
});

describe.concurrent("Redis is killed and comes back", () => {
  it("answers 503 meanwhile, and keeps what it said 200 to", { timeout: 60_000 }, async () => {
    await using world = await startWorld({ processes: 1, locks: true });
    const pipelines = effort(30, 10);
    const deliveries = breakAll(pipelines, world);
    const middle = Math.floor(deliveries.length / 2);
    expect(await sendUntilStored(world.buildkite, world.fleet, deliveries.slice(0, middle))).toEqual([]);
    await world.redis.kill();
    const sending = sendUntilStored(world.buildkite, world.fleet, deliveries.slice(middle));
    await pause(100);
    await world.redis.restart();
    const refusals = await sending;
    expect(refusals.length).toBeGreaterThan(0);
    expect(new Set(refusals)).toEqual(new Set([503]));
    await expectAllToldOnce(pipelines, world);
  });
});
