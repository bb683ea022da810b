/**
 * One Redis for each of the workers, which run one test file after another. A file begins with an empty one, and every bot
 * has a key prefix of its own.
 */
import { join } from "node:path";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, inject } from "vitest";
import { type EmbeddedRedis, startEmbeddedRedis } from "../../src/state/embedded.ts";
import { connect, type Role, ready } from "../../src/state/redis.ts";

export interface TestRedis {
  readonly url: string;
  /** A connection that ends with the test file at the latest: also when a test fails before it lets go. */
  open(role?: Role): Promise<Redis>;
}

/** It ends with its worker, and its folder is removed when all is over. */
let server: Promise<EmbeddedRedis> | undefined;

export function useRedis(): TestRedis {
  let url: string | undefined;
  const opened: Redis[] = [];
  const running = (): string => {
    if (url === undefined) throw new Error("Cannot use Redis before the tests begin");
    return url;
  };
  const open = async (role: Role = "request"): Promise<Redis> => {
    // A machine may stand still for a second, and that is not what a test is about.
    const redis = connect(running(), role, 10_000);
    opened.push(redis);
    await ready(redis, 5000);
    return redis;
  };
  beforeAll(async () => {
    server ??= startRedis(join(inject("redisDir"), `${process.pid}`));
    ({ url } = await server);
    await (await open()).flushall();
  }, 60_000);
  afterAll(() => {
    for (const redis of opened) redis.disconnect();
  });
  return {
    get url() {
      return running();
    },
    open,
  };
}

/** One of its own, for what kills it. */
export function startRedis(dir: string, { persist = false } = {}): Promise<EmbeddedRedis> {
  return startEmbeddedRedis({ dir, persist, path: process.env.PATH ?? "", say: () => {} });
}
