/** What Redis tells about itself, and what it holds. */
import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { Organization } from "../src/domain/ids.ts";
import { queueName } from "../src/jobs/queue.ts";
import { createKeys } from "../src/state/keys.ts";

export const organization = Organization.parse("acme-inc");

export interface Effort {
  /** Those inside scripts included. */
  readonly commands: number;
  /** Over the network, both ways. */
  readonly bytes: number;
  readonly cpuMicros: number;
}

/** Since its start. Asking counts as well; whoever compares two answers must take the price of one away. */
export async function effort(redis: Redis): Promise<Effort> {
  const info = String(await redis.call("INFO", "commandstats", "stats", "cpu"));
  const number = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(info)?.[1]);
  let commands = 0;
  for (const [, name, calls] of info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    if (name !== "info") commands += Number(calls);
  }
  return {
    commands,
    bytes: number("total_net_input_bytes") + number("total_net_output_bytes"),
    cpuMicros: (number("used_cpu_user") + number("used_cpu_sys")) * 1e6,
  };
}

/** What Redis does for `work`, and nothing for the asking. */
export async function effortOf(redis: Redis, work: () => Promise<unknown>): Promise<Effort> {
  const [idle, before] = [await effort(redis), await effort(redis)];
  await work();
  const after = await effort(redis);
  const spent = (name: keyof Effort): number => after[name] - before[name] - (before[name] - idle[name]);
  return { commands: spent("commands"), bytes: spent("bytes"), cpuMicros: spent("cpuMicros") };
}

/** Resolves when no subject is marked and no trigger waits or runs. */
export async function untilIdle(redis: Redis, keyPrefix: string): Promise<void> {
  const keys = createKeys(keyPrefix);
  const { marks } = keys.marks(organization);
  const triggers = `${keys.queuePrefix}:${queueName}`;
  for (let tries = 0; tries < 6000; tries += 1) {
    const left = await Promise.all([
      // One field of it counts marks.
      redis.hlen(marks).then((fields) => Math.max(0, fields - 1)),
      redis.zcard(`${triggers}:prioritized`),
      redis.llen(`${triggers}:active`),
    ]);
    if (left.every((count) => count === 0)) return;
    await pause(10);
  }
  throw new Error("Cannot measure: the workers are still busy after a minute");
}

/** How often the facts of any build changed. */
export async function countChanges(redis: Redis, keyPrefix: string): Promise<number> {
  const builds = (await redis.keys(`${keyPrefix}:*:build:*`)).filter((key) => /:build:[^:]+:\d+$/.test(key));
  const counts = await Promise.all(builds.map((key) => redis.hget(key, "rev")));
  return counts.reduce((sum, count) => sum + Number(count), 0);
}
