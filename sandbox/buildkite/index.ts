/**
 * A stand-in for Buildkite: a local server of its REST API over a model of builds that causes the same webhooks.
 *
 * A story drives the model (`build("web").start()`), and what it causes waits in the outbox until `deliver()`. What a
 * client changes through REST, such as a retry, changes the same model.
 */
import type { Clock } from "../../src/clock.ts";
import { Faults } from "../faults.ts";
import { startServer } from "../http.ts";
import type { WebhookAnswer } from "../post.ts";
import { Api, type ApiRequest } from "./api.ts";
import type { Build } from "./build.ts";
import type { BuildOptions } from "./build-record.ts";
import { pingEvent } from "./events.ts";
import { RateLimit } from "./rate-limit.ts";
import { type Delivery, type WebhookOptions, Webhooks } from "./webhooks.ts";
import { type Emit, type Person, type Pipeline, type PipelineOptions, World } from "./world.ts";

export interface BuildkiteOptions {
  readonly clock: Clock;
  /** Slug. Default: acme-inc. */
  readonly organization?: string;
  /** The API token that the server accepts. */
  readonly token: string;
  /** Default: what Signalbox needs at least. */
  readonly scopes?: readonly string[];
  /** The owner of the token: retries and builds through the API are theirs. Default: ci-bot. */
  readonly user?: Person;
  /** Can come later, by `connect`. */
  readonly webhook?: WebhookOptions;
  /** Of the user; the organization has 200. Default: 50. */
  readonly requestsPerMinute?: number;
  /** Default: none planned; reachable as `faults`. Requests are named like `jobs.retry`; see the routes. */
  readonly faults?: Faults;
  /** Bytes: webhooks with a pipeline are made at least this large. */
  readonly padTo?: number;
  readonly port?: number;
}

export interface Buildkite extends AsyncDisposable {
  /** For `BUILDKITE_API_URL`: paths begin with `/v2`. */
  readonly url: string;
  readonly faults: Faults;
  /** What clients asked, in order of arrival. */
  readonly requests: readonly ApiRequest[];
  /** How often clients asked for this, such as `builds.rebuild`, whatever came of it. */
  calls(name: string): number;
  /** Webhooks that nobody took or delivered yet. */
  readonly outbox: readonly Delivery[];
  /** Sets up a pipeline; only needed to choose its settings, or before a client creates builds of it. */
  pipeline(slug: string, options?: PipelineOptions): Pipeline;
  /** Creates the next build of a pipeline, and the pipeline if it is new. */
  build(pipeline: string, options?: BuildOptions): Build;
  /** In order of creation, those that clients created among them. */
  builds(pipeline: string): readonly Build[];
  /** From now on the jobs of "retry failed jobs" appear only when released; by default at once. */
  holdRetries(): void;
  releaseRetries(): void;
  /** Sets or replaces the webhook. Events before it were kept, all of them. */
  connect(webhook: WebhookOptions): void;
  /** Buildkite pings when a webhook is created or changed. */
  ping(): void;
  /** Empties the outbox, for tests that shuffle, repeat or lose deliveries before they `send` them. */
  take(): Delivery[];
  /** The same event with the state of now: Buildkite may send a later version than the one that caused it. */
  refresh(delivery: Delivery): Delivery;
  /** Signed for this moment. */
  headers(delivery: Delivery): Record<string, string>;
  /** Rejects when there is no answer. */
  send(delivery: Delivery): Promise<WebhookAnswer>;
  /** Sends the outbox in order. What has no answer stays in it. */
  deliver(): Promise<number[]>;
  stop(): Promise<void>;
}

const leastScopes = ["read_builds", "write_builds", "read_build_logs", "read_pipelines"];

export async function startBuildkite(options: BuildkiteOptions): Promise<Buildkite> {
  const { clock, organization = "acme-inc", token, faults = new Faults() } = options;
  const emit: Emit = (event, payload) => webhooks.emit(event, payload);
  const world = new World(organization, clock, emit);
  const webhooks = new Webhooks(clock, world.ids, options.padTo ?? 0);
  if (options.webhook !== undefined) webhooks.connect(options.webhook);
  const service = world.ids.next("service");
  const api = new Api({
    world,
    token,
    scopes: options.scopes ?? leastScopes,
    user: options.user ?? { name: "ci-bot", email: "ci-bot@example.com" },
    limit: new RateLimit(clock, { user: options.requestsPerMinute ?? 50, organization: 200 }),
    faults,
  });
  const server = await startServer((request) => api.handle(request), { port: options.port ?? 0 });
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
    outbox: webhooks.outbox,
    pipeline: (slug, settings) => world.createPipeline(slug, settings),
    build: (slug, settings) => world.createBuild(slug, settings),
    builds: (slug) => world.pipelines.get(slug)?.builds ?? [],
    holdRetries: () => world.retries.hold(),
    releaseRetries: () => world.retries.release(),
    connect: (webhook) => webhooks.connect(webhook),
    ping: () => world.emit("ping", () => pingEvent(world, { id: service, url: webhooks.url })),
    take: () => webhooks.take(),
    refresh: (delivery) => ({ ...delivery, body: delivery.render() }),
    headers: (delivery) => webhooks.headers(delivery),
    send: (delivery) => webhooks.send(delivery),
    deliver: () => webhooks.deliver(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
