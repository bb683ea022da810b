/** The GitHub App: the client that the jobs use, and what is asked once at the start. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { RouteEntry } from "../ingress/route.ts";
import type { Triggers } from "../jobs/queue.ts";
import { githubApp, markOf } from "../jobs/subjects.ts";
import type { Metrics } from "../metrics.ts";
import type { Stores } from "../state/index.ts";
import type { Mark } from "../state/marks.ts";
import { createCall } from "./call.ts";
import type { GithubClient } from "./client.ts";
import { createGithubClient } from "./create-client.ts";
import { createInstallationLookup } from "./installations.ts";
import { setupRoutes } from "./setup.ts";

export interface GithubOptions {
  readonly config: Config;
  readonly stores: Stores;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export interface GithubOut {
  /** null: the GitHub part is off. */
  readonly github: GithubClient | null;
  /** Where the app is made from a browser, while there is none. */
  readonly routes: readonly RouteEntry[];
  /** Has everything looked at that may have changed while nobody listened. Never fails: GitHub may be away. */
  start(triggers: Triggers): Promise<void>;
}

export async function createGithubOut(options: GithubOptions): Promise<GithubOut> {
  const { config, stores, timeoutMs, clock, metrics, log } = options;
  const settings = config.github;
  const setup = { address: config.githubSetup, password: config.debugPassword, timeoutMs, clock, log };
  if (settings === null) return { github: null, routes: setupRoutes(setup), start: async () => undefined };

  // Here, not above: Probot takes half a second to load, which who does without GitHub need not wait for.
  const { createOctokits } = await import("./octokit.ts");
  const { pauses, etags, githubInstallations, marks } = stores;
  const call = createCall({ octokits: createOctokits({ settings, timeoutMs, clock }), pauses, etags, clock, metrics });
  const installations = createInstallationLookup(githubInstallations, call, clock);

  async function lookAt(mark: Mark, triggers: Triggers): Promise<void> {
    await marks.introduce(mark.organization);
    await triggers.fire(await marks.mark(mark.organization, [mark.subject], clock.now()));
  }

  return {
    github: createGithubClient({ settings, call, installations, clock }),
    routes: [],
    async start(triggers) {
      try {
        await lookAt(markOf("redeliver", githubApp), triggers);
        for (const organization of await installations.readAll()) {
          await lookAt(markOf("readInstallation", { organization }), triggers);
        }
      } catch (error) {
        log.warn({ err: error }, "Cannot ask GitHub where the app is installed: it is asked again when that is needed");
      }
    },
  };
}
