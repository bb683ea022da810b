/** One Redis for a test file; every bot has a key prefix of its own, so nothing needs to be wiped between tests. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type EmbeddedRedis, startEmbeddedRedis } from "../../src/state/embedded.ts";

export interface TestRedis {
  readonly url: string;
  readonly server: EmbeddedRedis;
}

export function useRedis(options: { readonly persist?: boolean; readonly args?: readonly string[] } = {}): TestRedis {
  let server: EmbeddedRedis | undefined;
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "signalbox-test-"));
    server = await startRedis(dir, options);
  }, 60_000);
  afterAll(async () => {
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
  };
}

export function startRedis(
  dir: string,
  { persist = false, args = [] }: { readonly persist?: boolean; readonly args?: readonly string[] } = {},
): Promise<EmbeddedRedis> {
  return startEmbeddedRedis({ dir, persist, args, path: process.env.PATH ?? "", say: () => {} });
}
