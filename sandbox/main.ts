/**
 * `npm run sandbox`: an embedded Redis, the stand-ins and the bot on free ports of this machine; plays a story through
 * signed webhooks and prints what the Slack channel shows. With `--stay` it goes on with what you type.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApp } from "../src/app.ts";
import { type Clock, systemClock } from "../src/clock.ts";
import { readConfig } from "../src/config.ts";
import { createLog } from "../src/log.ts";
import { startEmbeddedRedis } from "../src/state/embedded.ts";
import { startBuildkite } from "./buildkite/index.ts";
import { playByHand } from "./by-hand.ts";
import { startSlack } from "./slack/index.ts";
import { playStory, type Stage } from "./story.ts";
import { showChannel } from "./transcript.ts";

const style = { color: process.stdout.isTTY === true };
const say = (line = ""): void => void process.stdout.write(`${line}\n`);

async function main(stopped: AbortSignal): Promise<void> {
  await using world = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "signalbox-sandbox-"));
  world.defer(() => rm(dir, { recursive: true, force: true }));
  /** Real time, plus what the story skips. */
  let skipped = 0;
  const clock: Clock = { now: () => systemClock.now() + skipped };

  const redis = world.use(await startEmbeddedRedis({ dir, persist: false, path: process.env.PATH ?? "", say }));
  const slack = world.use(await startSlack({ clock, channels: [{ id: "C0ALERTS", name: "ci-alerts" }] }));
  const buildkite = world.use(await startBuildkite({ clock, token: "sandbox-api-token" }));
  const token = "sandbox-webhook-token";
  const env = {
    HOST: "127.0.0.1",
    PORT: "0",
    BUILDKITE_WEBHOOK_TOKEN: token,
    BUILDKITE_API_TOKEN: "sandbox-api-token",
    BUILDKITE_API_URL: buildkite.url,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_SIGNING_SECRET: "sandbox-signing-secret",
    SLACK_API_URL: slack.url,
    SLACK_CHANNEL: "C0ALERTS",
  };
  const config = readConfig(env, null);
  const log = createLog("warn");
  // Without workers: jobs run step by step, so that the transcript is the same each time.
  const app = await createApp({ config, redisUrl: redis.url, clock, log, random: Math.random, workers: null });
  world.defer(() => app.stop());
  buildkite.connect({ url: `${app.url}/buildkite/webhooks`, token });

  const stage: Stage = {
    buildkite,
    pass(minutes) {
      skipped += minutes * 60_000;
    },
    async show(sentence) {
      stopped.throwIfAborted();
      await buildkite.deliver();
      await app.engine.drain();
      const time = new Date(clock.now()).toISOString().slice(11, 16);
      say(`\n${time}  ${sentence}\n`);
      say(showChannel(slack.channel("ci-alerts"), style));
    },
  };
  say(`Signalbox sandbox · bot ${app.url} · Slack stand-in ${slack.url} · Buildkite stand-in ${buildkite.url}`);
  await playStory(stage);
  const calls = slack
    .takeCalls("chat.postMessage")
    .filter(({ accepted, args }) => accepted && args.thread_ts === undefined);
  const told = `${calls.length} message, edited in place. (↳ in its thread, ⇉ in the channel too)`;
  say(`\nThree red builds, one fix, one retry: ${told}`);
  if (process.argv.includes("--stay")) await playByHand(stage, process.stdin, say, stopped);
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
// Whoever reads the transcript may have seen enough: `npm run sandbox | head`.
process.stdout.on("error", () => stop.abort());
try {
  await main(stop.signal);
} catch (error) {
  if (!stop.signal.aborted) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
