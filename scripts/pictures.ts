/**
 * `npm run pictures`: draws docs/images. A story is played against the stand-ins, with a clock of its own, and the messages
 * are drawn as they then stand in Slack, so that no picture shows what the bot does not do. Needs Chromium.
 */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBuildkite } from "../sandbox/buildkite/index.ts";
import { people } from "../sandbox/cast.ts";
import { startGithubApp } from "../sandbox/github-app.ts";
import { messageHtml, threadHtml } from "../sandbox/slack/html.ts";
import { startSlack } from "../sandbox/slack/index.ts";
import { readMessage } from "../sandbox/slack/read.ts";
import type { SlackMessage } from "../sandbox/slack/transcript.ts";
import { createApp } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import { createLog } from "../src/log.ts";
import { startEmbeddedRedis } from "../src/state/embedded.ts";
import { findChromium, takePicture } from "./pictures/chromium.ts";
import { playStory } from "./pictures/story.ts";

const root = join(import.meta.dirname, "..");
const images = join(root, "docs", "images");
const width = 700;
const channel = "C0ALERTS";
const reader = { timeZone: "UTC", names: new Map<string, string>(people.map(({ id, name }) => [id, name])) };
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A signal of two lamps. */
const lamps = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" fill="#24292f"/>
<rect x="11" y="4" width="14" height="28" rx="7" fill="#0d1117"/><circle cx="18" cy="11.5" r="4.5" fill="#f85149"/>
<circle cx="18" cy="24.5" r="4.5" fill="#3fb950"/></svg>`;
const app = { name: "signalbox", picture: `data:image/svg+xml;base64,${Buffer.from(lamps).toString("base64")}` };

async function main(): Promise<void> {
  const chromium = await findChromium(process.env);
  const css = await readFile(join(root, "sandbox", "slack", "slack.css"), "utf8");
  await mkdir(images, { recursive: true });
  await using world = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "signalbox-pictures-"));
  world.defer(() => rm(dir, { recursive: true, force: true }));
  let now = Date.UTC(2026, 8, 21, 9, 12);
  const clock = { now: () => now };

  const redis = world.use(await startEmbeddedRedis({ dir, persist: false, path: process.env.PATH ?? "", say }));
  const slack = world.use(await startSlack({ clock, users: people, channels: [{ id: channel, name: "ci-alerts" }] }));
  const buildkite = world.use(await startBuildkite({ clock, token: "pictures-api-token" }));
  const githubApp = await startGithubApp(clock);
  const github = world.use(githubApp.github);
  const token = "pictures-webhook-token";
  const signingSecret = "pictures-signing-secret";
  const env = {
    HOST: "127.0.0.1",
    PORT: "0",
    BUILDKITE_WEBHOOK_TOKEN: token,
    BUILDKITE_API_TOKEN: "pictures-api-token",
    BUILDKITE_API_URL: buildkite.url,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: slack.url,
    SLACK_CHANNEL: channel,
    ...githubApp.env,
  };
  const bot = await createApp({
    config: readConfig(env, null),
    redisUrl: redis.url,
    clock,
    log: createLog("warn"),
    random: () => 0.5,
    workers: null,
  });
  world.defer(() => bot.stop());
  buildkite.connect({ url: `${bot.url}/buildkite/webhooks`, token });
  slack.connect({ url: `${bot.url}/slack/events`, signingSecret });
  githubApp.connect(bot.url);

  await playStory({
    buildkite,
    slack,
    repository: githubApp.repository,
    channel,
    pass(minutes) {
      now += minutes * 60_000;
    },
    async settle() {
      // What the bot asks for makes the services tell more.
      do {
        await buildkite.deliver();
        await github.deliver();
        await bot.settled();
        await bot.engine.drain();
      } while (buildkite.outbox.length + github.outbox.length > 0);
    },
    async picture(name, words) {
      const message = newest();
      if (!readMessage(message).includes(words)) {
        throw new Error(`Cannot draw ${name}: the message does not say "${words}", but:\n${readMessage(message)}`);
      }
      await draw(name, messageHtml(message, app, { ...reader, now }));
    },
    thread: (name) => draw(name, threadHtml(newest(), app, { ...reader, now })),
  });

  function newest(): SlackMessage {
    const message = slack.channel(channel).messages.at(-1);
    if (message === undefined) throw new Error("Cannot draw the alert: the channel is empty");
    return message;
  }

  async function draw(name: string, html: string): Promise<void> {
    await takePicture(chromium, page(css, html), width, join(images, `${name}.png`));
    say(`docs/images/${name}.png`);
  }
}

function page(css: string, body: string): string {
  const frame = ".frame { border: 1px solid #dddddd; border-radius: 12px; background: #ffffff; }";
  const head = `<meta charset="utf-8"><style>${css}${frame}</style>`;
  return `<!doctype html><html lang="en"><head>${head}</head><body><div class="frame">${body}</div></body></html>`;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
