/** Wires everything. The process, the sandbox and every scenario test start Signalbox through here. */
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { createBuildkiteClient } from "./buildkite/client.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Event } from "./domain/event.ts";
import { maskSecrets } from "./domain/secrets.ts";
import { record } from "./handlers/index.ts";
import { buildkiteWebhook } from "./ingress/buildkite.ts";
import { debugRoute } from "./ingress/debug.ts";
import { githubWebhook } from "./ingress/github.ts";
import { healthRoutes, type Readiness } from "./ingress/health.ts";
import { type Ingress, type IngressLimits, startIngress } from "./ingress/server.ts";
import { slackEvents } from "./ingress/slack.ts";
import { createEngine, type Engine } from "./jobs/engine.ts";
import { jobs } from "./jobs/index.ts";
import type { Tools } from "./jobs/job.ts";
import { createQueue, type Triggers } from "./jobs/queue.ts";
import { createRunner } from "./jobs/runner.ts";
import { markOf } from "./jobs/subjects.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createBolt } from "./slack/bolt.ts";
import type { SlackClient } from "./slack/client.ts";
import { createDeliverer, type Deliverer } from "./slack/deliver.ts";
import type { Desk } from "./slack/desk.ts";
import { tellFailure } from "./slack/failure.ts";
import { installRoutes } from "./slack/install.ts";
import { listen } from "./slack/listeners.ts";
import { optionalScopes, requiredScopes } from "./slack/manifest.ts";
import { createPeople } from "./slack/people.ts";
import { createPermissions } from "./slack/permission.ts";
import { createTell } from "./slack/tell.ts";
import { createWorkspaces } from "./slack/workspaces.ts";
import { createAgents } from "./state/agents.ts";
import { createAlerts } from "./state/alerts.ts";
import { createAudit } from "./state/audit.ts";
import { createBudget } from "./state/budget.ts";
import { createBuilds } from "./state/builds.ts";
import { createDirectoryCache } from "./state/directory-cache.ts";
import { createInstallStates } from "./state/install-states.ts";
import { createInstallations } from "./state/installations.ts";
import { createKeys, type Keys } from "./state/keys.ts";
import { createLocks, noLocks } from "./state/lock.ts";
import { createMarks, type Marks } from "./state/marks.ts";
import { guardMemory } from "./state/memory.ts";
import { createMutes } from "./state/mutes.ts";
import { createPauses } from "./state/pauses.ts";
import { createPeopleStore } from "./state/people.ts";
import { connect, ready, requireFit } from "./state/redis.ts";
import { createReplays } from "./state/replays.ts";
import { loadScripts, type Scripts } from "./state/scripts.ts";
import { createSeal, deriveSecret } from "./state/seal.ts";
import { createShownLists } from "./state/shown-lists.ts";
import { createSlots } from "./state/slots.ts";
import { createSubscriptions } from "./state/subscriptions.ts";
import { createTold } from "./state/told.ts";
import { StoreUnavailable } from "./state/unavailable.ts";
import { createVerdicts } from "./state/verdicts.ts";

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
  /** How long a call to Slack or Buildkite may take. */
  readonly callTimeoutMs?: number;
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
  /** Ends when what Slack was answered for is done. */
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
    const redis = connect(redisUrl, role);
    connections.push(redis);
    redis.on("error", (error) => log.debug({ role, err: error }, "Redis connection failed"));
    await ready(redis, 10_000);
    return redis;
  };
  const redis = await open("request");
  await requireFit(redis);
  const scripts = loadScripts(redis);
  const keys = createKeys(options.keyPrefix ?? "signalbox");
  const metrics = createMetrics();
  const marks = createMarks(redis, scripts, keys);
  const builds = createBuilds(redis, scripts, keys);
  const agents = createAgents(redis, scripts, keys);
  const slots = createSlots(redis, scripts, keys);
  const memory = guardMemory(redis);

  const queue = createQueue({
    connection: redis,
    prefix: keys.queuePrefix,
    clock,
    orderOf: (kind) => jobs[kind].order,
  });
  const triggers = options.wrapTriggers?.(queue) ?? queue;
  const install = createInstall({ config, redis, scripts, keys, timeoutMs: callTimeoutMs, clock, log });
  const workspaces = createWorkspaces({
    botToken: config.slack.botToken,
    homeTeam: config.slack.team,
    installations: install?.installations ?? null,
    apiUrl: config.slack.apiUrl,
    timeoutMs: callTimeoutMs,
    clock,
    pauses: createPauses(redis, keys),
    metrics,
    log,
  });
  const slack = workspaces.home;
  const directory = createPeopleStore(redis, scripts, keys);
  const people = createPeople({
    slackOf: (team) => workspaces.clientOf(team),
    store: directory,
    cache: createDirectoryCache(redis, keys),
    policy: config.policy,
    clock,
    log,
  });
  const delivererOf = (client: SlackClient): Deliverer =>
    // A claim must outlive the call it is for, and the look for it.
    createDeliverer({ slack: client, slots, clock, metrics, leaseMs: 2 * callTimeoutMs });
  const tools: Tools = {
    clock,
    config,
    metrics,
    builds,
    verdicts: createVerdicts(redis, scripts, keys),
    alerts: createAlerts(redis, scripts, keys),
    slots,
    slack,
    mutes: createMutes(redis, scripts, keys),
    told: createTold(redis, keys),
    subscriptions: createSubscriptions(redis, keys),
    people,
    deliverer: delivererOf(slack),
    async delivererFor(team) {
      const client = await workspaces.clientOf(team);
      return client === null ? null : delivererOf(client);
    },
    buildkite: createBuildkite(options, metrics, createBudget(scripts, redis, keys, buildkiteBudget)),
    fire: (fired) => triggers.fire(fired),
    async triggerAt(kind, subject, at) {
      await marks.postpone(markOf(kind, subject), at, "timer");
      await triggers.wakeAt(subject.organization, at);
    },
  };
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
    await record(event, { clock, builds, agents, marks, triggers });
  };
  const { buildkite } = config;
  const auth = { mode: buildkite.auth, tokens: buildkite.webhookTokens };
  const readiness = async (): Promise<Readiness> => {
    if (redis.status !== "ready") return { ready: false, reason: "Redis is away" };
    await redis.ping();
    return memory.full() ? { ready: false, reason: "Redis is nearly full" } : { ready: true };
  };
  const describe = async (ref: Parameters<typeof builds.read>[0]): Promise<unknown> => {
    const facts = await builds.read(ref);
    return facts && { facts, verdict: await builds.verdict(ref) };
  };
  const desk: Desk = {
    ...tools,
    marks,
    triggers,
    directory,
    audit: createAudit(redis, keys),
    shownLists: createShownLists(redis, keys),
    permissions: createPermissions({
      people,
      store: directory,
      policy: config.policy,
      workspaceOf: (team) => workspaces.idOf(team),
    }),
    slackOf: (team) => workspaces.clientOf(team),
    workspaceKey: (team) => workspaces.keyOf(team),
    tell: createTell({
      slackOf: (team) => workspaces.clientOf(team),
      apiUrl: config.slack.apiUrl,
      timeoutMs: callTimeoutMs,
      log,
    }),
    async forgetWorkspace(id, at) {
      await workspaces.forget(id, at);
      await directory.forget(workspaces.keyOf(id));
      log.warn({ workspace: id }, "A workspace has uninstalled Signalbox");
    },
    log,
  };
  const replays = createReplays(redis, keys);
  const bolt = createBolt({
    authorize: ({ teamId, enterpriseId }) => workspaces.authorize(teamId, enterpriseId),
    listen: (app) => listen(app, desk),
    failed: (body, error) => tellFailure(body, error, desk),
    isFirst: ({ body, signature }) => replays.isFirst(typeof body.event_id === "string" ? body.event_id : signature),
    log,
  });
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
        handle: githubWebhook({ secrets: config.github?.webhookSecrets ?? [], log }),
      },
      {
        method: "POST",
        path: "/slack/events",
        handle: slackEvents({ signingSecrets: config.slack.signingSecrets, clock, receive: bolt.receive, log }),
      },
      ...(install?.routes ?? []),
      ...healthRoutes({ readiness, metrics: () => metrics.registry.metrics() }),
      debugRoute({ password: config.debugPassword, describe }),
    ],
  });

  // Nobody waits for it, and Slack may be away.
  void workspaces.identify();

  return {
    url: ingress.url,
    settled: () => bolt.drain(60_000),
    metrics,
    marks,
    engine,
    async stop(graceMs = 10_000) {
      await ingress.stop(graceMs);
      await bolt.drain(graceMs);
      await engine.stop(graceMs);
      memory.stop();
      await queue.close();
      for (const connection of connections) connection.disconnect();
    },
  };
}

/** Of the 50 requests a minute that Buildkite allows a user, some are kept for what a person asked for. */
const buildkiteBudget = { service: "buildkite", perMinute: 50, reserve: 10 };

function createInstall({
  config,
  redis,
  scripts,
  keys,
  timeoutMs,
  clock,
  log,
}: {
  readonly config: Config;
  readonly redis: Redis;
  readonly scripts: Scripts;
  readonly keys: Keys;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}) {
  const { install, apiUrl } = config.slack;
  const [key] = install?.keys ?? [];
  if (install === null || key === undefined) return null;
  const installations = createInstallations(redis, scripts, keys, { seal: createSeal(install.keys), clock });
  const settings = {
    ...install,
    apiUrl,
    stateSecret: deriveSecret(key, "slack install state"),
    scopes: [...requiredScopes, ...optionalScopes],
  };
  const states = createInstallStates(redis, keys);
  return { installations, routes: installRoutes({ settings, installations, states, timeoutMs, clock, log }) };
}

function createBuildkite(
  { config, clock, callTimeoutMs = 5000 }: AppOptions,
  metrics: Metrics,
  budget: ReturnType<typeof createBudget>,
) {
  const { apiToken, apiUrl } = config.buildkite;
  if (apiToken === null) return null;
  return createBuildkiteClient({ url: apiUrl, token: apiToken, budget, clock, metrics, timeoutMs: callTimeoutMs });
}
