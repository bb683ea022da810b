/** Takes triggers in order and runs their jobs: with workers in a living process, by `drain()` in tests. */
import { type Job as BullJob, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { Organization } from "../domain/ids.ts";
import type { Metrics } from "../metrics.ts";
import type { Marks } from "../state/marks.ts";
import { queueName, type TriggerData, type TriggerQueue, type Triggers, wakeName } from "./queue.ts";
import type { RunResult } from "./runner.ts";
import { markFromId } from "./subjects.ts";

export interface EngineOptions {
  readonly queue: TriggerQueue;
  /** What jobs and the sweep fire through; tests lose triggers here. */
  readonly triggers: Triggers;
  readonly run: (mark: ReturnType<typeof markFromId>) => Promise<RunResult>;
  readonly marks: Marks;
  /** A worker's connection: waits for as long as Redis is away. */
  readonly connection: Redis;
  readonly prefix: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly concurrency: number;
  /** How long a worker may be silent before its job is given to another. */
  readonly stalledAfterMs: number;
  /** How often marks without a trigger are looked for; null: never. */
  readonly sweepEveryMs: number | null;
}

export interface Engine {
  start(): void;
  /** Runs the first ready job until none is ready. Fails loudly after `limit` runs: jobs fire each other in circles. */
  drain(limit?: number): Promise<number>;
  /** Fires again what was marked at least `olderThanMs` ago and not taken. @returns how many; normally none. */
  sweep(olderThanMs?: number): Promise<number>;
  /** Ends what is running, takes nothing new. */
  stop(graceMs: number): Promise<void>;
}

export function createEngine(options: EngineOptions): Engine {
  const { triggers, marks, clock, log, metrics, connection, prefix } = options;
  const bull = {
    connection,
    prefix,
    concurrency: options.concurrency,
    lockDuration: options.stalledAfterMs,
    stalledInterval: options.stalledAfterMs,
    // Attempts are counted where the mark is taken; here a job may be recovered as often as it takes.
    maxStalledCount: 1000,
    drainDelay: 2,
  };
  let worker: Worker<TriggerData> | null = null;
  let puller: Worker<TriggerData> | null = null;
  let sweeper: NodeJS.Timeout | null = null;
  const sweepEvery = options.sweepEveryMs;

  async function wake(organization: Organization): ReturnType<Marks["wake"]> {
    const found = await marks.wake(organization, clock.now());
    await triggers.fire(found.woken);
    return found;
  }

  function startPuller(): Worker<TriggerData> {
    const started = new Worker<TriggerData>(queueName, null, { ...bull, autorun: false, skipStalledCheck: true });
    // The connection reports its own errors; without a listener BullMQ would print them.
    return started.on("error", () => undefined);
  }

  async function process(job: BullJob<TriggerData>): Promise<void> {
    if (job.name !== wakeName) {
      await options.run(markFromId(job.data.id));
      return;
    }
    const organization = Organization.parse(job.data.id);
    const { next } = await wake(organization);
    if (next !== null) await triggers.wakeAt(organization, next);
  }

  async function sweep(olderThanMs = sweepEvery ?? 0): Promise<number> {
    let found = 0;
    for (const organization of await marks.organizations()) {
      const now = clock.now();
      const waiting = await marks.waiting(organization);
      const { woken } = await marks.wake(organization, now);
      // What has a time to come waits on purpose.
      const standing = waiting.filter(({ since, due }) => due === null && since <= now - olderThanMs);
      found += await triggers.refire([...standing, ...woken]);
      const oldest = waiting.reduce((min, { since }) => Math.min(min, since), now);
      metrics.backlog.set({ organization }, waiting.length);
      metrics.oldestMark.set({ organization }, (now - oldest) / 1000);
      metrics.dead.set({ organization }, (await marks.dead(organization)).length);
    }
    metrics.swept.inc(found);
    if (found > 0) log.warn({ found }, "sweep fired marks that nobody took");
    return found;
  }

  return {
    start() {
      worker = new Worker<TriggerData>(queueName, process, bull);
      // Told once for each time Redis goes away, not for each attempt to reach it.
      let away = false;
      worker.on("error", (error) => {
        if (!away) log.warn({ err: error }, "worker lost its connection");
        away = true;
      });
      connection.on("ready", () => {
        if (away) log.info("worker has its connection again");
        away = false;
      });
      worker.on("failed", (_job, error) => log.warn({ err: error }, "run ended without a result; its mark stands"));
      if (sweepEvery === null) return;
      let sweeping = false;
      sweeper = setInterval(() => {
        // One that takes longer than the interval must not meet itself.
        if (sweeping) return;
        sweeping = true;
        sweep()
          .catch((error: unknown) => log.warn({ err: error }, "sweep failed"))
          .finally(() => {
            sweeping = false;
          });
      }, sweepEvery);
      sweeper.unref();
    },
    async drain(limit = 5000) {
      puller ??= startPuller();
      for (let runs = 0; runs < limit; runs += 1) {
        const job = await puller.getNextJob("drain", { block: false });
        if (job !== undefined && job !== null) {
          await process(job);
          await job.moveToCompleted(null, "drain", false);
          continue;
        }
        let woken = 0;
        for (const organization of await marks.organizations()) woken += (await wake(organization)).woken.length;
        if (woken === 0) return runs;
      }
      throw new Error(`Cannot drain: still busy after ${limit} runs; jobs fire each other in circles`);
    },
    sweep,
    async stop(graceMs) {
      if (sweeper !== null) clearInterval(sweeper);
      await puller?.close();
      if (worker === null) return;
      const { promise: late, resolve } = Promise.withResolvers<"late">();
      const timer = setTimeout(resolve, graceMs, "late");
      const ended = await Promise.race([worker.close().then(() => "ended" as const), late]);
      clearTimeout(timer);
      if (ended === "late") {
        // BullMQ cannot be made to give up a running job; the process ends, and the job's mark stands.
        log.warn("stopping although jobs still run; another process will take them");
      }
    },
  };
}
