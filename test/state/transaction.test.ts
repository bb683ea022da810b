import { expect, it } from "vitest";
import { transact } from "../../src/state/transaction.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();

it("a transaction does all it says", async () => {
  const client = await redis.open();
  await transact(client.multi().set("one", "1").incr("one"));
  expect(await client.get("one")).toBe("2");
});

it("a command that fails is no success, although the others are done", async () => {
  const client = await redis.open();
  await client.set("text", "none");
  await expect(transact(client.multi().incr("text").set("two", "2"))).rejects.toThrow(/not an integer/);
  expect(await client.get("two")).toBe("2");
});

it("Redis that is away is no success", async () => {
  const client = await redis.open();
  client.disconnect();
  await expect(transact(client.multi().set("three", "3"))).rejects.toThrow();
});
