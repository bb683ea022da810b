/**
 * The time of Redis, so that processes whose machines disagree agree about claims, pauses and what is due. Asked every
 * half minute; in between the machine's own clock goes on from there.
 */
import type { Redis } from "ioredis";
import type { Clock } from "../clock.ts";

const askEveryMs = 30_000;

export interface RedisClock extends Clock {
  /** Milliseconds that Redis is ahead of this machine. */
  readonly offset: number;
  stop(): void;
}

export async function startRedisClock(redis: Redis, local: Clock): Promise<RedisClock> {
  let offset = 0;
  async function ask(): Promise<void> {
    const sent = local.now();
    const [seconds, microseconds] = await redis.time();
    // Redis looked at its clock about half-way between question and answer.
    offset = Number(seconds) * 1000 + Number(microseconds) / 1000 - (sent + local.now()) / 2;
  }
  await ask();
  // While Redis is away the last offset is good enough.
  const timer = setInterval(() => void ask().catch(() => undefined), askEveryMs);
  timer.unref();
  return {
    now: () => Math.round(local.now() + offset),
    get offset() {
      return offset;
    },
    stop: () => clearInterval(timer),
  };
}
