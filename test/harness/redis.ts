/** One Redis for a test file; every bot has a key prefix of its own, so nothing needs to be wiped between tests. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { afterAll, beforeAll } from "vitest";
import { type EmbeddedRedis, startEmbeddedRedis } from "../../src/state/embedded.ts";
import { connect, type Role, ready } from "../../src/state/redis.ts";

export interface TestRedis {
  readonly url: string;
  readonly server: EmbeddedRedis;
  /** A connection that ends with the test file at the latest: also when a test fails before it lets go. */
  open(role?: Role): Promise<Redis>;
}

export function useRedis(options: { readonly persist?: boolean; readonly args?: readonly string[] } = {}): TestRedis {
  let server: EmbeddedRedis | undefined;
  let dir = "";
  const opened: Redis[] = [];
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "signalbox-test-"));
    server = await startRedis(dir, options);
  }, 60_000);
  afterAll(async () => {
    // Before the server goes: a client that is left behind would look for it until the process ends.
    for (const redis of opened) redis.disconnect();
    await server?.stop();
    await rm(dir, { recursive: true, force: true });
  });
  const running = (): EmbeddedRedis => {
    if (server === undefined) throw new Error("Cannot use Redis before the tests begin");
    return server;
  };
  return {
    get url() {
      return running().url;
    },
    get server() {
      return running();
    },
    async open(role = "request") {
      const redis = connect(running().url, role);
      opened.push(redis);
      await ready(redis, 5000);
      return redis;
    },
  };
}

export function startRedis(
  dir: string,
  { persist = false, args = [] }: { readonly persist?: boolean; readonly args?: readonly string[] } = {},
): Promise<EmbeddedRedis> {
  return startEmbeddedRedis({ dir, persist, args, path: process.env.PATH ?? "", say: () => {} });
}
