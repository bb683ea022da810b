/** One Signalbox process for the crash tests: told everything by its parent, says its address when it is up. */
import { flushCompileCache } from "node:module";
import { z } from "zod";
import { createApp } from "../../src/app.ts";
import { systemClock } from "../../src/clock.ts";
import { readConfig } from "../../src/config.ts";
import { silentLog } from "../harness/log.ts";

const Order = z.object({
  env: z.record(z.string(), z.string()),
  redisUrl: z.string(),
  locks: z.boolean(),
  callTimeoutMs: z.number().default(400),
});
export type Order = z.input<typeof Order>;

const { env, redisUrl, locks, callTimeoutMs } = Order.parse(JSON.parse(process.argv[2] ?? "{}"));
const app = await createApp({
  config: readConfig(env, null),
  redisUrl,
  locks,
  clock: systemClock,
  log: silentLog,
  random: Math.random,
  callTimeoutMs,
  longestBackoffMs: 2000,
  // No sweep: what a crash leaves behind must be found again without it.
  workers: { concurrency: 8, stalledAfterMs: 500, sweepEveryMs: null },
});
// It ends with its parent, also when that is killed.
process.stdin.on("end", () => process.exit()).resume();
// Whoever is killed could not do it at the end.
flushCompileCache();
process.stdout.write(`${app.url}\n`);
