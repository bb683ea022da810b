/**
 * Receiving: ours against the floor. Ours answers when facts and trigger are in Redis. Like the floor, the first row does
 * nothing but receive; the rows after it show what workers take from it where they have to share the cores.
 */
import { type Buildkite, startBuildkite } from "../sandbox/buildkite/index.ts";
import type { Delivery } from "../sandbox/buildkite/webhooks.ts";
import { systemClock } from "../src/clock.ts";
import type { PreparedRequest } from "./connection.ts";
import { firstFailure, sign, subscribe, wholeBuild } from "./deliveries.ts";
import { closedLoop } from "./load.ts";
import { countChanges, untilIdle } from "./redis.ts";
import type { Server } from "./server.ts";
import { median, percentile } from "./statistics.ts";
import type { World } from "./world.ts";

export const connections = 32;

export interface IngestFigures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Of the process that answers. */
  readonly cpuMicros: number;
}

export interface IngestRow extends IngestFigures {
  readonly name: string;
  /** Share of the floor's speed: by requests per second, and by CPU time per request. Medians of the rounds' shares. */
  readonly byRequests: number;
  readonly byCpu: number;
  readonly rounds: number;
}

export interface IngestResult {
  readonly bodyBytes: number;
  readonly requests: number;
  readonly floor: IngestRow;
  readonly usual: IngestRow;
  readonly others: readonly IngestRow[];
}

/** What each connection sends, one after another. */
export interface Lanes {
  readonly lanes: readonly (readonly PreparedRequest[])[];
  readonly count: number;
}

export interface Candidate {
  readonly name: string;
  readonly server: Server;
  /** Whose workers must have finished before the next turn; null: nobody works. */
  readonly keyPrefix: string | null;
  readonly load: Lanes;
}

export async function measureIngest(world: World, bodyBytes: number): Promise<IngestResult> {
  const { quick } = world;
  await using servers = new AsyncDisposableStack();
  const buildkite = servers.use(await startBuildkite({ clock: systemClock, token: "unused", padTo: bodyBytes }));
  subscribe(buildkite);
  const buildsPerLane = quick ? 1 : bodyBytes > 20_000 ? 1 : 2;
  const usual = lanesOf(buildkite, (lane) =>
    Array.from({ length: buildsPerLane }, (_, i) => {
      // One build in four is on a branch that has an alert.
      return wholeBuild(buildkite, `app-${lane}`, (lane + i) % 4 === 0 ? "main" : `change-${i}`);
    }).flat(),
  );
  const worst = lanesOf(buildkite, (lane) =>
    Array.from({ length: 32 }, (_, i) => firstFailure(buildkite, `app-${lane}`, `change-${i}`)),
  );

  const floorServer = servers.use(await world.startFloor());
  const receiver = servers.use(await world.startBot({ keyPrefix: "apart", workers: false }));
  servers.use(await world.startBot({ keyPrefix: "apart", workers: true }));
  const alone = servers.use(await world.startBot({ keyPrefix: "alone", workers: false, profile: true }));
  const both = servers.use(await world.startBot({ keyPrefix: "together", workers: true }));
  const floor: Candidate = { name: "floor", server: floorServer, keyPrefix: null, load: usual };
  const judged: readonly Candidate[] = [
    floor,
    { name: "Signalbox, receiving", server: alone, keyPrefix: null, load: usual },
  ];
  const beside: readonly Candidate[] = [
    floor,
    { name: "every webhook triggers", server: alone, keyPrefix: null, load: worst },
    { name: "workers in a second process", server: receiver, keyPrefix: "apart", load: usual },
    { name: "workers in the same process", server: both, keyPrefix: "together", load: usual },
  ];
  // The compiler is busy with a process for its first ten thousands of requests.
  const [floorFigures, first] = await race(
    world,
    judged,
    quick ? { warmUps: 1, rounds: 2 } : { warmUps: 10, rounds: 15 },
  );
  const [, ...others] = await race(world, beside, quick ? { warmUps: 1, rounds: 1 } : { warmUps: 3, rounds: 5 });
  if (floorFigures === undefined || first === undefined)
    throw new Error("Cannot measure: there is nothing but the floor");
  return { bodyBytes, requests: usual.count, floor: floorFigures, usual: first, others };
}

/** In turns, so that whatever else the machine does befalls all. The first is the floor. */
export async function race(
  world: World,
  candidates: readonly Candidate[],
  { warmUps, rounds }: { readonly warmUps: number; readonly rounds: number },
): Promise<IngestRow[]> {
  const { redis } = world;
  const measured: IngestFigures[][] = candidates.map(() => []);
  for (let round = 0; round < warmUps + rounds; round += 1) {
    for (const [i, { server, keyPrefix, load }] of candidates.entries()) {
      await redis.flushall();
      const figures = await measure(server, load);
      if (round >= warmUps) measured[i]?.push(figures);
      if (keyPrefix === null) continue;
      await untilIdle(redis, keyPrefix);
      if (round === 0) await requireNews(world, keyPrefix, load.count);
    }
  }
  const [floors = []] = measured;
  return measured.map((figures, i) => ({
    name: candidates[i]?.name ?? "",
    rounds,
    ...medians(figures),
    byRequests: median(figures.map(({ perSecond }, round) => perSecond / (floors[round]?.perSecond ?? Number.NaN))),
    byCpu: median(figures.map(({ cpuMicros }, round) => (floors[round]?.cpuMicros ?? Number.NaN) / cpuMicros)),
  }));
}

function lanesOf(buildkite: Buildkite, make: (lane: number) => Delivery[]): Lanes {
  const lanes = Array.from({ length: connections }, (_, lane) => sign(buildkite, make(lane)));
  return { lanes, count: lanes.reduce((sum, { length }) => sum + length, 0) };
}

async function measure(server: Server, { lanes, count }: Lanes): Promise<IngestFigures> {
  const before = await server.ask("cpu");
  const { seconds, latencies } = await closedLoop(server.url, lanes);
  const cpuMicros = ((await server.ask("cpu")) - before) / count;
  return { perSecond: count / seconds, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), cpuMicros };
}

/** A repetition would be cheaper than what is to be measured. */
async function requireNews({ redis }: World, keyPrefix: string, count: number): Promise<void> {
  const changes = await countChanges(redis, keyPrefix);
  if (changes !== count)
    throw new Error(`Cannot measure: ${count} webhooks made ${changes} changes; each must make one`);
}

function medians(figures: readonly IngestFigures[]): IngestFigures {
  const of = (name: keyof IngestFigures): number => median(figures.map((figure) => figure[name]));
  return { perSecond: of("perSecond"), p50: of("p50"), p99: of("p99"), cpuMicros: of("cpuMicros") };
}
