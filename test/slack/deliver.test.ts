/** What scenarios cannot time: two runs at once, and one that overslept its claim. */
import { describe, expect, it } from "vitest";
import { type SlackStandIn, startSlack } from "../../sandbox/slack/index.ts";
import { Organization } from "../../src/domain/ids.ts";
import { Later } from "../../src/later.ts";
import { createMetrics } from "../../src/metrics.ts";
import { createSlackClient, type SlackClient } from "../../src/slack/client.ts";
import { createDeliverer, type Deliverer } from "../../src/slack/deliver.ts";
import { createKeys } from "../../src/state/keys.ts";
import { createPauses } from "../../src/state/pauses.ts";
import { loadScripts } from "../../src/state/scripts.ts";
import { createSlots } from "../../src/state/slots.ts";
import { FakeClock, second } from "../harness/clock.ts";
import { silentLog } from "../harness/log.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();
const leaseMs = 10 * second;
let prefixes = 0;

interface Stage {
  readonly clock: FakeClock;
  readonly slack: SlackStandIn;
  readonly client: SlackClient;
  /** A process's deliverer; its client may be made to misbehave. */
  deliverer(client?: Partial<SlackClient>): Deliverer;
}

async function onStage(play: (stage: Stage) => Promise<void>): Promise<void> {
  const connection = await redis.open();
  prefixes += 1;
  const keys = createKeys(`deliver${prefixes}`);
  const clock = new FakeClock();
  const metrics = createMetrics();
  const slack = await startSlack({ clock, channels: [{ id: "C0ALERTS", name: "ci-alerts" }] });
  const pauses = createPauses(connection, loadScripts(connection), keys);
  const client = createSlackClient({
    team: null,
    tokenOf: async () => slack.token,
    apiUrl: slack.url,
    timeoutMs: 1000,
    clock,
    pauses,
    metrics,
  });
  const slots = createSlots(loadScripts(connection), keys);
  const deliverer = (changes: Partial<SlackClient> = {}): Deliverer =>
    createDeliverer({ slack: { ...client, ...changes }, slots, clock, metrics, log: silentLog, leaseMs });
  await play({ clock, slack, client, deliverer });
  connection.disconnect();
  await slack.stop();
}

function message(text: string, version: number): Parameters<Deliverer["deliver"]>[0] {
  return {
    slot: { organization: Organization.parse("acme"), name: "alert/1" },
    tag: { alert: "1", slot: "alert" },
    channels: ["C0ALERTS"],
    content: { text, blocks: [] },
    plain: () => ({ text, blocks: [] }),
    version,
    repost: true,
  };
}

function shown(slack: SlackStandIn): string[] {
  return slack
    .channel("C0ALERTS")
    .messages.filter(({ deleted }) => !deleted)
    .map(({ text }) => text);
}

describe("a message's delivery", () => {
  it("lets the second run wait while the first one posts", async () => {
    await onStage(async ({ slack, client, deliverer }) => {
      const second = deliverer();
      const first = deliverer({
        async post(post) {
          await expect(second.deliver(message("red", 1))).rejects.toBeInstanceOf(Later);
          return client.post(post);
        },
      });
      await first.deliver(message("red", 1));
      await second.deliver(message("red", 1));
      expect(shown(slack)).toEqual(["red"]);
    });
  });

  it("takes back the message of a run that overslept its claim", async () => {
    await onStage(async ({ clock, slack, client, deliverer }) => {
      const first = deliverer({
        async post(post) {
          clock.advance(leaseMs);
          await deliverer().deliver(message("red", 1));
          return client.post(post);
        },
      });
      await first.deliver(message("red", 1));
      expect(shown(slack)).toEqual(["red"]);
    });
  });

  it("finds what a run posted before it died", async () => {
    await onStage(async ({ clock, slack, client, deliverer }) => {
      const dying = deliverer({
        async post(post) {
          await client.post(post);
          return new Promise(() => {}); // The process is gone.
        },
      });
      const died = Promise.race([dying.deliver(message("red", 1)), posted(slack)]);
      await died;
      clock.advance(leaseMs);
      await deliverer().deliver(message("still red", 2));
      expect(shown(slack)).toEqual(["still red"]);
    });
  });

  it("shows the newest state although an older one was sent last", async () => {
    await onStage(async ({ slack, client, deliverer }) => {
      await deliverer().deliver(message("v1", 1));
      const slow = deliverer({
        async update(place, content) {
          await deliverer().deliver(message("v3", 3));
          await client.update(place, content);
        },
      });
      await expect(slow.deliver(message("v2", 2))).rejects.toBeInstanceOf(Later);
      // Its job runs again, and reads the newest state.
      await deliverer().deliver(message("v3", 3));
      expect(shown(slack)).toEqual(["v3"]);
    });
  });

  it("posts a message that a person deleted again once, although two runs found it gone", async () => {
    await onStage(async ({ slack, client, deliverer }) => {
      await deliverer().deliver(message("red", 1));
      slack.deleteMessage("C0ALERTS", slack.channel("C0ALERTS").messages[0]?.ts ?? "");
      const slow = deliverer({
        async update(place, content) {
          const refused = client.update(place, content);
          await refused.catch(() => deliverer().deliver(message("still red", 2)));
          await refused;
        },
      });
      await slow.deliver(message("still red", 2));
      expect(shown(slack)).toEqual(["still red"]);
    });
  });

  it("is not edited for what nobody sees", async () => {
    await onStage(async ({ slack, deliverer }) => {
      const withVersion = (version: number) => ({
        ...message(`red v${version}`, version),
        shows: { text: "red", blocks: [] },
      });
      await deliverer().deliver(withVersion(1));
      await deliverer().deliver(withVersion(2));
      expect(shown(slack)).toEqual(["red v1"]);
      await deliverer().deliver(message("green", 3));
      expect(shown(slack)).toEqual(["green"]);
    });
  });

  it("does not show an older state over a newer one", async () => {
    await onStage(async ({ slack, deliverer }) => {
      await deliverer().deliver(message("v2", 2));
      await deliverer().deliver(message("v1", 1));
      expect(shown(slack)).toEqual(["v2"]);
    });
  });
});

/** Resolves when the channel has a message: the stand-in answers in the same turn. */
async function posted(slack: SlackStandIn): Promise<void> {
  while (shown(slack).length === 0) await new Promise((resolve) => setImmediate(resolve));
}
