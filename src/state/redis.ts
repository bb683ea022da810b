/**
 * Connections to Redis. There are three kinds, because what must happen while Redis is away differs: a request fails at
 * once (the sender gets 503), a worker waits for as long as it takes, a lock gives up quickly.
 */
import { Redis, type RedisOptions } from "ioredis";

export type Role = "request" | "worker" | "lock";

type Options = Omit<RedisOptions, "replyMapping">;

const byRole: { readonly [K in Role]: Options } = {
  // Without its own time-out a command hangs on a server that accepts connections and never answers.
  request: { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 800 },
  // BullMQ demands null: its blocking reads must survive a reconnect.
  worker: { maxRetriesPerRequest: null },
  lock: { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 200 },
};

/** @param timeoutMs Of a command of a request; a worker's has none. */
export function connect(url: string, role: Role, timeoutMs?: number): Redis {
  const options: Options = {
    ...byRole[role],
    ...(role === "request" && timeoutMs !== undefined && { commandTimeout: timeoutMs }),
    connectTimeout: 5000,
    // Short at first: a restarted Redis is back within milliseconds, and every webhook meanwhile is a 503.
    retryStrategy: (times) => Math.min(20 * 2 ** Math.min(times, 7), 2000),
    lazyConnect: true,
    connectionName: `signalbox-${role}`,
    // The name tells an operator enough; two commands fewer for each connection.
    disableClientInfo: true,
  };
  // Naming the type spares the compiler to compare all commands with themselves: a fifth of its time.
  return url.startsWith("unix://")
    ? new Redis<"legacy">({ ...options, path: decodeURIComponent(new URL(url).pathname) })
    : new Redis<"legacy">(url, options);
}

/**
 * Refuses a server that would lose facts or lacks what the scripts use.
 * @throws Error that says what to change.
 */
export async function requireFit(redis: Redis): Promise<void> {
  const info = await redis.info();
  const read = (name: string): string => new RegExp(`^${name}:([^\\r\\n]*)`, "m").exec(info)?.[1] ?? "";
  const version = read("redis_version");
  if (Number.parseInt(version, 10) < 7) throw new Error(`Cannot start: Redis ${version} is too old; use 7.0 or newer`);
  const policy = read("maxmemory_policy");
  if (Number(read("maxmemory")) > 0 && policy !== "noeviction") {
    throw new Error(
      `Cannot start: Redis may evict facts (maxmemory-policy ${policy}); set maxmemory-policy noeviction`,
    );
  }
}

/** Connects and waits until commands are answered; ends the attempt with a clear error after `timeoutMs`. */
export async function ready(redis: Redis, timeoutMs: number): Promise<void> {
  if (redis.status === "ready") return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new Error("Cannot start: Redis does not answer; check REDIS_URL and that the server is up")),
    timeoutMs,
  );
  redis.once("ready", resolve);
  if (redis.status === "wait") redis.connect().catch(() => undefined);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    redis.off("ready", resolve);
  }
}
