/**
 * The whole bot for a scenario: signed webhooks in, stand-ins out, a real Redis, a set clock. Jobs run only in
 * `settle()`, in order, until none is left. What the bot did and nobody looked at fails the test.
 */
import { expect, onTestFinished } from "vitest";
import { type Buildkite, startBuildkite } from "../../sandbox/buildkite/index.ts";
import type { Faults } from "../../sandbox/faults.ts";
import { type SlackStandIn, startSlack } from "../../sandbox/slack/index.ts";
import { readMessage } from "../../sandbox/slack/read.ts";
import { type App, type AppOptions, createApp } from "../../src/app.ts";
import { type Config, readConfig } from "../../src/config.ts";
import { FakeClock } from "./clock.ts";
import { TestLog } from "./log.ts";
import type { TestRedis } from "./redis.ts";

export interface BotOptions {
  readonly redis: Pick<TestRedis, "url">;
  /** More settings, or others. An empty one is not set. */
  readonly env?: Readonly<Record<string, string>>;
  readonly yml?: string;
  readonly app?: Partial<AppOptions>;
  readonly clock?: FakeClock;
  readonly scopes?: readonly string[];
  /** Where the pipeline's code is. */
  readonly repository?: string;
  /** More services that send webhooks, already running; the bot stops them. */
  readonly senders?: readonly Sender[];
}

/** A service beside Buildkite and Slack. */
interface Sender {
  readonly faults: Faults;
  /** What it was asked and does not know. */
  readonly unknown: readonly string[];
  /** What it has to tell. */
  readonly outbox: readonly unknown[];
  /** Where the bot listens: again after each restart. */
  connect(url: string): void;
  /** Sends what waits, in order. @returns the statuses. */
  deliver(): Promise<readonly number[]>;
  stop(): Promise<void>;
}

export interface Bot extends AsyncDisposable {
  readonly app: App;
  readonly clock: FakeClock;
  readonly buildkite: Buildkite;
  readonly slack: SlackStandIn;
  readonly log: TestLog;
  readonly config: Config;
  /** Delivers what Buildkite and the other senders have to tell and runs all that follows. */
  settle(): Promise<void>;
  /** The channel as a person reads it: a message a paragraph, replies indented. Counts as having looked. */
  read(channel?: string): string;
  /** How many messages the channel has, without replies. */
  messages(channel?: string): number;
  /** Ends the process and starts another one on the same Redis, as a deploy does. */
  restart(): Promise<void>;
}

export const channelId = "C0ALERTS";
export const webhookToken = "29b1ff5779c76bd48ba6705eb99ff970";
export const signingSecret = "slack-signing-secret";
export const apiToken = "bkua_test_api_token";
let bots = 0;

export async function startBot(options: BotOptions): Promise<Bot> {
  const clock = options.clock ?? new FakeClock();
  const log = new TestLog();
  let unseen = 0;
  const slack = await startSlack({
    clock,
    onCall({ method, accepted }) {
      if (accepted && method.startsWith("chat.") && method !== "chat.getPermalink") unseen += 1;
    },
    channels: [{ id: channelId, name: "ci-alerts" }],
    ...(options.scopes && { scopes: options.scopes }),
  });
  const buildkite = await startBuildkite({ clock, token: apiToken });
  const { repository, senders = [] } = options;
  buildkite.pipeline("payments-api", { name: "Payments API", ...(repository !== undefined && { repository }) });
  const env = {
    HOST: "127.0.0.1",
    PORT: "0",
    BUILDKITE_WEBHOOK_TOKEN: webhookToken,
    BUILDKITE_API_URL: buildkite.url,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: slack.url,
    SLACK_CHANNEL: channelId,
    ...options.env,
  };
  const config = readConfig(env, options.yml ?? null);
  bots += 1;
  const appOptions: AppOptions = {
    config,
    redisUrl: options.redis.url,
    clock,
    log: log.logger,
    random: () => 0.5,
    keyPrefix: `test${bots}`,
    workers: null,
    callTimeoutMs: 1000,
    // A machine may stand still for a second, and that is not what a story is about.
    redisTimeoutMs: 10_000,
    ...options.app,
  };
  const start = async (): Promise<App> => {
    const started = await createApp(appOptions);
    buildkite.connect({ url: `${started.url}/buildkite/webhooks`, token: webhookToken });
    slack.connect({ url: `${started.url}/slack/events`, signingSecret });
    for (const sender of senders) sender.connect(started.url);
    // It has asked whose token it is, so that no call of the story is that one.
    await started.settled();
    slack.takeCalls("auth.test");
    return started;
  };
  let app = await start();

  const bot: Bot = {
    get app() {
      return app;
    },
    clock,
    buildkite,
    slack,
    log,
    config,
    async settle() {
      // What the bot does there is told to the bot, too.
      for (let round = 0; round === 0 || senders.some(({ outbox }) => outbox.length > 0); round += 1) {
        if (round === 20) throw new Error("Cannot settle: the bot goes on talking to itself");
        const statuses = [await buildkite.deliver()];
        for (const sender of senders) statuses.push([...(await sender.deliver())]);
        expect(statuses.flat().filter((status) => status !== 200)).toEqual([]);
        await app.settled();
        await app.engine.drain();
      }
    },
    read(channel = channelId) {
      unseen = 0;
      return slack
        .channel(channel)
        .messages.filter(({ deleted }) => !deleted)
        .map(readMessage)
        .join("\n\n");
    },
    messages(channel = channelId) {
      return slack.channel(channel).messages.filter(({ deleted }) => !deleted).length;
    },
    async restart() {
      await app.stop();
      app = await start();
    },
    async [Symbol.asyncDispose]() {
      // A trigger that somebody forgot is found now, and the sweep's warning fails the test.
      await app.engine.sweep(0);
      await app.stop();
      await slack.stop();
      await buildkite.stop();
      for (const sender of senders) await sender.stop();
    },
  };
  onTestFinished(({ task }) => {
    // A test that failed has said what is wrong.
    if (task.result?.state === "fail") return;
    const left = {
      warnings: log.take(),
      faults: [slack, buildkite, ...senders].flatMap(({ faults }) => faults.pending()),
      unknown: [slack.unknownMethods, ...senders.map(({ unknown }) => unknown)].flat(),
      unseen,
    };
    const nothing = { warnings: [], faults: [], unknown: [], unseen: 0 };
    expect(left, "what the bot did and nobody looked at").toEqual(nothing);
  });
  return bot;
}
