/**
 * `npm run pictures`: draws docs/images. A story is played against the stand-ins, with a clock of its own, and the messages
 * are drawn as they then stand in Slack, so that no picture shows what the bot does not do. Needs Chromium.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { alerts, people } from "../sandbox/cast.ts";
import { messageHtml, threadHtml } from "../sandbox/slack/html.ts";
import { readMessage } from "../sandbox/slack/read.ts";
import type { SlackMessage } from "../sandbox/slack/transcript.ts";
import { startWorld } from "../sandbox/world.ts";
import { findChromium, takePicture } from "./pictures/chromium.ts";
import { playStory } from "./pictures/story.ts";

const root = join(import.meta.dirname, "..");
const images = join(root, "docs", "images");
const width = 700;
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
  let now = Date.UTC(2026, 8, 21, 9, 12);
  const clock = { now: () => now };
  await using world = await startWorld({ clock, random: () => 0.5, path: process.env.PATH ?? "", say });
  const { app: bot, slack, buildkite, github } = world;

  await playStory({
    ...world,
    channel: alerts,
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
    const message = slack.channel(alerts).messages.at(-1);
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
