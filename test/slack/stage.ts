/** A workspace, and a client for it, without Redis. */
import { type SlackOptions, type SlackStandIn, startSlack } from "../../sandbox/slack/index.ts";
import type { Instant } from "../../src/clock.ts";
import { createMetrics } from "../../src/metrics.ts";
import type { Pauses } from "../../src/slack/call.ts";
import { createSlackClient, type SlackClient } from "../../src/slack/client.ts";
import { FakeClock } from "../harness/clock.ts";

export interface SlackStage extends AsyncDisposable {
  readonly slack: SlackStandIn;
  readonly client: SlackClient;
  readonly clock: FakeClock;
}

export async function startStage(options: SlackOptions = {}): Promise<SlackStage> {
  const clock = new FakeClock();
  const slack = await startSlack({ clock, channels: [{ id: "C0ALERTS", name: "ci-alerts" }], ...options });
  const { token, url } = slack;
  const limits = { timeoutMs: 1000, clock, pauses: pausesInMemory(), metrics: createMetrics() };
  const client = createSlackClient({ team: null, tokenOf: async () => token, apiUrl: url, ...limits });
  return { slack, client, clock, [Symbol.asyncDispose]: () => slack.stop() };
}

function pausesInMemory(): Pauses {
  const pauses = new Map<string, Instant>();
  return {
    until: async (service) => pauses.get(service) ?? null,
    async set(service, until) {
      pauses.set(service, until);
    },
  };
}
