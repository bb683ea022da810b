/** Finds the Redis server once for all test files; on a fresh machine this fetches it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { defaultCacheDir, findRedisBinary } from "../../src/state/redis-binary.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** For the workers' servers. */
    readonly redisDir: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await findRedisBinary({
    path: process.env.PATH ?? "",
    cacheDir: defaultCacheDir,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  const dir = await mkdtemp(join(tmpdir(), "signalbox-test-"));
  project.provide("redisDir", dir);
  return () => rm(dir, { recursive: true, force: true });
}
