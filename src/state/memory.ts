/**
 * Refuses new events well before Redis is full. At its limit Redis refuses BullMQ's scripts, whose workers then spin;
 * room for what is under way must be left.
 */
import type { Redis } from "ioredis";

const askEveryMs = 5_000;
const fullAt = 0.85;

export interface MemoryGuard {
  /** True while Redis should not be given more. Never when it has no limit. */
  full(): boolean;
  ask(): Promise<void>;
  stop(): void;
}

export function guardMemory(redis: Redis): MemoryGuard {
  let full = false;
  async function ask(): Promise<void> {
    const info = await redis.info("memory");
    const used = Number(/^used_memory:(\d+)/m.exec(info)?.[1] ?? 0);
    const limit = Number(/^maxmemory:(\d+)/m.exec(info)?.[1] ?? 0);
    full = limit > 0 && used / limit > fullAt;
  }
  const timer = setInterval(() => void ask().catch(() => undefined), askEveryMs);
  timer.unref();
  return { full: () => full, ask, stop: () => clearInterval(timer) };
}
