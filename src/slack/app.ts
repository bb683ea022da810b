/** The two halves of Slack: whom we speak to, which the jobs need, and what people tell us, which needs the jobs. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { RouteEntry } from "../ingress/route.ts";
import { slackEvents } from "../ingress/slack.ts";
import type { Tools } from "../jobs/job.ts";
import type { Triggers } from "../jobs/queue.ts";
import type { Metrics } from "../metrics.ts";
import type { Stores } from "../state/index.ts";
import { createInstallations } from "../state/installations.ts";
import { createSeal, deriveSecret } from "../state/seal.ts";
import { createBolt } from "./bolt.ts";
import type { SlackClient } from "./client.ts";
import { createDeliverer, type Deliverer } from "./deliver.ts";
import type { Desk } from "./desk.ts";
import { tellFailure } from "./failure.ts";
import { installRoutes } from "./install.ts";
import { listen } from "./listeners.ts";
import { optionalScopes, requiredScopes } from "./manifest.ts";
import { createPeople } from "./people.ts";
import { createPermissions } from "./permission.ts";
import { createTell } from "./tell.ts";
import { createWorkspaces, type Workspaces } from "./workspaces.ts";

interface SlackOptions {
  readonly config: Config;
  readonly stores: Stores;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export interface SlackOut extends Pick<Tools, "slack" | "people" | "deliverer" | "delivererFor"> {
  readonly workspaces: Workspaces;
  /** Where Signalbox is installed from a browser. */
  readonly routes: readonly RouteEntry[];
}

export function createSlackOut({ config, stores, timeoutMs, clock, metrics, log }: SlackOptions): SlackOut {
  const install = createInstall({ config, stores, timeoutMs, clock, metrics, log });
  const workspaces = createWorkspaces({
    botToken: config.slack.botToken,
    homeTeam: config.slack.team,
    installations: install?.installations ?? null,
    apiUrl: config.slack.apiUrl,
    timeoutMs,
    clock,
    pauses: stores.pauses,
    metrics,
    log,
  });
  const delivererOf = (slack: SlackClient): Deliverer =>
    // A claim must outlive the call it is for, and the look for it.
    createDeliverer({ slack, slots: stores.slots, clock, metrics, log, leaseMs: 2 * timeoutMs });
  return {
    workspaces,
    slack: workspaces.home,
    people: createPeople({
      slackOf: (team) => workspaces.clientOf(team),
      store: stores.directory,
      cache: stores.directoryCache,
      policy: config.policy,
      clock,
      log,
    }),
    deliverer: delivererOf(workspaces.home),
    async delivererFor(team) {
      const client = await workspaces.clientOf(team);
      return client === null ? null : delivererOf(client);
    },
    routes: install?.routes ?? [],
  };
}

export interface SlackIn {
  readonly route: RouteEntry;
  /** Ends when what Slack was answered for is done, or after the grace. */
  drain(graceMs: number): Promise<void>;
}

export function createSlackIn(
  { config, stores, timeoutMs, clock, log }: SlackOptions,
  { workspaces }: SlackOut,
  tools: Tools,
  triggers: Triggers,
): SlackIn {
  const { marks, directory, audit, shownLists, replays, subscriptions } = stores;
  const { people } = tools;
  const slackOf = (team: string | null): Promise<SlackClient | null> => workspaces.clientOf(team);
  const desk: Desk = {
    ...tools,
    marks,
    triggers,
    directory,
    audit,
    shownLists,
    permissions: createPermissions({
      people,
      store: directory,
      policy: config.policy,
      async workspaceOf(team) {
        // Slack may have been away at the start; who is of another workspace cannot be told without knowing ours.
        if (workspaces.idOf(team) === null) await workspaces.identify();
        return workspaces.idOf(team);
      },
    }),
    slackOf,
    workspaceKey: (team) => workspaces.keyOf(team),
    tell: createTell({ slackOf, apiUrl: config.slack.apiUrl, timeoutMs, log }),
    async forgetWorkspace(id, at) {
      // The token of the environment stays what it is, and so does what people told about themselves.
      if (workspaces.keyOf(id) === null && config.slack.botToken !== null) {
        log.warn({ workspace: id }, "A workspace has uninstalled Signalbox");
        return;
      }
      // Slack tells of it late at times, and by then it may be installed anew.
      if (!(await workspaces.forget(id, at))) return;
      const team = workspaces.keyOf(id);
      await Promise.all([directory.forget(team), subscriptions.forget(team)]);
      log.warn({ workspace: id }, "A workspace has uninstalled Signalbox");
    },
    log,
  };
  const bolt = createBolt({
    authorize: ({ teamId, enterpriseId }) => workspaces.authorize(teamId, enterpriseId),
    listen: (app) => listen(app, desk),
    failed: (body, error) => tellFailure(body, error, desk),
    isFirst: ({ body, signature }) => replays.isFirst(typeof body.event_id === "string" ? body.event_id : signature),
    log,
  });
  const { signingSecrets } = config.slack;
  const handle = slackEvents({ signingSecrets, clock, receive: bolt.receive, log });
  return { route: { method: "POST", path: "/slack/events", handle }, drain: bolt.drain };
}

function createInstall({ config, stores, timeoutMs, clock, log }: SlackOptions) {
  const { install, apiUrl } = config.slack;
  const [key] = install?.keys ?? [];
  if (install === null || key === undefined) return null;
  const { redis, scripts, keys, installStates: states } = stores;
  const installations = createInstallations(redis, scripts, keys, { seal: createSeal(install.keys), clock });
  const settings = {
    ...install,
    apiUrl,
    stateSecret: deriveSecret(key, "slack install state"),
    scopes: [...requiredScopes, ...optionalScopes],
  };
  return { installations, routes: installRoutes({ settings, installations, states, timeoutMs, clock, log }) };
}
