/** What all measurements share: one Redis with an append-only file, as in production, and a Slack that answers at once. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Redis } from "ioredis";
import type { SlackCall } from "../sandbox/slack/api.ts";
import { type SlackStandIn, startSlack } from "../sandbox/slack/index.ts";
import { systemClock } from "../src/clock.ts";
import { startEmbeddedRedis } from "../src/state/embedded.ts";
import { connect, ready } from "../src/state/redis.ts";
import type { BotOrder } from "./bot-process.ts";
import { webhookToken } from "./deliveries.ts";
import type { ProbotOrder } from "./probot-process.ts";
import { type Server, startServer } from "./server.ts";

export const alertsChannel = "C0ALERTS";
export const signingSecret = "bench-signing-secret";

export interface World extends AsyncDisposable {
  readonly redis: Redis;
  readonly slack: SlackStandIn;
  /** Short runs, to see that the benchmark works. */
  readonly quick: boolean;
  say(line: string): void;
  startFloor(): Promise<Server>;
  startProbot(order: ProbotOrder): Promise<Server>;
  /** @param profile Keeps its CPU profile, when profiles are asked for. @param env More settings. */
  startBot(options: {
    readonly keyPrefix: string;
    readonly workers: boolean;
    readonly profile?: boolean;
    readonly env?: Readonly<Record<string, string>>;
  }): Promise<Server>;
  /** Told of each call to Slack before it is answered. */
  watchSlack(watch: ((call: SlackCall) => void) | null): void;
}

export interface WorldOptions {
  readonly quick: boolean;
  /** The folder for CPU profiles. */
  readonly profiles: string | null;
  readonly say: (line: string) => void;
}

export async function startWorld({ quick, profiles, say }: WorldOptions): Promise<World> {
  await using started = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "signalbox-bench-"));
  started.defer(() => rm(dir, { recursive: true, force: true }));
  const server = await startEmbeddedRedis({ dir, persist: true, path: process.env.PATH ?? "", say });
  started.use(server);
  const redis = connect(server.url, "worker");
  started.defer(() => redis.disconnect());
  await ready(redis, 10_000);

  let watch: ((call: SlackCall) => void) | null = null;
  const slack = await startSlack({
    clock: systemClock,
    channels: [{ id: alertsChannel, name: "ci-alerts" }],
    onCall: (call) => watch?.(call),
  });
  started.use(slack);
  const env = {
    HOST: "127.0.0.1",
    PORT: "0",
    BUILDKITE_WEBHOOK_TOKEN: webhookToken,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: slack.url,
    SLACK_CHANNEL: alertsChannel,
  };

  const parts = started.move();
  return {
    redis,
    slack,
    quick,
    say,
    startFloor: () => startServer({ script: "floor-process.ts", order: { token: webhookToken } }),
    startProbot: (order) => startServer({ script: "probot-process.ts", order }),
    startBot({ keyPrefix, workers, profile = false, env: more = {} }) {
      const order: BotOrder = { env: { ...env, ...more }, redisUrl: server.url, keyPrefix, workers };
      return startServer({ script: "bot-process.ts", order, profile: profile ? profiles : null });
    },
    watchSlack(next) {
      watch = next;
      slack.takeCalls();
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
