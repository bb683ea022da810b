/**
 * `npm run sandbox`: an embedded Redis, the stand-ins and the bot on free ports of this machine; plays a story through
 * signed webhooks and prints what Slack and GitHub show. With `--stay` it goes on with what you type.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApp } from "../src/app.ts";
import { type Clock, systemClock } from "../src/clock.ts";
import { readConfig } from "../src/config.ts";
import { createLog } from "../src/log.ts";
import { startEmbeddedRedis } from "../src/state/embedded.ts";
import { readArguments, usage } from "./arguments.ts";
import { startBuildkite } from "./buildkite/index.ts";
import { playByHand } from "./by-hand.ts";
import { alerts, people } from "./cast.ts";
import { startGithubApp } from "./github-app.ts";
import { startSlack } from "./slack/index.ts";
import { createStage } from "./stage.ts";
import { playStory } from "./story.ts";

const style = { color: process.stdout.isTTY === true, people: new Map(people.map(({ id, name }) => [id, name])) };
/** Whose GitHub login is known may rerun. */
const policies = `people: { ${people.map(({ id, name }) => `${name}: ${id}`).join(", ")} }`;
const say = (line = ""): void => void process.stdout.write(`${line}\n`);

async function main(stopped: AbortSignal): Promise<void> {
  const { stay, help } = readArguments(process.argv.slice(2));
  if (help) return say(usage);
  await using world = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "signalbox-sandbox-"));
  world.defer(() => rm(dir, { recursive: true, force: true }));
  /** Real time, plus what the story skips. */
  let skipped = 0;
  const clock: Clock = { now: () => systemClock.now() + skipped };

  const redis = world.use(await startEmbeddedRedis({ dir, persist: false, path: process.env.PATH ?? "", say }));
  const slack = world.use(await startSlack({ clock, users: people, channels: [{ id: "C0ALERTS", name: alerts }] }));
  const buildkite = world.use(await startBuildkite({ clock, token: "sandbox-api-token" }));
  const githubApp = await startGithubApp(clock);
  const { repository } = githubApp;
  const github = world.use(githubApp.github);
  const token = "sandbox-webhook-token";
  const signingSecret = "sandbox-signing-secret";
  const env = {
    HOST: "127.0.0.1",
    PORT: "0",
    BUILDKITE_WEBHOOK_TOKEN: token,
    BUILDKITE_API_TOKEN: "sandbox-api-token",
    BUILDKITE_API_URL: buildkite.url,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: slack.url,
    SLACK_CHANNEL: "C0ALERTS",
    ...githubApp.env,
  };
  const config = readConfig(env, policies);
  const log = createLog("warn");
  // Without workers: jobs run step by step, so that the transcript is the same each time.
  const app = await createApp({ config, redisUrl: redis.url, clock, log, random: Math.random, workers: null });
  world.defer(() => app.stop());
  buildkite.connect({ url: `${app.url}/buildkite/webhooks`, token });
  slack.connect({ url: `${app.url}/slack/events`, signingSecret });
  githubApp.connect(app.url);

  const pass = (minutes: number): void => {
    skipped += minutes * 60_000;
  };
  const stage = createStage({ app, clock, slack, buildkite, github, repository, style, stopped, pass, say });
  say(`Signalbox sandbox · bot ${app.url}`);
  say(`Stand-ins · Slack ${slack.url} · GitHub ${github.url} · Buildkite ${buildkite.url}`);
  await playStory(stage);
  const { messages } = slack.channel(alerts);
  const sum = `${messages.length} message, edited in place. (↳ in its thread, ⇉ in the channel too)`;
  say(`\nThree red builds of main, one fix, one rerun: ${sum}`);
  if (stay) await playByHand(stage, process.stdin, say, stopped);
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
