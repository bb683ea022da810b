import { expect, it } from "vitest";
import { Subscription } from "../../src/domain/subscription.ts";
import { createKeys } from "../../src/state/keys.ts";
import { connect, ready } from "../../src/state/redis.ts";
import { createSubscriptions } from "../../src/state/subscriptions.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();

it("a workspace that is gone leaves no subscription behind, and takes nobody else's", async () => {
  const client = connect(redis.url, "request");
  await ready(client, 5000);
  const subscriptions = createSubscriptions(client, createKeys("subscriptions"));
  const common = { branch: null, job: null, only: null, by: { user: "U0EVE", name: "eve" }, at: 1 };
  const each = [
    { team: "T0OTHER", channel: "C0ONE", pipeline: "*" },
    { team: "T0OTHER", channel: "C0TWO", pipeline: "api" },
    { team: null, channel: "C0HOME", pipeline: "*" },
  ];
  for (const one of each) await subscriptions.put(Subscription.parse({ ...common, ...one }));
  await subscriptions.forget("T0OTHER");
  await subscriptions.forget("T0NEVER");
  expect((await subscriptions.all()).map(({ channel }) => channel)).toEqual(["C0HOME"]);
  client.disconnect();
});
