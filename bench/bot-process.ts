/** Signalbox in a process of its own, with or without workers, wired as in production. */
import { z } from "zod";
import { createApp } from "../src/app.ts";
import { systemClock } from "../src/clock.ts";
import { readConfig } from "../src/config.ts";
import { createLog } from "../src/log.ts";
import { answerParent } from "./child.ts";

const Order = z.object({
  env: z.record(z.string(), z.string()),
  redisUrl: z.string(),
  keyPrefix: z.string(),
  /** False: it only receives. */
  workers: z.boolean(),
});
export type BotOrder = z.infer<typeof Order>;

const { env, redisUrl, keyPrefix, workers } = Order.parse(JSON.parse(process.argv[2] ?? "{}"));
const app = await createApp({
  config: readConfig(env, null),
  redisUrl,
  keyPrefix,
  clock: systemClock,
  log: createLog("info"),
  random: Math.random,
  ...(workers ? {} : { workers: null }),
});
answerParent(app.url, () => app.engine.drain(100_000));
