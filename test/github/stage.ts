/** The client of GitHub's API on a real Redis, against the stand-in: three repositories, and the app installed nowhere yet. */
import { onTestFinished } from "vitest";
import { type Github, startGithub } from "../../sandbox/github/index.ts";
import { readConfig } from "../../src/config.ts";
import { type RepositoryRef, repositoryRef } from "../../src/domain/pull.ts";
import { createGithubOut } from "../../src/github/app.ts";
import type { GithubClient } from "../../src/github/client.ts";
import { createMetrics, type Metrics } from "../../src/metrics.ts";
import { createStores, type Stores } from "../../src/state/index.ts";
import { FakeClock } from "../harness/clock.ts";
import { TestLog } from "../harness/log.ts";
import type { TestRedis } from "../harness/redis.ts";
import { appPublicKey, githubEnvironment } from "./environment.ts";

export interface Stage {
  readonly standIn: Github;
  readonly client: GithubClient;
  /** Another process on the same Redis. */
  another(): Promise<GithubClient>;
  readonly clock: FakeClock;
  readonly log: TestLog;
  readonly metrics: Metrics;
  readonly stores: Stores;
}

let stages = 0;

export function ref(fullName: string): RepositoryRef {
  const found = repositoryRef(fullName);
  if (found === null) throw new Error(`Cannot read ${fullName}: it names no repository`);
  return found;
}

export async function startStage(redis: TestRedis, env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const clock = new FakeClock();
  const log = new TestLog();
  const metrics = createMetrics();
  const standIn = await startGithub({ clock, appId: 4711, key: appPublicKey });
  onTestFinished(() => standIn.stop());
  for (const name of ["acme/web", "acme/api", "other/lib"]) {
    standIn.repository(name, { private: true }).commit({ files: { "README.md": `# ${name}` } });
  }
  const settings = {
    BUILDKITE_WEBHOOK_TOKEN: "t",
    SLACK_BOT_TOKEN: "xoxb-t",
    SLACK_SIGNING_SECRET: "t",
    SLACK_CHANNEL: "C0ALERTS",
    ...githubEnvironment,
    GITHUB_API_URL: standIn.url,
    ...env,
  };
  stages += 1;
  const stores = createStores(await redis.open(), `stage${stages}`);
  const another = async (): Promise<GithubClient> => {
    const options = { config: readConfig(settings, null), stores, timeoutMs: 1000, clock, metrics, log: log.logger };
    const { github } = await createGithubOut(options);
    if (github === null) throw new Error("Cannot start the stage: the GitHub part is off");
    return github;
  };
  return { standIn, client: await another(), another, clock, log, metrics, stores };
}
