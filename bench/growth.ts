/**
 * Growth: what one `job.finished` costs in builds of 10 to 5,000 jobs. Sizes take turns, so that whatever else the
 * machine does befalls all of them.
 */
import { performance } from "node:perf_hooks";
import type { Redis } from "ioredis";
import { startBuildkite } from "../sandbox/buildkite/index.ts";
import { systemClock } from "../src/clock.ts";
import { subscribe } from "./deliveries.ts";
import { type Family, inLanes, raiseFamily } from "./families.ts";
import { closedLoop } from "./load.ts";
import { type Effort, effortOf } from "./redis.ts";
import type { Server } from "./server.ts";
import { median } from "./statistics.ts";
import type { World } from "./world.ts";

/** For one `job.finished`. */
export interface Cost extends Effort {
  readonly perSecond: number;
}

export interface Costs {
  readonly recorded: Cost;
  /** With the evaluation of the build that follows. */
  readonly evaluated: Cost;
}

export interface GrowthResult {
  readonly rows: readonly (Costs & { readonly jobs: number })[];
  /** The last row as a multiple of the first: medians of the rounds' ratios. */
  readonly lastToFirst: Costs;
}

const sizes = [10, 100, 1000, 5000] as const;
const keyPrefix = "growth";

export async function measureGrowth(world: World): Promise<GrowthResult> {
  const rounds = world.quick ? 2 : 7;
  const builds = world.quick ? 10 : 120;
  await using parts = new AsyncDisposableStack();
  await world.redis.flushall();
  const server = parts.use(await world.startBot({ keyPrefix, workers: false }));
  const buildkite = parts.use(await startBuildkite({ clock: systemClock, token: "unused", padTo: 8192 }));
  subscribe(buildkite, ["job.started", "job.finished"]);

  const families: Family[] = [];
  for (const jobs of sizes) {
    families.push(await raiseFamily({ world, server, buildkite, keyPrefix, jobs, builds, running: rounds }));
  }
  // The compiler is busy with a process at first.
  const warmUps = world.quick ? 1 : 10;
  const warmUp = await raiseFamily({ world, server, buildkite, keyPrefix, jobs: 20, builds, running: warmUps });
  for (let round = 0; round < warmUps; round += 1) await measure(world.redis, server, warmUp);
  const measured = families.map(() => [] as Costs[]);
  for (let round = 0; round < rounds; round += 1) {
    const turns = [...families.entries()];
    for (const [i, family] of round % 2 === 0 ? turns : turns.reverse()) {
      measured[i]?.push(await measure(world.redis, server, family));
    }
  }
  const [first = [], last = []] = [measured.at(0), measured.at(-1)];
  return {
    rows: measured.map((costs, i) => ({ jobs: sizes[i] ?? 0, ...medians(costs) })),
    lastToFirst: medians(last.map((costs, round) => ratio(costs, first[round] ?? costs))),
  };
}

/** One event for each build, so that each is evaluated once. */
async function measure(redis: Redis, server: Server, { builds, nextFailures }: Family): Promise<Costs> {
  const requests = inLanes(nextFailures());
  const overhead = await effortOf(redis, () => server.ask("drain"));
  let recording = 0;
  const recorded = await effortOf(redis, async () => {
    recording = (await closedLoop(server.url, requests)).seconds;
  });
  const begun = performance.now();
  let evaluations = 0;
  const drained = await effortOf(redis, async () => {
    evaluations = await server.ask("drain");
  });
  if (evaluations !== builds) throw new Error(`Cannot measure: ${evaluations} evaluations of ${builds} builds`);
  const evaluating = (performance.now() - begun) / 1000;
  const total: Effort = {
    commands: recorded.commands + drained.commands - overhead.commands,
    bytes: recorded.bytes + drained.bytes - overhead.bytes,
    cpuMicros: recorded.cpuMicros + drained.cpuMicros - overhead.cpuMicros,
  };
  return { recorded: costOf(recorded, recording, builds), evaluated: costOf(total, recording + evaluating, builds) };
}

function costOf({ commands, bytes, cpuMicros }: Effort, seconds: number, count: number): Cost {
  return {
    commands: commands / count,
    bytes: bytes / count,
    cpuMicros: cpuMicros / count,
    perSecond: count / seconds,
  };
}

/** Figure by figure, over the costs of several rounds. */
function medians(rounds: readonly Costs[]): Costs {
  const of = (part: keyof Costs): Cost => ({
    commands: median(rounds.map((costs) => costs[part].commands)),
    bytes: median(rounds.map((costs) => costs[part].bytes)),
    cpuMicros: median(rounds.map((costs) => costs[part].cpuMicros)),
    perSecond: median(rounds.map((costs) => costs[part].perSecond)),
  });
  return { recorded: of("recorded"), evaluated: of("evaluated") };
}

function ratio(a: Costs, b: Costs): Costs {
  const of = (part: keyof Costs): Cost => ({
    commands: a[part].commands / b[part].commands,
    bytes: a[part].bytes / b[part].bytes,
    cpuMicros: a[part].cpuMicros / b[part].cpuMicros,
    perSecond: a[part].perSecond / b[part].perSecond,
  });
  return { recorded: of("recorded"), evaluated: of("evaluated") };
}
