/**
 * A stand-in for GitHub: a local server of its API over a model of repositories that causes the same webhooks.
 *
 * A story drives the model (`repository.push()`, `as("ada").comment(…)`), and what it causes waits in the outbox until
 * `deliver()`. What the app changes through the API, such as a check run, changes the same model.
 */
import { createPublicKey } from "node:crypto";
import type { Clock } from "../../src/clock.ts";
import { Faults } from "../faults.ts";
import { startServer } from "../http.ts";
import type { WebhookAnswer } from "../post.ts";
import type { Account, AccountOptions } from "./accounts.ts";
import { Api, type ApiRequest } from "./api.ts";
import { Auth } from "./auth.ts";
import type { Installation, InstallationOptions } from "./installation.ts";
import { accountJson } from "./json.ts";
import { Person } from "./person.ts";
import { RateLimit } from "./rate-limit.ts";
import type { Repository, RepositoryOptions } from "./repository.ts";
import { type Attempt, type Delivery, type WebhookOptions, Webhooks } from "./webhooks.ts";
import { type Permissions, World } from "./world.ts";

export interface GithubOptions {
  readonly clock: Clock;
  readonly appId: number;
  /** PEM: the app's public key, or its private one. */
  readonly key: string;
  /** Names the app's user: `<slug>[bot]`. Default: signalbox. */
  readonly slug?: string;
  /** Default: what Signalbox needs at least. */
  readonly permissions?: Permissions;
  /** What the app subscribed to. Default: what Signalbox needs at least. */
  readonly events?: readonly string[];
  /** Can come later, by `connect`. */
  readonly webhook?: WebhookOptions;
  /** Of each installation. Default: 5,000. */
  readonly requestsPerHour?: number;
  /** Default: none planned; reachable as `faults`. Requests are named as Octokit calls them, like `checks.create`. */
  readonly faults?: Faults;
  readonly port?: number;
}

export interface Github extends AsyncDisposable {
  /** For `GITHUB_API_URL`. */
  readonly url: string;
  readonly faults: Faults;
  /** What clients asked, in order of arrival. */
  readonly requests: readonly ApiRequest[];
  /** How often clients asked for this, such as `checks.create`, whatever came of it. */
  calls(name: string): number;
  /** Requests of this hour that counted, of the installation on this account. */
  used(owner: string): number;
  /** An account that is more than a login. */
  account(login: string, options?: AccountOptions): Account;
  /** Sets up a repository, and its owner: an organization unless it is known as a user. */
  repository(fullName: string, options?: RepositoryOptions): Repository;
  install(owner: string, options?: InstallationOptions): Installation;
  /** Somebody who uses the pages of GitHub. */
  as(login: string): Person;
  /** Ends all tokens of installations. */
  revokeTokens(): void;
  /** Webhooks that nobody took or delivered yet. */
  readonly outbox: readonly Delivery[];
  /** What came of those that were. */
  readonly attempts: readonly Attempt[];
  /** Sets or replaces the webhook. Of what happened before the first one, nobody is told. */
  connect(webhook: WebhookOptions): void;
  ping(): void;
  /** Empties the outbox, for tests that shuffle, repeat or lose deliveries. What is not sent then has failed. */
  take(): Delivery[];
  headers(delivery: Delivery): Record<string, string>;
  /** 502 when there is no answer. */
  send(delivery: Delivery): Promise<WebhookAnswer>;
  /** Sends the outbox in order, each once: GitHub does not try again by itself. */
  deliver(): Promise<number[]>;
  stop(): Promise<void>;
}

const leastPermissions: Permissions = {
  checks: "write",
  contents: "read",
  issues: "read",
  metadata: "read",
  pull_requests: "write",
};

const leastEvents = [
  "check_run",
  "check_suite",
  "issue_comment",
  "pull_request",
  "pull_request_review",
  "push",
  "repository",
];

export async function startGithub(options: GithubOptions): Promise<Github> {
  const { clock, appId, faults = new Faults(), events = leastEvents, slug = "signalbox" } = options;
  const app = { id: appId, slug, permissions: options.permissions ?? leastPermissions, events };
  const world: World = new World(clock, app, (told) => webhooks.emit(told));
  const webhooks = new Webhooks(clock, world.ids, app);
  if (options.webhook !== undefined) webhooks.connect(options.webhook);
  const auth = new Auth(clock, appId, createPublicKey(options.key));
  const limit = new RateLimit(clock, options.requestsPerHour ?? 5_000);
  const api = new Api({ world, auth, webhooks, limit, faults });
  const server = await startServer((request) => api.handle(request), { port: options.port ?? 0, bodyLimit: 8_388_608 });
  api.origin = server.url;

  async function stop(): Promise<void> {
    webhooks.stop();
    await server.stop();
  }

  return {
    url: server.url,
    faults,
    requests: api.requests,
    calls: (name) => api.requests.filter((request) => request.name === name).length,
    used: (owner) => limit.used(`installation ID ${world.installationOf(owner)?.id}`),
    account: (login, settings) => world.accounts.of(login, settings),
    repository: (fullName, settings) =>
      settings === undefined
        ? (world.findRepository(fullName) ?? world.createRepository(fullName))
        : world.createRepository(fullName, settings),
    install: (owner, settings) => world.install(owner, settings),
    as: (login) => new Person(world.accounts.of(login)),
    revokeTokens: () => auth.revoke(),
    outbox: webhooks.outbox,
    attempts: webhooks.attempts,
    connect: (webhook) => webhooks.connect(webhook),
    ping: () => webhooks.ping({ sender: accountJson(world.app.owner) }),
    take: () => webhooks.take(),
    headers: (delivery) => webhooks.headers(delivery),
    send: (delivery) => webhooks.send(delivery),
    deliver: () => webhooks.deliver(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
