import fc from "fast-check";
import type { Redis } from "ioredis";
import { afterEach, describe, expect, it } from "vitest";
import { Later } from "../../src/later.ts";
import { createBudget, type Lane } from "../../src/state/budget.ts";
import { createKeys } from "../../src/state/keys.ts";
import { loadScripts } from "../../src/state/scripts.ts";
import { FakeClock } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";

const server = useRedis();
const connections: Redis[] = [];
let prefixes = 0;

afterEach(() => {
  for (const redis of connections.splice(0)) redis.disconnect();
});

/** As many processes as asked for, on one Redis and one clock that stands still at the beginning of a minute. */
async function startProcesses(count: number) {
  prefixes += 1;
  const keys = createKeys(`test${prefixes}`);
  const clock = new FakeClock();
  const processes = [];
  for (let i = 0; i < count; i += 1) {
    const redis = await server.open();
    connections.push(redis);
    const budget = createBudget(loadScripts(redis), redis, keys, { service: "buildkite", perMinute: 50, reserve: 10 });
    processes.push({
      redis,
      pause: (ms: number) => budget.pause(clock.now() + ms, clock.now()),
      /** Null when granted, else the milliseconds to wait. */
      async spend(lane: Lane): Promise<number | null> {
        try {
          await budget.spend(clock.now(), lane);
          return null;
        } catch (error) {
          if (!(error instanceof Later)) throw error;
          return error.at - clock.now();
        }
      },
    });
  }
  return { processes, clock, keys };
}

async function twoProcesses() {
  const { processes, ...rest } = await startProcesses(2);
  const [one, other] = processes;
  if (one === undefined || other === undefined) throw new Error("Cannot happen: two were started");
  return { one, other, ...rest };
}

async function spendAll(spend: (i: number) => Promise<number | null>, times: number): Promise<number> {
  const results = await Promise.all(Array.from({ length: times }, (_, i) => spend(i)));
  return results.filter((wait) => wait === null).length;
}

describe("a budget", () => {
  it("grants two processes together 40 requests a minute in the background, and people the rest", async () => {
    const { one, other } = await twoProcesses();

    expect(await spendAll((i) => (i % 2 === 0 ? one : other).spend("background"), 100)).toBe(40);
    expect(await spendAll((i) => (i % 2 === 0 ? one : other).spend("person"), 100)).toBe(10);
  });

  it("keeps the last ten for people, however many they had before", async () => {
    const { one, other } = await twoProcesses();

    expect(await spendAll(() => one.spend("person"), 30)).toBe(30);
    expect(await spendAll(() => other.spend("background"), 100)).toBe(10);
    expect(await spendAll(() => one.spend("person"), 100)).toBe(10);
  });

  it("never grants more than its limits, whoever asks in which order", async () => {
    const request = fc.record({
      process: fc.nat({ max: 1 }),
      lane: fc.constantFrom<Lane>("background", "person"),
      pauseBefore: fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 40_000 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 50, maxLength: 150 }), async (requests) => {
        const { processes, clock } = await startProcesses(2);
        const granted = new Map<number, { background: number; all: number }>();
        for (const { process, lane, pauseBefore } of requests) {
          clock.advance(pauseBefore);
          const minute = Math.floor(clock.now() / 60_000);
          const count = granted.get(minute) ?? { background: 0, all: 0 };
          granted.set(minute, count);
          const wait = await processes[process]?.spend(lane);
          if (wait === null) count.all += 1;
          if (wait === null && lane === "background") count.background += 1;
          // It refuses nobody without need.
          else if (wait !== null) expect(count.all).toBeGreaterThanOrEqual(lane === "person" ? 50 : 40);
          expect(count.all).toBeLessThanOrEqual(50);
          expect(count.background).toBeLessThanOrEqual(40);
        }
        for (const redis of connections.splice(0)) redis.disconnect();
      }),
      { numRuns: 10 },
    );
  });

  it("has a new window each minute, and says when it begins", async () => {
    const { one, other, clock } = await twoProcesses();
    clock.advance(15_000);
    await spendAll(() => one.spend("background"), 40);

    expect(await other.spend("background")).toBe(45_000);
    clock.advance(44_999);
    expect(await other.spend("background")).toBe(1);
    clock.advance(1);
    expect(await other.spend("background")).toBeNull();
  });

  it("stops everybody while the service told one of them to wait", async () => {
    const { one, other, clock } = await twoProcesses();
    await one.pause(90_000);

    expect(await other.spend("background")).toBe(90_000);
    expect(await one.spend("person")).toBe(90_000);
    clock.advance(89_999);
    expect(await other.spend("person")).toBe(1);
    clock.advance(1);
    expect(await other.spend("person")).toBeNull();
  });

  it("counts only what it grants", async () => {
    const { one, clock, keys } = await twoProcesses();
    await spendAll(() => one.spend("person"), 70);

    expect(await one.redis.get(keys.budget("buildkite", Math.floor(clock.now() / 60_000)))).toBe("50");
  });

  it("leaves nothing behind in Redis, and keeps its two keys in one slot of a cluster", async () => {
    const { one, clock, keys } = await twoProcesses();
    await one.spend("person");
    await one.pause(1_000);
    const pause = keys.pause("buildkite");
    const window = keys.budget("buildkite", Math.floor(clock.now() / 60_000));

    expect(await one.redis.pttl(pause)).toBeGreaterThan(0);
    expect(await one.redis.pttl(pause)).toBeLessThanOrEqual(1_000);
    expect(await one.redis.ttl(window)).toBeGreaterThan(60);
    expect(/\{(.+?)\}/.exec(pause)?.[1]).toBe(/\{(.+?)\}/.exec(window)?.[1]);
  });

  it("fails, and grants nothing, while Redis is away", async () => {
    const { one } = await twoProcesses();
    one.redis.disconnect();

    await expect(one.spend("background")).rejects.not.toBeInstanceOf(Later);
  });
});
