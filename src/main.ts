/** The process: environment, start, signals. The only file that touches `process`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createApp } from "./app.ts";
import { systemClock } from "./clock.ts";
import { type Config, readConfig } from "./config.ts";
import { createLog } from "./log.ts";
import { type EmbeddedRedis, startEmbeddedRedis } from "./state/embedded.ts";
import { connect, ready } from "./state/redis.ts";
import { startRedisClock } from "./state/redis-clock.ts";

const root = join(import.meta.dirname, "..");
const { env } = process;

async function settings(): Promise<Config> {
  const path = env.SIGNALBOX_CONFIG || join(root, "signalbox.yml");
  const file = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && !env.SIGNALBOX_CONFIG) return null;
    return new Error(`SIGNALBOX_CONFIG names ${path}, which cannot be read; check the path and its permissions`);
  });
  return readConfig(env, file, await privateKeyFile());
}

async function privateKeyFile(): Promise<string | null | Error> {
  const path = env.PRIVATE_KEY_PATH?.trim();
  if (!path) return null;
  return readFile(path, "utf8").catch(
    () => new Error(`PRIVATE_KEY_PATH names ${path}, which cannot be read; check the path and its permissions`),
  );
}

async function main(): Promise<void> {
  const config = await settings();
  const log = createLog(config.logLevel);
  const say = (line: string): void => log.info(line);
  const embedded = config.redisUrl === null ? await startRedis(say) : null;
  const redisUrl = config.redisUrl ?? embedded?.url ?? "";
  const timekeeper = connect(redisUrl, "request");
  timekeeper.on("error", () => undefined);
  await ready(timekeeper, 10_000);
  const clock = await startRedisClock(timekeeper, systemClock);
  const app = await createApp({ config, redisUrl, clock, log, random: Math.random });
  const redis = embedded === null ? "REDIS_URL" : "embedded";
  log.info({ url: app.url, redis, githubApp: config.github?.appId ?? "off" }, "Signalbox is up");
  for (const line of switchedOff(config)) log.info(line);

  const end = async (): Promise<void> => {
    try {
      await app.stop();
    } finally {
      clock.stop();
      timekeeper.disconnect();
      await embedded?.stop();
    }
    log.info("stopped");
    process.exit(0);
  };
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1); // Asked twice: somebody is in a hurry.
    stopping = true;
    log.info({ signal }, "stopping: no new webhooks, ending what runs");
    end().catch((error: unknown) => {
      log.error({ err: error }, "Cannot stop as it should; nothing is lost: what was not ended is taken up again");
      process.exit(1);
    });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

/** Brought back when it ends by itself: webhooks meanwhile get 503, and the append-only file has the rest. */
async function startRedis(say: (line: string) => void): Promise<EmbeddedRedis> {
  const onLost = (): void => {
    redis.restart().catch((error: unknown) => {
      say(`Cannot bring the embedded Redis back: ${String(error)}`);
      process.exit(1);
    });
  };
  const redis = await startEmbeddedRedis({
    dir: join(root, ".data"),
    persist: true,
    path: env.PATH ?? "",
    say,
    onLost,
  });
  return redis;
}

function switchedOff(config: Config): string[] {
  return [
    ...(config.buildkite.apiToken === null
      ? ["BUILDKITE_API_TOKEN is not set: no reruns, no log excerpts, no look-up of missed jobs, no follow-up builds"]
      : []),
    ...(config.github === null ? ["APP_ID, PRIVATE_KEY and WEBHOOK_SECRET are not set: the GitHub part is off"] : []),
  ];
}

try {
  await main();
} catch (error) {
  // What starts with "Cannot" was worded for the operator; anything else deserves its stack.
  const told = error instanceof Error && error.message.startsWith("Cannot ");
  process.stderr.write(`${told ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
