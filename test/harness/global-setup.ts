/** Prepares once what all test files need: the Redis server, which a fresh machine fetches, and compiled modules. */
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { flushCompileCache, getCompileCacheDir } from "node:module";
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
  const say = (line: string): boolean => process.stderr.write(`${line}\n`);
  await Promise.all([
    findRedisBinary({ path: process.env.PATH ?? "", cacheDir: defaultCacheDir, say }),
    fillCompileCache(),
  ]);
  const dir = await mkdtemp(join(tmpdir(), "signalbox-test-"));
  project.provide("redisDir", dir);
  return () => rm(dir, { recursive: true, force: true });
}

/**
 * In the first run the workers, and each of the processes they start, would compile the same modules, side by side and to
 * the end: 20 seconds of a processor. What cannot be loaded is told by the tests that need it.
 */
async function fillCompileCache(): Promise<void> {
  const dir = getCompileCacheDir();
  if (dir === undefined) return;
  const filled = join(dir, "filled");
  if (existsSync(filled)) return;
  await Promise.allSettled([
    import("../../src/app.ts"),
    import("../../src/github/octokit.ts"),
    import("../../sandbox/world.ts"),
    import("fast-check"),
    import("emulate"),
  ]);
  flushCompileCache();
  await writeFile(filled, "");
}
