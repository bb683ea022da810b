/**
 * From a click on "Acknowledge" to the edited message. People click whether or not the clicks before are done (an open
 * loop, Poisson); each click is on another alert, and is signed and sent as Slack would.
 */
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { startBuildkite } from "../sandbox/buildkite/index.ts";
import type { SlackCall } from "../sandbox/slack/api.ts";
import { systemClock } from "../src/clock.ts";
import { firstFailure, subscribe, webhookToken } from "./deliveries.ts";
import { gap } from "./load.ts";
import { untilIdle } from "./redis.ts";
import { percentile } from "./statistics.ts";
import { alertsChannel, signingSecret, type World } from "./world.ts";

export interface ClickRow {
  readonly perSecond: number;
  readonly clicks: number;
  /** Milliseconds, until the stand-in for Slack has the edit. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Until Slack has its answer. */
  readonly answeredP99: number;
}

const people = Array.from({ length: 20 }, (_, i) => ({ id: `U0PERSON${i}`, name: `person-${i}` }));
const keyPrefix = "clicks";

export async function measureClicks(world: World): Promise<ClickRow> {
  const perSecond = 20;
  const clicks = perSecond * (world.quick ? 2 : 20);
  // The compiler is busy with a process at first.
  const warmUp = perSecond * (world.quick ? 1 : 10);
  const { slack, redis } = world;
  await using parts = new AsyncDisposableStack();
  await redis.flushall();
  const server = parts.use(await world.startBot({ keyPrefix, workers: true }));
  const buildkite = parts.use(await startBuildkite({ clock: systemClock, token: "unused" }));
  parts.defer(() => world.watchSlack(null));
  for (const person of people) slack.addUser(person);
  slack.connect({ url: `${server.url}/slack/events`, signingSecret });
  subscribe(buildkite);
  buildkite.connect({ url: `${server.url}/buildkite/webhooks`, token: webhookToken });

  const messages = await openAlerts(world, buildkite, warmUp + clicks);
  // What follows a post (reminders, people to tell) is not what a click waits for.
  await untilIdle(redis, keyPrefix);
  await click(world, messages.slice(0, warmUp), perSecond);
  const { edited, answered } = await click(world, messages.slice(warmUp), perSecond);
  return {
    perSecond,
    clicks,
    p50: percentile(edited, 0.5),
    p99: percentile(edited, 0.99),
    max: percentile(edited, 1),
    answeredP99: percentile(answered, 0.99),
  };
}

/** @returns the ts of each alert's message. */
async function openAlerts(
  world: World,
  buildkite: Awaited<ReturnType<typeof startBuildkite>>,
  count: number,
): Promise<string[]> {
  const before = new Set(world.slack.channel(alertsChannel).messages.map(({ ts }) => ts));
  for (let i = 0; i < count; i += 1) {
    const { status } = await buildkite.send(firstFailure(buildkite, `clicked-${i}`, "main"));
    if (status !== 200) throw new Error(`Cannot measure: a webhook was answered with ${status}`);
  }
  for (let tries = 0; tries < 3000; tries += 1) {
    const posted = world.slack.channel(alertsChannel).messages.filter(({ ts }) => !before.has(ts));
    if (posted.length >= count) return posted.map(({ ts }) => ts);
    await pause(10);
  }
  throw new Error(`Cannot measure: not all of ${count} alerts were posted`);
}

async function click(world: World, messages: readonly string[], perSecond: number) {
  const dueAt = new Map<string, number>();
  const edited: number[] = [];
  world.watchSlack(({ method, args, accepted }: SlackCall) => {
    const due = method === "chat.update" && accepted ? dueAt.get(String(args.ts)) : undefined;
    if (due === undefined) return;
    dueAt.delete(String(args.ts));
    edited.push(performance.now() - due);
  });
  const answers: Promise<number>[] = [];
  let due = performance.now();
  for (const [i, ts] of messages.entries()) {
    due += gap(perSecond);
    const early = due - performance.now();
    if (early > 0) await pause(early);
    dueAt.set(ts, due);
    answers.push(acknowledge(world, people[i % people.length]?.id ?? "", ts, due));
  }
  const answered = await Promise.all(answers);
  for (let tries = 0; tries < 1000 && edited.length < messages.length; tries += 1) await pause(10);
  if (edited.length !== messages.length) {
    throw new Error(`Cannot measure: ${edited.length} edits for ${messages.length} clicks`);
  }
  return { edited, answered };
}

async function acknowledge({ slack }: World, user: string, ts: string, due: number): Promise<number> {
  const { status } = await slack.as(user).click(alertsChannel, "alert.acknowledge", { ts });
  if (status !== 200) throw new Error(`Cannot measure: a click was answered with ${status}`);
  return performance.now() - due;
}
