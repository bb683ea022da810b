/** What Redis holds, as text: for tests of what must not be in it. */
import { connect, ready } from "../../src/state/redis.ts";
import type { TestRedis } from "./redis.ts";

/** Every key with this in its name, with what it holds. */
export async function everythingIn(redis: TestRedis, keyPrefix: string): Promise<string> {
  const client = connect(redis.url, "request");
  await ready(client, 5000);
  const read: Readonly<Record<string, (key: string) => Promise<unknown>>> = {
    string: (key) => client.get(key),
    hash: (key) => client.hgetall(key),
    set: (key) => client.smembers(key),
    zset: (key) => client.zrange(key, 0, "-1"),
    list: (key) => client.lrange(key, 0, -1),
    stream: (key) => client.xrange(key, "-", "+"),
  };
  const all: unknown[] = [];
  for (const name of await client.keys(`*${keyPrefix}*`)) {
    const type = await client.type(name);
    const reader = read[type];
    if (reader === undefined) throw new Error(`Cannot read ${name}: it is a ${type}`);
    all.push(name, await reader(name));
  }
  client.disconnect();
  return JSON.stringify(all);
}
