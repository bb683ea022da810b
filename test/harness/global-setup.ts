/** Finds the Redis server once for all test files; on a fresh machine this fetches it. */
import { defaultCacheDir, findRedisBinary } from "../../src/state/redis-binary.ts";

export async function setup(): Promise<void> {
  await findRedisBinary({
    path: process.env.PATH ?? "",
    cacheDir: defaultCacheDir,
    say: (line) => process.stderr.write(`${line}\n`),
  });
}
