/** The whole bot in an emulated workspace, with one branch that has just turned red. */
import { z } from "zod";
import { apiToken, type Bot, startBot } from "../harness/bot.ts";
import { FakeClock } from "../harness/clock.ts";
import type { TestRedis } from "../harness/redis.ts";
import { ada as author, red } from "../harness/stories.ts";
import { type EmulatedPerson, personOf } from "./person.ts";
import { type EmulatedMessage, type EmulatedSlack, startEmulatedSlack, textOf } from "./workspace.ts";

export interface World extends AsyncDisposable {
  readonly slack: EmulatedSlack;
  readonly bot: Bot;
  /** Wrote the change that broke it. */
  readonly ada: EmulatedPerson;
  readonly bob: EmulatedPerson;
  /** Where alerts go. */
  readonly channel: string;
  /** The alert's message as it is now. */
  alert(): Promise<EmulatedMessage>;
  /** What it says. */
  text(): Promise<string>;
  thread(): Promise<string[]>;
  /** What somebody alone was told last. */
  told(): string;
  settle(): Promise<void>;
}

const signingSecret = "emulated-signing-secret";

/** The `signalbox.yml` of a workspace whose channels have these ids. */
export type Settings = (slack: EmulatedSlack) => string;

const usual: Settings = () => "actions: { rerun: channel }";

/** @param now The emulator has a clock of its own, and it is the real one. */
export async function startWorld(redis: TestRedis, now: number, settings = usual): Promise<World> {
  const slack = await startEmulatedSlack();
  const channel = slack.channel("ci-alerts");
  const env = {
    BUILDKITE_API_TOKEN: apiToken,
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_CHANNEL: channel,
    SLACK_SIGNING_SECRET: signingSecret,
  };
  const bot = await startBot({ redis, env, yml: settings(slack), clock: new FakeClock(now) });
  const setting = { slack, app: bot.app, clock: bot.clock, signingSecret };
  red(bot, ["Specs"], { author });
  await bot.settle();

  async function alert(): Promise<EmulatedMessage> {
    const [only, ...others] = await slack.messages(channel);
    if (only === undefined || others.length > 0) throw new Error(`Cannot find the alert among ${others.length + 1}`);
    return only;
  }

  return {
    slack,
    bot,
    channel,
    ada: await personOf("ada", setting),
    bob: await personOf("bob", setting),
    alert,
    text: async () => textOf(await alert()),
    thread: async () => (await slack.replies(channel, (await alert()).ts)).map(textOf),
    told: () => textOf(slack.told.at(-1)),
    settle: () => bot.settle(),
    async [Symbol.asyncDispose]() {
      await bot[Symbol.asyncDispose]();
      await slack[Symbol.asyncDispose]();
    },
  };
}

const Answer = z.object({ channel: z.object({ id: z.string() }) });

/** What the bot wrote to somebody. */
export async function directMessages({ slack }: World, { id }: EmulatedPerson): Promise<string[]> {
  const opened = Answer.parse(await slack.ask("conversations.open", { users: id }));
  return (await slack.messages(opened.channel.id)).map(textOf);
}
