import { describe, expect, it } from "vitest";
import { Organization, Pipeline } from "../../src/domain/ids.ts";
import { createEngine } from "../../src/jobs/engine.ts";
import { jobs as table } from "../../src/jobs/index.ts";
import type { Tools } from "../../src/jobs/job.ts";
import { createQueue, type Triggers } from "../../src/jobs/queue.ts";
import { createRunner, type JobTable, maxAttempts, mostDeaths } from "../../src/jobs/runner.ts";
import { markOf, spell } from "../../src/jobs/subjects.ts";
import { Hopeless, Later } from "../../src/later.ts";
import { createMetrics } from "../../src/metrics.ts";
import { createKeys } from "../../src/state/keys.ts";
import { noLocks } from "../../src/state/lock.ts";
import { createMarks } from "../../src/state/marks.ts";
import { loadScripts } from "../../src/state/scripts.ts";
import { FakeClock, minute, second } from "../harness/clock.ts";
import { TestLog } from "../harness/log.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();
const organization = Organization.parse("acme");
const jobKinds = Object.keys(table) as (keyof JobTable)[];
let engines = 0;

/** An engine whose six kinds of jobs do what the test says, and tell in `ran` that they ran. */
async function startEngine(behave: (what: string, engine: Harness) => Promise<void> | void = () => {}) {
  engines += 1;
  const connection = await redis.open();
  const worker = await redis.open("worker");
  const keys = createKeys(`engine${engines}`);
  const clock = new FakeClock();
  const log = new TestLog();
  const metrics = createMetrics();
  const marks = createMarks(connection, loadScripts(connection), keys);
  await marks.introduce(organization);
  const ran: string[] = [];
  const job = (kind: keyof JobTable) => ({
    order: table[kind].order,
    does: "what the test says",
    locked: false,
    run: async (subject: object) => {
      const what = `${kind} ${"pipeline" in subject ? subject.pipeline : ""}`;
      ran.push(what);
      await behave(what, harness);
    },
  });
  const jobs = Object.fromEntries(jobKinds.map((kind) => [kind, job(kind)])) as unknown as JobTable;
  const queue = createQueue({ connection, prefix: keys.queuePrefix, clock, orderOf: (kind) => jobs[kind].order });
  let lost = false;
  const triggers: Triggers = { ...queue, fire: async (fired) => (lost ? undefined : queue.fire(fired)) };
  // The jobs of these tests use no tools.
  const tools = {} as Tools;
  const run = createRunner({
    jobs,
    tools,
    marks,
    triggers,
    locks: noLocks,
    clock,
    log: log.logger,
    metrics,
    random: () => 1,
    longestBackoffMs: minute,
  });
  const engine = createEngine({
    queue,
    triggers,
    run,
    marks,
    connection: worker,
    prefix: keys.queuePrefix,
    clock,
    log: log.logger,
    metrics,
    concurrency: 4,
    stalledAfterMs: 5000,
    sweepEveryMs: null,
  });
  const harness = {
    engine,
    clock,
    marks,
    log,
    ran,
    build: (pipeline: string) => ({ organization, pipeline: Pipeline.parse(pipeline), number: 1 }),
    async fire(kind: "evaluateBuild" | "fetchBuild", pipeline: string) {
      const subject = spell(kind, harness.build(pipeline));
      await triggers.fire(await marks.mark(organization, [subject], clock.now()));
    },
    async fireAt(pipeline: string, at: number) {
      await marks.postpone(markOf("evaluateBuild", harness.build(pipeline)), at, "timer");
      await triggers.wakeAt(organization, at);
    },
    loseTriggers(on: boolean) {
      lost = on;
    },
    async [Symbol.asyncDispose]() {
      await engine.stop(5000);
      await queue.close();
      harness.abandon();
    },
    /** As a process does that exits although a job still runs. */
    abandon() {
      connection.disconnect();
      worker.disconnect();
    },
  };
  return harness;
}
type Harness = Awaited<ReturnType<typeof startEngine>>;

describe("the trigger engine", () => {
  it("runs the lowest order first, whatever was fired first", async () => {
    await using bot = await startEngine();
    await bot.fire("fetchBuild", "a");
    await bot.fire("evaluateBuild", "b");
    await bot.engine.drain();
    expect(bot.ran).toEqual(["evaluateBuild b", "fetchBuild a"]);
  });

  it("fires what a run had marked that died before it could", async () => {
    await using bot = await startEngine();
    const parent = markOf("fetchBuild", bot.build("a"));
    await bot.fire("fetchBuild", "a");
    // A process takes the run, marks what follows, and is gone.
    await bot.marks.take(parent);
    bot.loseTriggers(true);
    await bot.fire("evaluateBuild", "b");
    bot.loseTriggers(false);
    // The run that is started in its place marks it again, which fires nothing: it was marked.
    expect(await bot.marks.mark(organization, [spell("evaluateBuild", bot.build("b"))], bot.clock.now())).toEqual([]);
    await bot.engine.drain();
    expect(bot.ran).toEqual(["fetchBuild a", "evaluateBuild b"]);
  });

  it("coalesces a hundred triggers of a subject into one run", async () => {
    await using bot = await startEngine();
    for (let i = 0; i < 100; i += 1) await bot.fire("evaluateBuild", "a");
    await bot.engine.drain();
    expect(bot.ran).toEqual(["evaluateBuild a"]);
  });

  it("runs once more when fired while running, and what it fires before what waits", async () => {
    let fired = 0;
    await using bot = await startEngine(async (what, engine) => {
      if (what !== "fetchBuild a" || fired > 0) return;
      fired += 1;
      for (let i = 0; i < 5; i += 1) await engine.fire("fetchBuild", "a");
      await engine.fire("evaluateBuild", "b");
    });
    await bot.fire("fetchBuild", "a");
    await bot.fire("fetchBuild", "c");
    await bot.engine.drain();
    expect(bot.ran).toEqual(["fetchBuild a", "evaluateBuild b", "fetchBuild c", "fetchBuild a"]);
  });

  it("wakes at the earlier of two times, and once", async () => {
    await using bot = await startEngine();
    const start = bot.clock.now();
    await bot.fireAt("a", start + 30 * second);
    await bot.fireAt("a", start + 10 * second);
    await bot.fireAt("a", start + 20 * second);
    await bot.engine.drain();
    expect(bot.ran).toEqual([]);
    bot.clock.advance(9.9 * second);
    await bot.engine.drain();
    expect(bot.ran).toEqual([]);
    bot.clock.advance(0.1 * second);
    await bot.engine.drain();
    expect(bot.ran).toEqual(["evaluateBuild a"]);
    bot.clock.advance(minute);
    await bot.engine.drain();
    expect(bot.ran).toEqual(["evaluateBuild a"]);
  });

  it("retries a failed job with growing waits while others go on", async () => {
    await using bot = await startEngine((what) => {
      if (what === "evaluateBuild bad") throw new Error("no luck");
    });
    await bot.fire("evaluateBuild", "bad");
    await bot.fire("evaluateBuild", "good");
    const waits: number[] = [];
    let last = bot.clock.now();
    for (let tick = 0; tick < 400; tick += 1) {
      const before = bot.ran.length;
      await bot.engine.drain();
      if (bot.ran.length > before) {
        waits.push((bot.clock.now() - last) / second);
        last = bot.clock.now();
      }
      bot.clock.advance(0.5 * second);
    }
    expect(waits.slice(0, 9)).toEqual([0, 0.5, 1, 2, 4, 8, 16, 32, 60]);
    expect(bot.ran.filter((what) => what === "evaluateBuild good")).toHaveLength(1);
    // Of ten attempts: the first four, and the eighth.
    expect(bot.ran.filter((what) => what === "evaluateBuild bad")).toHaveLength(10);
    expect(bot.log.take()).toEqual(Array.from({ length: 5 }, () => "job failed"));
  });

  it("does not count what had to wait as a failure", async () => {
    let runs = 0;
    await using bot = await startEngine((_what, engine) => {
      runs += 1;
      if (runs < 5) throw new Later("asked to wait", engine.clock.now() + 10 * second);
    });
    await bot.fire("evaluateBuild", "a");
    for (let i = 0; i < 5; i += 1) {
      await bot.engine.drain();
      bot.clock.advance(10 * second);
    }
    expect(runs).toBe(5);
    expect(bot.log.take()).toEqual([]);
  });

  it("gives up what is hopeless, shows it to an operator, and runs it again when replayed", async () => {
    let cured = false;
    await using bot = await startEngine(() => {
      if (!cured) throw new Hopeless("Cannot do this: it is impossible");
    });
    await bot.fire("evaluateBuild", "a");
    await bot.engine.drain();
    const [dead] = await bot.marks.dead(organization);
    expect(dead?.why).toEqual({ at: bot.clock.now(), attempts: 1, error: "Cannot do this: it is impossible" });
    expect(bot.log.take()).toEqual(["job given up"]);
    expect(await bot.engine.sweep(0)).toBe(0);

    cured = true;
    await bot.fire("evaluateBuild", "a");
    await bot.engine.drain();
    expect(bot.ran).toHaveLength(2);
    expect(await bot.marks.dead(organization)).toEqual([]);
  });

  it("gives up after the last attempt", async () => {
    await using bot = await startEngine(() => {
      throw new Error("no luck");
    });
    await bot.fire("evaluateBuild", "a");
    const mark = markOf("evaluateBuild", bot.build("a"));
    for (let i = 1; i < maxAttempts; i += 1) {
      await bot.marks.take(mark);
      await bot.marks.postpone(mark, bot.clock.now() + minute, "failed");
    }
    await bot.engine.drain();
    expect(bot.ran).toHaveLength(1);
    expect((await bot.marks.dead(organization)).map(({ why }) => why.attempts)).toEqual([maxAttempts]);
    expect(bot.log.take()).toEqual(["job given up"]);
  });

  it("gives up what takes its process down each time it runs", async () => {
    await using bot = await startEngine();
    await bot.fire("evaluateBuild", "a");
    const mark = markOf("evaluateBuild", bot.build("a"));
    for (let i = 0; i <= mostDeaths; i += 1) await bot.marks.take(mark);
    await bot.engine.drain();
    expect(bot.ran).toEqual([]);
    expect((await bot.marks.dead(organization)).map(({ why }) => why.error)).toEqual([
      "its process died each time it ran",
    ]);
    expect(bot.log.take()).toEqual(["job given up"]);
  });

  it("fails loudly when jobs fire each other in circles", async () => {
    await using bot = await startEngine((_what, engine) => engine.fire("evaluateBuild", "a"));
    await bot.fire("evaluateBuild", "a");
    await expect(bot.engine.drain(20)).rejects.toThrow("Cannot drain: still busy after 20 runs");
  });

  it("fails loudly when what is due has lost its trigger, or its run ended without a result", async () => {
    await using bot = await startEngine();
    await bot.fire("evaluateBuild", "a");
    bot.marks.take = () => Promise.reject(new Error("Redis is away"));
    await expect(bot.engine.drain(20)).rejects.toThrow("Redis is away");
    await bot.marks.postpone(markOf("evaluateBuild", bot.build("a")), bot.clock.now(), "timer");
    await expect(bot.engine.drain(20)).rejects.toThrow("Cannot drain: still busy after 20 runs");
    bot.loseTriggers(true);
    await bot.marks.postpone(markOf("evaluateBuild", bot.build("b")), bot.clock.now(), "timer");
    await expect(bot.engine.drain(20)).rejects.toThrow("Cannot drain: still busy after 20 runs");
  });

  it("finds by the sweep what lost its trigger, and nothing otherwise", async () => {
    await using bot = await startEngine();
    await bot.fire("evaluateBuild", "a");
    await bot.engine.drain();
    expect(await bot.engine.sweep(0)).toBe(0);
    bot.loseTriggers(true);
    await bot.fire("evaluateBuild", "b");
    await bot.engine.drain();
    expect(bot.ran).toEqual(["evaluateBuild a"]);
    expect(await bot.engine.sweep(0)).toBe(1);
    await bot.engine.drain();
    expect(bot.ran).toEqual(["evaluateBuild a", "evaluateBuild b"]);
    expect(bot.log.take()).toEqual(["sweep fired marks that nobody took"]);
  });

  it("does not take for lost what waits or runs, however often the sweep looks", async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: running, resolve: started } = Promise.withResolvers<void>();
    let parallel = 0;
    let most = 0;
    await using bot = await startEngine(async () => {
      parallel += 1;
      most = Math.max(most, parallel);
      started();
      await mayEnd;
      parallel -= 1;
    });
    for (let i = 0; i < 20; i += 1) await bot.fire("evaluateBuild", `p${i}`);
    for (let sweeps = 0; sweeps < 3; sweeps += 1) expect(await bot.engine.sweep(0)).toBe(0);
    const drained = bot.engine.drain();
    await running;
    expect(await bot.engine.sweep(0)).toBe(0);
    end();
    expect(await drained).toBe(20);
    expect(most).toBe(1);
  });

  it("counts a subject that is marked again and again as waiting since its last run", async () => {
    await using bot = await startEngine();
    await bot.fire("evaluateBuild", "a");
    for (let i = 0; i < 3; i += 1) {
      const taken = await bot.marks.take(markOf("evaluateBuild", bot.build("a")));
      bot.clock.advance(10 * second);
      await bot.fire("evaluateBuild", "a");
      if (taken !== null) expect(await bot.marks.finish(taken, bot.clock.now())).toBe(true);
    }
    expect((await bot.marks.waiting(organization)).map(({ since }) => since)).toEqual([bot.clock.now()]);
    await bot.engine.drain();
  });

  it("wakes all that is due at one instant, however many", async () => {
    await using bot = await startEngine();
    const at = bot.clock.now() + second;
    for (let i = 0; i < 450; i += 1) await bot.fireAt(`p${i}`, at);
    bot.clock.advance(second);
    expect((await bot.marks.wake(organization, bot.clock.now())).woken).toHaveLength(450);
  });

  it("wakes in time although BullMQ rings early: its clock is the machine's, ours is Redis'", async () => {
    const { promise: ranAtLast, resolve } = Promise.withResolvers<void>();
    await using bot = await startEngine(() => resolve());
    const at = bot.clock.now() + 30;
    bot.engine.start();
    await bot.fireAt("a", at);
    // Each look at the clock moves it on a little, so the first bells are early and a later one is not.
    bot.clock.tickBy(2);
    await ranAtLast;
    expect(bot.clock.now()).toBeGreaterThanOrEqual(at);
  });

  it("stops in time although a job does not end", async () => {
    const { promise: never } = Promise.withResolvers<void>();
    const { promise: running, resolve: started } = Promise.withResolvers<void>();
    const bot = await startEngine(() => {
      started();
      return never;
    });
    bot.engine.start();
    await bot.fire("evaluateBuild", "a");
    await running;
    await bot.engine.stop(20);
    expect(bot.log.take()).toEqual(["stopping although jobs still run; another process will take them"]);
    bot.abandon();
  });

  it("ends what runs before it stops", async () => {
    const { promise: running, resolve: started } = Promise.withResolvers<void>();
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    let ended = false;
    const bot = await startEngine(async () => {
      started();
      await mayEnd;
      ended = true;
    });
    bot.engine.start();
    await bot.fire("evaluateBuild", "a");
    await running;
    const stopped = bot[Symbol.asyncDispose]();
    end();
    await stopped;
    expect(ended).toBe(true);
  });
});
