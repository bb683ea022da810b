/** Clients of the Buildkite stand-in, and of servers that are stranger than it. */
import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect } from "vitest";
import { type BuildkiteOptions, startBuildkite } from "../../sandbox/buildkite/index.ts";
import { type HttpHandler, startServer } from "../../sandbox/http.ts";
import { createBuildkiteClient } from "../../src/buildkite/client.ts";
import type { HttpOptions } from "../../src/buildkite/http.ts";
import { type BuildRef, Organization, Pipeline } from "../../src/domain/ids.ts";
import { createMetrics } from "../../src/metrics.ts";
import { createBudget } from "../../src/state/budget.ts";
import { createKeys } from "../../src/state/keys.ts";
import { loadScripts, type Scripts } from "../../src/state/scripts.ts";
import { FakeClock } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";

export const token = "bkua_0123456789abcdef0123456789abcdef01234567";
export const organization = Organization.parse("acme-inc");

export function ref(number: number): BuildRef {
  return { organization, pipeline: Pipeline.parse("web"), number };
}

export function useClients() {
  const server = useRedis();
  let redis: Redis;
  let scripts: Scripts;
  let prefixes = 0;

  beforeAll(async () => {
    redis = await server.open();
    scripts = loadScripts(redis);
  });

  afterAll(() => redis.disconnect());

  /** Clients that share a budget, as those of several processes do. */
  function sharedBudget(clock: FakeClock) {
    prefixes += 1;
    const keys = createKeys(`test${prefixes}`);
    const metrics = createMetrics();
    const budget = createBudget(scripts, redis, keys, { service: "buildkite", perMinute: 50, reserve: 10 });
    return {
      metrics,
      client: (options: Partial<HttpOptions> & Pick<HttpOptions, "url">) =>
        createBuildkiteClient({ token, budget, clock, metrics, timeoutMs: 5000, ...options }),
    };
  }

  async function start(options: Partial<BuildkiteOptions> & { readonly timeoutMs?: number } = {}) {
    const { timeoutMs = 5000, ...rest } = options;
    const clock = new FakeClock();
    const buildkite = await startBuildkite({ clock, token, ...rest });
    const shared = sharedBudget(clock);
    return {
      ...shared,
      clock,
      buildkite,
      client: shared.client({ url: buildkite.url, timeoutMs }),
      another: shared.client({ url: buildkite.url, timeoutMs }),
      async [Symbol.asyncDispose]() {
        buildkite.faults.release();
        expect(buildkite.faults.pending()).toEqual([]);
        await buildkite.stop();
      },
    };
  }

  /** A server that does what the stand-in, being true to Buildkite, does not. */
  async function startStrange(handle: HttpHandler) {
    const strange = await startServer(handle);
    return { url: strange.url, client: sharedBudget(new FakeClock()).client({ url: strange.url }), stop: strange.stop };
  }

  /** A client whose every request gets this answer. */
  function answering(answer: () => Response, clock = new FakeClock()) {
    return sharedBudget(clock).client({ url: "http://buildkite.test", fetch: async () => answer() });
  }

  return { sharedBudget, start, startStrange, answering };
}

export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error("Cannot look at the error: there was none");
  return error;
}
