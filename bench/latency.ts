/**
 * From a webhook to the message in Slack. Webhooks are sent at their times whether or not earlier ones are answered (an
 * open loop, Poisson), and a latency begins when its webhook was to be sent: a receiver that falls behind cannot hide it.
 */
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import type { Buildkite } from "../sandbox/buildkite/index.ts";
import { startBuildkite } from "../sandbox/buildkite/index.ts";
import type { Delivery } from "../sandbox/buildkite/webhooks.ts";
import type { SlackCall } from "../sandbox/slack/api.ts";
import { systemClock } from "../src/clock.ts";
import { firstFailure, subscribe, webhookToken } from "./deliveries.ts";
import { gap } from "./load.ts";
import type { Server } from "./server.ts";
import { percentile } from "./statistics.ts";
import type { World } from "./world.ts";

export type Mix = "usual" | "harsh";

export interface LatencyRow {
  readonly mix: Mix;
  readonly perSecond: number;
  readonly events: number;
  readonly alerts: number;
  /** Milliseconds, until the message is in Slack. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Until the sender has its answer. */
  readonly answeredP99: number;
}

interface Planned {
  readonly delivery: Delivery;
  /** The pipeline whose alert it opens. */
  readonly opens: string | null;
}

interface Plan {
  readonly mix: Mix;
  readonly perSecond: number;
  readonly events: readonly Planned[];
}

export async function measureLatency(world: World): Promise<LatencyRow[]> {
  const seconds = world.quick ? 2 : 10;
  await using parts = new AsyncDisposableStack();
  await world.redis.flushall();
  const server = parts.use(await world.startBot({ keyPrefix: "latency", workers: true, profile: true }));
  const buildkite = parts.use(await startBuildkite({ clock: systemClock, token: "unused", padTo: 8192 }));
  parts.defer(() => world.watchSlack(null));

  await run(world, server, buildkite, plan(buildkite, "harsh", 50, 2, "warm"));
  const rows: LatencyRow[] = [];
  for (const mix of ["usual", "harsh"] as const) {
    for (const perSecond of [50, 200]) {
      const events = plan(buildkite, mix, perSecond, seconds, `${mix}-${perSecond}`);
      rows.push(await run(world, server, buildkite, events));
    }
  }
  return rows;
}

function plan(buildkite: Buildkite, mix: Mix, perSecond: number, seconds: number, prefix: string): Plan {
  subscribe(buildkite);
  const count = perSecond * seconds;
  if (mix === "usual") {
    const builds = Array.from({ length: Math.ceil(count / 10) }, (_, i) => breakingBuild(buildkite, `${prefix}-${i}`));
    return { mix, perSecond, events: stagger(builds) };
  }
  const events = Array.from({ length: count }, (_, i) => {
    const opens = `${prefix}-${i}`;
    return { opens, delivery: firstFailure(buildkite, opens, "main") };
  });
  return { mix, perSecond, events };
}

/** Ten webhooks of a build, of which one turns the main branch of a new pipeline red. */
function breakingBuild(buildkite: Buildkite, pipeline: string): Planned[] {
  const build = buildkite.build(pipeline, { branch: "main" });
  const [lint, specs, image] = ["Lint", "Specs", "Image"].map((name) => build.job(name).schedule());
  lint?.start();
  specs?.start();
  lint?.pass();
  const before = buildkite.outbox.length;
  specs?.fail({ exitStatus: 1 });
  image?.cancel();
  return buildkite.take().map((delivery, i) => ({ delivery, opens: i === before ? pipeline : null }));
}

/** As if ten builds ran at a time, each at another point of its life. The order within a build is kept. */
function stagger(builds: readonly (readonly Planned[])[]): Planned[] {
  const placed = builds.flatMap((events, build) => events.map((event, i) => ({ event, at: build + i })));
  return placed.sort((a, b) => a.at - b.at).map(({ event }) => event);
}

async function run(world: World, server: Server, buildkite: Buildkite, { mix, perSecond, events }: Plan) {
  buildkite.connect({ url: `${server.url}/buildkite/webhooks`, token: webhookToken });
  const dueAt = new Map<string, number>();
  const told: number[] = [];
  world.watchSlack((call) => {
    const pipeline = pipelineOf(call);
    const due = pipeline === null ? undefined : dueAt.get(pipeline);
    if (due !== undefined) told.push(performance.now() - due);
  });

  const answered: Promise<number>[] = [];
  let due = performance.now();
  for (const { delivery, opens } of events) {
    due += gap(perSecond);
    const early = due - performance.now();
    if (early > 0) await pause(early);
    if (opens !== null) dueAt.set(opens, due);
    answered.push(send(buildkite, delivery, due));
  }
  const answers = await Promise.all(answered);
  const alerts = events.filter(({ opens }) => opens !== null).length;
  for (let tries = 0; tries < 1000 && told.length < alerts; tries += 1) await pause(10);
  if (told.length !== alerts) throw new Error(`Cannot measure: ${told.length} messages for ${alerts} alerts`);
  return {
    mix,
    perSecond,
    events: events.length,
    alerts,
    p50: percentile(told, 0.5),
    p99: percentile(told, 0.99),
    max: percentile(told, 1),
    answeredP99: percentile(answers, 0.99),
  };
}

async function send(buildkite: Buildkite, delivery: Delivery, due: number): Promise<number> {
  const { status } = await buildkite.send(delivery);
  if (status !== 200) throw new Error(`Cannot measure: a webhook was answered with ${status}`);
  return performance.now() - due;
}

/** Of a new message in the channel, the pipeline that it links to. */
function pipelineOf({ method, args, accepted }: SlackCall): string | null {
  if (method !== "chat.postMessage" || !accepted || args.thread_ts !== undefined) return null;
  return /buildkite\.com\/[^/]+\/([^/]+)\/builds\//.exec(JSON.stringify(args.blocks))?.[1] ?? null;
}
