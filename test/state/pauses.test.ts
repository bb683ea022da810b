import { expect, it } from "vitest";
import { createStores } from "../../src/state/index.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();

it("a service is left alone until the latest time that it asked for", async () => {
  const { pauses, redis: client, keys } = createStores(await redis.open(), "pauses");
  const now = 1_800_000_000_000;
  expect(await pauses.until("github")).toBeNull();
  await pauses.set("github", now + 5_000, now);
  await pauses.set("github", now + 900_000, now + 1);
  // An answer to what was asked before: it knows of a shorter wait only.
  await pauses.set("github", now + 1_000, now + 2);
  expect(await pauses.until("github")).toBe(now + 900_000);
  expect(await client.pttl(keys.pause("github"))).toBeGreaterThan(800_000);
  expect(await pauses.until("slack")).toBeNull();
});
