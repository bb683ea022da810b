/**
 * `npm run sandbox`: an embedded Redis, the stand-ins and the bot on free ports of this machine; plays a story through
 * signed webhooks and prints what the Slack channel shows. With `--stay` everything keeps running afterwards.
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
import { startSlack } from "./slack/index.ts";
import { playStory } from "./story.ts";
import { showChannel } from "./transcript.ts";

const stay = process.argv.includes("--stay");
const style = { color: process.stdout.isTTY === true };
const say = (line = ""): void => void process.stdout.write(`${line}\n`);
const webhookToken = "sandbox-webhook-token";
const apiToken = "sandbox-api-token";

/** Real time, plus what the story skips. */
let skipped = 0;
const clock: Clock = { now: () => systemClock.now() + skipped };

const dir = await mkdtemp(join(tmpdir(), "signalbox-sandbox-"));
const redis = await startEmbeddedRedis({ dir, persist: false, path: process.env.PATH ?? "", say });
const slack = await startSlack({ clock, channels: [{ id: "C0ALERTS", name: "ci-alerts" }] });
const buildkite = await startBuildkite({ clock, token: apiToken });
const env = {
  HOST: "127.0.0.1",
  PORT: "0",
  BUILDKITE_WEBHOOK_TOKEN: webhookToken,
  BUILDKITE_API_TOKEN: apiToken,
  BUILDKITE_API_URL: buildkite.url,
  SLACK_BOT_TOKEN: slack.token,
  SLACK_SIGNING_SECRET: "sandbox-signing-secret",
  SLACK_API_URL: slack.url,
  SLACK_CHANNEL: "C0ALERTS",
};
const app = await createApp({
  config: readConfig(env, null),
  redisUrl: redis.url,
  clock,
  log: createLog("warn"),
  random: Math.random,
  // The story runs its jobs step by step.
  workers: null,
});
buildkite.connect({ url: `${app.url}/buildkite/webhooks`, token: webhookToken });

async function stop(): Promise<void> {
  await app.stop();
  await slack.stop();
  await buildkite.stop();
  await redis.stop();
  await rm(dir, { recursive: true, force: true });
}

say(`Signalbox sandbox · bot ${app.url} · Slack stand-in ${slack.url} · Buildkite stand-in ${buildkite.url}`);
await playStory({
  buildkite,
  pass(minutes) {
    skipped += minutes * 60_000;
  },
  async show(sentence) {
    await buildkite.deliver();
    await app.engine.drain();
    const time = new Date(clock.now()).toISOString().slice(11, 16);
    say(`\n${time}  ${sentence}\n`);
    say(showChannel(slack.channel("ci-alerts"), style));
  },
});
const calls = slack.takeCalls().filter(({ accepted }) => accepted);
const posts = calls.filter(({ method, args }) => method === "chat.postMessage" && args.thread_ts === undefined).length;
say(`\nThree breaks, one repair, one retry: ${posts} message in the channel, edited in place.`);

if (stay) {
  app.engine.start();
  say("\nStill running; press Ctrl-C to stop. Send a webhook yourself, for example:");
  say(`  curl -i ${app.url}/readyz`);
  process.once("SIGINT", () => void stop());
  process.once("SIGTERM", () => void stop());
} else {
  await stop();
}
