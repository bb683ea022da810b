/** Wires everything. The process, the sandbox and every scenario test start Signalbox through here. */
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { createBuildkiteClient } from "./buildkite/client.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Event } from "./domain/event.ts";
import { maskSecrets } from "./domain/secrets.ts";
import { createGithubOut } from "./github/app.ts";
import { createKeeper } from "./github/keeper.ts";
import { record } from "./handlers/index.ts";
import { buildkiteWebhook } from "./ingress/buildkite.ts";
import { debugRoute } from "./ingress/debug.ts";
import { githubWebhook } from "./ingress/github.ts";
import { healthRoutes, type Readiness } from "./ingress/health.ts";
import { type Ingress, type IngressLimits, startIngress } from "./ingress/server.ts";
import { createEngine, type Engine } from "./jobs/engine.ts";
import { jobs } from "./jobs/index.ts";
import type { Tools } from "./jobs/job.ts";
import { createQueue, type Triggers } from "./jobs/queue.ts";
import { createRunner } from "./jobs/runner.ts";
import { markOf } from "./jobs/subjects.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createPolicies } from "./policies.ts";
import { createSlackIn, createSlackOut } from "./slack/app.ts";
import { createBudget } from "./state/budget.ts";
import { createStores } from "./state/index.ts";
import { createLocks, noLocks } from "./state/lock.ts";
import type { Mark, Marks } from "./state/marks.ts";
import { guardMemory } from "./state/memory.ts";
import { connect, ready, requireFit } from "./state/redis.ts";
import { StoreUnavailable } from "./state/unavailable.ts";

export interface AppOptions {
  readonly config: Config;
  readonly redisUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  readonly keyPrefix?: string;
  /** Off, everything must still be correct; only more calls may be made. */
  readonly locks?: boolean;
  /** null: this process only receives; jobs run elsewhere, or by `drain`. */
  readonly workers?: {
    readonly concurrency: number;
    readonly stalledAfterMs: number;
    readonly sweepEveryMs: number | null;
  } | null;
  /** How long a call to Slack, GitHub or Buildkite may take. */
  readonly callTimeoutMs?: number;
  /** How long a webhook may wait for Redis before it is refused. */
  readonly redisTimeoutMs?: number;
  /** How long a subject waits at the most before it is tried again. */
  readonly longestBackoffMs?: number;
  readonly limits?: Partial<IngressLimits>;
  /** Wraps how triggers are fired: tests lose them here. */
  readonly wrapTriggers?: (triggers: Triggers) => Triggers;
}

export interface App {
  readonly url: string;
  readonly metrics: Metrics;
  readonly marks: Marks;
  readonly engine: Engine;
  /** Ends when what is asked at the start was answered, and what Slack was answered for is done. */
  settled(): Promise<void>;
  /** Stops taking webhooks, ends what is running, and lets Redis go. */
  stop(graceMs?: number): Promise<void>;
}

const defaultWorkers = { concurrency: 16, stalledAfterMs: 15_000, sweepEveryMs: 15_000 };

export async function createApp(options: AppOptions): Promise<App> {
  const { config, redisUrl, clock, log, random } = options;
  const { workers = defaultWorkers, callTimeoutMs = 5000, longestBackoffMs = 60_000 } = options;
  const connections: Redis[] = [];
  const open = async (role: Parameters<typeof connect>[1]): Promise<Redis> => {
    const redis = connect(redisUrl, role, options.redisTimeoutMs);
    connections.push(redis);
    redis.on("error", (error) => log.debug({ role, err: error }, "Redis connection failed"));
    await ready(redis, 10_000);
    return redis;
  };
  const redis = await open("request");
  await requireFit(redis);
  const stores = createStores(redis, options.keyPrefix ?? "signalbox");
  const { keys, marks, builds } = stores;
  const metrics = createMetrics();
  const memory = guardMemory(redis);

  const queue = createQueue({
    connection: redis,
    prefix: keys.queuePrefix,
    clock,
    orderOf: (kind) => jobs[kind].order,
  });
  const triggers = options.wrapTriggers?.(queue) ?? queue;
  const clientOptions = { config, stores, timeoutMs: callTimeoutMs, clock, metrics, log };
  const slackOut = createSlackOut(clientOptions);
  const githubOut = await createGithubOut(clientOptions);
  const fire = (fired: readonly Mark[]): Promise<void> => triggers.fire(fired);
  const host = githubOut.github?.host ?? null;
  const tools: Tools = {
    ...stores,
    ...slackOut,
    clock,
    config,
    metrics,
    buildkite: createBuildkite(options, metrics, createBudget(stores.scripts, redis, keys, buildkiteBudget)),
    github: githubOut.github,
    keeper: createKeeper({ slots: stores.slots, clock, leaseMs: 12 * callTimeoutMs }),
    policies: createPolicies({ config, files: stores.policyFiles, marks, fire, host, clock }),
    fire,
    async triggerAt(kind, subject, at) {
      await marks.postpone(markOf(kind, subject), at, "timer");
      await triggers.wakeAt(subject.organization, at);
    },
  };
  const slackIn = createSlackIn(clientOptions, slackOut, tools, triggers);
  const lockClient = await open("lock");
  const locks =
    options.locks === false
      ? noLocks
      : createLocks({ clients: [lockClient], keys, clock, random, expiryMs: 10_000, tries: 10, retryDelayMs: 50 });
  const engine = createEngine({
    queue,
    triggers,
    run: createRunner({ jobs, tools, marks, triggers, locks, clock, log, metrics, random, longestBackoffMs }),
    marks,
    connection: await open("worker"),
    prefix: keys.queuePrefix,
    clock,
    log,
    metrics,
    ...(workers ?? defaultWorkers),
  });

  const receive = async (event: Event): Promise<void> => {
    if (memory.full()) throw new StoreUnavailable("Cannot record the event: Redis is nearly full; raise maxmemory");
    await record(event, { ...stores, clock, triggers });
  };
  const { buildkite } = config;
  const auth = { mode: buildkite.auth, tokens: buildkite.webhookTokens };
  const readiness = async (): Promise<Readiness> => {
    if (redis.status !== "ready") return { ready: false, reason: "Redis is away" };
    await redis.ping();
    if (memory.full()) return { ready: false, reason: "Redis is nearly full" };
    const trouble = slackOut.workspaces.trouble();
    return trouble === null ? { ready: true } : { ready: true, slack: "degraded", reason: trouble };
  };
  const describe = async (ref: Parameters<typeof builds.read>[0]): Promise<unknown> => {
    const facts = await builds.read(ref);
    return facts && { facts, verdict: await builds.verdict(ref) };
  };
  await memory.ask();
  if (workers !== null) engine.start();
  const ingress: Ingress = await startIngress({
    host: config.host,
    port: config.port,
    log,
    observe: (path, status) => metrics.requests.inc({ path, status }),
    ...(options.limits && { limits: options.limits }),
    routes: [
      {
        method: "POST",
        path: "/buildkite/webhooks",
        handle: buildkiteWebhook({ auth, clock, record: receive, mask: maskSecrets, log }),
      },
      {
        method: "POST",
        path: "/github/webhooks",
        handle: githubWebhook({
          secrets: config.github?.webhookSecrets ?? [],
          appId: config.github?.appId ?? 0,
          record: receive,
          log,
        }),
      },
      slackIn.route,
      ...slackOut.routes,
      ...githubOut.routes,
      ...healthRoutes({ readiness, metrics: () => metrics.registry.metrics() }),
      debugRoute({ password: config.debugPassword, describe }),
    ],
  });

  // Nobody waits for these, and Slack or GitHub may be away.
  const identified = slackOut.workspaces.identify();
  const githubStarted = githubOut.start(triggers);

  return {
    url: ingress.url,
    async settled() {
      await Promise.all([slackIn.drain(60_000), identified, githubStarted]);
    },
    metrics,
    marks,
    engine,
    async stop(graceMs = 10_000) {
      await ingress.stop(graceMs);
      await slackIn.drain(graceMs);
      await engine.stop(graceMs);
      memory.stop();
      await queue.close();
      for (const connection of connections) connection.disconnect();
    },
  };
}

/** Of the 50 requests a minute that Buildkite allows a user, some are kept for what a person asked for. */
const buildkiteBudget = { service: "buildkite", perMinute: 50, reserve: 10 };

function createBuildkite(
  { config, clock, callTimeoutMs = 5000 }: AppOptions,
  metrics: Metrics,
  budget: ReturnType<typeof createBudget>,
) {
  const { apiToken, apiUrl } = config.buildkite;
  if (apiToken === null) return null;
  return createBuildkiteClient({ url: apiUrl, token: apiToken, budget, clock, metrics, timeoutMs: callTimeoutMs });
}
