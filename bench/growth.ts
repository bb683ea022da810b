/**
 * Growth: what one `job.finished` costs in builds of 10 to 5,000 jobs. Sizes take turns, so that whatever else the
 * machine does befalls all of them.
 */
import { performance } from "node:perf_hooks";
import { type Buildkite, startBuildkite } from "../sandbox/buildkite/index.ts";
import type { Delivery } from "../sandbox/buildkite/webhooks.ts";
import { systemClock } from "../src/clock.ts";
import { Pipeline } from "../src/domain/ids.ts";
import { createKeys } from "../src/state/keys.ts";
import { sign, subscribe } from "./deliveries.ts";
import { closedLoop } from "./load.ts";
import { type Effort, effortOf, organization } from "./redis.ts";
import type { Server } from "./server.ts";
import { median } from "./statistics.ts";
import type { World } from "./world.ts";

/** For one `job.finished`. */
export interface Cost extends Effort {
  readonly perSecond: number;
}

export interface GrowthRow {
  readonly jobs: number;
  readonly recorded: Cost;
  /** With the evaluation of the build that follows. */
  readonly evaluated: Cost;
}

export const sizes = [10, 100, 1000, 5000] as const;
const keyPrefix = "growth";
const connections = 4;
const failedJobs = 2;
/** A number that occurs nowhere else in a body, so that a body of one build can be made that of another. */
const firstBuild = 900_001;

/** Builds that are alike, and for each round one job of them that ends. */
interface Family {
  readonly jobs: number;
  readonly builds: number;
  readonly endings: readonly Delivery[];
}

export async function measureGrowth(world: World): Promise<GrowthRow[]> {
  const rounds = world.quick ? 2 : 7;
  const builds = world.quick ? 10 : 60;
  await using parts = new AsyncDisposableStack();
  await world.redis.flushall();
  const server = parts.use(await world.startBot({ keyPrefix, workers: false }));
  const buildkite = parts.use(await startBuildkite({ clock: systemClock, token: "unused", padTo: 8192 }));
  subscribe(buildkite, ["job.started", "job.finished"]);

  const families: Family[] = [];
  for (const jobs of sizes) families.push(await grow(world, server, buildkite, { jobs, builds, rounds: rounds + 1 }));

  const costs = families.map(() => ({ recorded: [] as Cost[], evaluated: [] as Cost[] }));
  for (let round = 0; round <= rounds; round += 1) {
    const turns = [...families.entries()];
    for (const [i, family] of round % 2 === 0 ? turns : turns.reverse()) {
      const { recorded, evaluated } = await measure(world, server, buildkite, family, round);
      // The first round warms up.
      if (round === 0) continue;
      costs[i]?.recorded.push(recorded);
      costs[i]?.evaluated.push(evaluated);
    }
  }
  return families.map(({ jobs }, i) => ({
    jobs,
    recorded: medians(costs[i]?.recorded ?? []),
    evaluated: medians(costs[i]?.evaluated ?? []),
  }));
}

interface Wish {
  readonly jobs: number;
  readonly builds: number;
  readonly rounds: number;
}

/** Records a failing build with all its jobs through the front door, and copies it in Redis: the others are as large. */
async function grow(world: World, server: Server, buildkite: Buildkite, { jobs, builds, rounds }: Wish) {
  const pipeline = `size-${jobs}`;
  buildkite.pipeline(pipeline, { firstBuild });
  // Of a branch without an alert: what an alert costs has nothing to do with the size of the build.
  const build = buildkite.build(pipeline, { branch: "change-1" });
  const running = Array.from({ length: rounds }, (_, i) => build.job(`Last ${i + 1}`).start());
  for (let i = running.length; i < jobs; i += 1) {
    const job = build.job(`Part ${i + 1}`);
    if (i < running.length + failedJobs) job.fail({ exitStatus: 1 });
    else job.pass();
  }
  const requests = sign(buildkite, buildkite.take());
  await closedLoop(server.url, inLanes(requests));
  await server.ask("drain");
  for (let i = 1; i < builds; i += 1) await copyBuild(world, pipeline, firstBuild + i);

  // Those that pass need no evaluation: the build fails already.
  for (const job of running) job.fail({ exitStatus: 1 });
  const endings = buildkite.take().filter(({ event }) => event === "job.finished");
  return { jobs, builds, endings };
}

async function copyBuild({ redis }: World, slug: string, number: number): Promise<void> {
  const keys = createKeys(keyPrefix);
  const ref = { organization, pipeline: Pipeline.parse(slug) };
  const from = keys.build({ ...ref, number: firstBuild });
  const to = keys.build({ ...ref, number });
  for (const part of ["build", "jobs", "causes", "canceled", "recovered"] as const) {
    await redis.copy(from[part], to[part]);
  }
}

/** One event for each build, so that each is evaluated once. */
async function measure(world: World, server: Server, buildkite: Buildkite, family: Family, round: number) {
  const { builds, endings } = family;
  const ending = endings[round];
  if (ending === undefined) throw new Error("Cannot measure: there are fewer jobs left than rounds");
  const deliveries = Array.from({ length: builds }, (_, i) => {
    const body = ending.body.replaceAll(String(firstBuild), String(firstBuild + i));
    return { ...ending, body, render: () => body };
  });
  const requests = inLanes(sign(buildkite, deliveries));

  const overhead = await effortOf(world.redis, () => server.ask("drain"));
  let recording = 0;
  const recorded = await effortOf(world.redis, async () => {
    recording = (await closedLoop(server.url, requests)).seconds;
  });
  const begun = performance.now();
  let evaluations = 0;
  const evaluated = await effortOf(world.redis, async () => {
    evaluations = await server.ask("drain");
  });
  if (evaluations < builds) throw new Error(`Cannot measure: ${evaluations} evaluations of ${builds} builds`);
  const evaluating = (performance.now() - begun) / 1000;
  return {
    recorded: costOf(recorded, recording, builds),
    evaluated: costOf(sum(recorded, difference(evaluated, overhead)), recording + evaluating, builds),
  };
}

function costOf({ commands, bytes, cpuMicros }: Effort, seconds: number, count: number): Cost {
  return {
    commands: commands / count,
    bytes: bytes / count,
    cpuMicros: cpuMicros / count,
    perSecond: count / seconds,
  };
}

function sum(a: Effort, b: Effort): Effort {
  return { commands: a.commands + b.commands, bytes: a.bytes + b.bytes, cpuMicros: a.cpuMicros + b.cpuMicros };
}

function difference(a: Effort, b: Effort): Effort {
  return { commands: a.commands - b.commands, bytes: a.bytes - b.bytes, cpuMicros: a.cpuMicros - b.cpuMicros };
}

function inLanes<T>(items: readonly T[]): T[][] {
  const lanes: T[][] = Array.from({ length: connections }, () => []);
  for (const [i, item] of items.entries()) lanes[i % connections]?.push(item);
  return lanes;
}

function medians(costs: readonly Cost[]): Cost {
  const of = (name: keyof Cost): number => median(costs.map((cost) => cost[name]));
  return {
    commands: of("commands"),
    bytes: of("bytes"),
    cpuMicros: of("cpuMicros"),
    perSecond: of("perSecond"),
  };
}
