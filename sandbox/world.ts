/** The bot with all that it talks to, on free ports of this machine: an embedded Redis and the stand-ins. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, createApp } from "../src/app.ts";
import type { Clock } from "../src/clock.ts";
import { readConfig } from "../src/config.ts";
import { createLog } from "../src/log.ts";
import { startEmbeddedRedis } from "../src/state/embedded.ts";
import { type Buildkite, startBuildkite } from "./buildkite/index.ts";
import { alerts, people } from "./cast.ts";
import type { Github } from "./github/index.ts";
import type { Repository } from "./github/repository.ts";
import { startGithubApp } from "./github-app.ts";
import { type SlackStandIn, startSlack } from "./slack/index.ts";

export interface SandboxWorld extends AsyncDisposable {
  /** Its jobs run when somebody drains them, step by step, so that a story is the same each time. */
  readonly app: App;
  readonly slack: SlackStandIn;
  readonly buildkite: Buildkite;
  readonly github: Github;
  readonly repository: Repository;
}

interface WorldOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Where to look for a Redis server. */
  readonly path: string;
  readonly say: (line: string) => void;
}

const channelId = "C0ALERTS";
const webhookToken = "sandbox-webhook-token";
const signingSecret = "sandbox-signing-secret";
const apiToken = "sandbox-api-token";
/** Whose GitHub login is known may rerun. */
const policies = `people: { ${people.map(({ id, name }) => `${name}: ${id}`).join(", ")} }`;

export async function startWorld({ clock, random, path, say }: WorldOptions): Promise<SandboxWorld> {
  await using begun = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "signalbox-sandbox-"));
  begun.defer(() => rm(dir, { recursive: true, force: true }));
  const redis = begun.use(await startEmbeddedRedis({ dir, persist: false, path, say }));
  const slack = begun.use(await startSlack({ clock, users: people, channels: [{ id: channelId, name: alerts }] }));
  const buildkite = begun.use(await startBuildkite({ clock, token: apiToken }));
  const githubApp = await startGithubApp(clock);
  const github = begun.use(githubApp.github);
  const env = {
    HOST: "127.0.0.1",
    PORT: "0",
    BUILDKITE_WEBHOOK_TOKEN: webhookToken,
    BUILDKITE_API_TOKEN: apiToken,
    BUILDKITE_API_URL: buildkite.url,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: slack.url,
    SLACK_CHANNEL: channelId,
    ...githubApp.env,
  };
  const config = readConfig(env, policies);
  const app = await createApp({ config, redisUrl: redis.url, clock, log: createLog("warn"), random, workers: null });
  begun.defer(() => app.stop());
  buildkite.connect({ url: `${app.url}/buildkite/webhooks`, token: webhookToken });
  slack.connect({ url: `${app.url}/slack/events`, signingSecret });
  githubApp.connect(app.url);
  const all = begun.move();
  return {
    app,
    slack,
    buildkite,
    github,
    repository: githubApp.repository,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
