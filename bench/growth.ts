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
const last = sizes.length - 1;
const keyPrefix = "growth";

export async function measureGrowth(world: World): Promise<GrowthResult> {
  // Of ten jobs nine can fail.
  const [sets, rounds, builds, warmUps] = world.quick ? [1, 2, 10, 1] : [4, 9, 120, 10];
  await using parts = new AsyncDisposableStack();
  const server = parts.use(await world.startBot({ keyPrefix, workers: false }));
  /** Families of builds with so many jobs each, in a world that has no others. */
  const raise = async (sizes: readonly number[], running: number): Promise<Family[]> => {
    await world.redis.flushall();
    const buildkite = parts.use(await startBuildkite({ clock: systemClock, token: "unused", padTo: 8192 }));
    subscribe(buildkite, ["job.started", "job.finished"]);
    const families: Family[] = [];
    for (const jobs of sizes) {
      families.push(await raiseFamily({ world, server, buildkite, keyPrefix, jobs, builds, running }));
    }
    return families;
  };

  // The compiler is busy with a process at first.
  const [warmUp] = await raise([20], warmUps);
  if (warmUp === undefined) throw new Error("Cannot measure: there is nothing to warm up with");
  for (let round = 0; round < warmUps; round += 1) await measure(world.redis, server, warmUp);
  const measured = sizes.map(() => [] as Costs[]);
  for (let set = 0; set < sets; set += 1) {
    const families = await raise(sizes, rounds);
    // Those that are compared come one after the other.
    const turns = [...families.entries()].sort(([a], [b]) => (a % last) - (b % last));
    for (let round = 0; round < rounds; round += 1) {
      for (const [i, family] of round % 2 === 0 ? turns : turns.toReversed()) {
        measured[i]?.push(await measure(world.redis, server, family));
      }
    }
  }
  const [fewest = [], most = []] = [measured.at(0), measured.at(-1)];
  return {
    rows: measured.map((costs, i) => ({ jobs: sizes[i] ?? 0, ...medians(costs) })),
    lastToFirst: medians(most.map((costs, round) => ratio(costs, fewest[round] ?? costs))),
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
