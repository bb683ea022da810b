/**
 * `npm run sandbox`: an embedded Redis, the stand-ins and the bot on free ports of this machine; plays a story through
 * signed webhooks and prints what Slack and GitHub show. With `--stay` it goes on with what you type.
 */
import { type Clock, systemClock } from "../src/clock.ts";
import { readArguments, usage } from "./arguments.ts";
import { playByHand } from "./by-hand.ts";
import { alerts, people } from "./cast.ts";
import { createStage } from "./stage.ts";
import { playStory } from "./story.ts";
import { startWorld } from "./world.ts";

const style = { color: process.stdout.isTTY === true, people: new Map(people.map(({ id, name }) => [id, name])) };
const say = (line = ""): void => void process.stdout.write(`${line}\n`);

async function main(stopped: AbortSignal): Promise<void> {
  const { stay, help } = readArguments(process.argv.slice(2));
  if (help) return say(usage);
  /** Real time, plus what the story skips. */
  let skipped = 0;
  const clock: Clock = { now: () => systemClock.now() + skipped };
  await using world = await startWorld({ clock, random: Math.random, path: process.env.PATH ?? "", say });
  const { app, slack, buildkite, github } = world;

  const pass = (minutes: number): void => {
    skipped += minutes * 60_000;
  };
  const stage = createStage({ ...world, clock, style, stopped, pass, say });
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
