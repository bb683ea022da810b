/**
 * A lock per subject saves work: two processes rarely call a service for the same thing at once. Nothing is correct
 * because of it; `noLocks` must do as well.
 */
import type { Redis } from "ioredis";
import { RedlockMutex } from "redis-semaphore";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Organization } from "../domain/ids.ts";
import { Later } from "../later.ts";
import { type Keys, ttl } from "./keys.ts";
import { transact } from "./transaction.ts";

interface Held {
  /** Aborted when the lock is lost: what was not begun should not be begun. */
  readonly signal: AbortSignal;
  /** Higher for each holder of this lock; null without locks. */
  readonly fence: number | null;
}

export interface Locks {
  /** Waits for the lock, a little; throws `Later` when it stays taken. */
  hold<T>(organization: Organization, subject: string, work: (held: Held) => Promise<T>): Promise<T>;
}

export interface LockOptions {
  /** One connection per lock server; a majority decides. */
  readonly clients: readonly [Redis, ...Redis[]];
  readonly keys: Keys;
  readonly clock: Clock;
  readonly random: () => number;
  /** How long a holder that died keeps others out; a living one extends it. */
  readonly expiryMs: number;
  readonly tries: number;
  readonly retryDelayMs: number;
}

const Fence = z.number();
/** Of the expiry, for the difference between two clocks' speeds. */
const driftFactor = 0.01;

export function createLocks(options: LockOptions): Locks {
  const { clients, keys, clock, random, expiryMs, tries, retryDelayMs } = options;
  const [main] = clients;

  async function acquire(mutex: RedlockMutex): Promise<boolean> {
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const begun = clock.now();
      const taken = await mutex.tryAcquire();
      const left = expiryMs - (clock.now() - begun) - expiryMs * driftFactor;
      if (taken && left > 0) return true;
      if (taken) await mutex.release();
      // With jitter, or two that collided once would collide again.
      if (attempt < tries) await pause(retryDelayMs * (0.5 + random()));
    }
    return false;
  }

  async function nextFence(key: string): Promise<number> {
    const [fence] = await transact(main.multi().incr(key).expire(key, ttl.fence));
    return Fence.parse(fence);
  }

  return {
    async hold(organization, subject, work) {
      const lost = new AbortController();
      const mutex = new RedlockMutex([...clients], keys.lock(organization, subject), {
        lockTimeout: expiryMs,
        refreshInterval: expiryMs / 3,
        acquireAttemptsLimit: 1,
        // Without a listener of our own the library throws inside a timer, which ends the process.
        onLockLost: () => lost.abort(),
      });
      if (!(await acquire(mutex)))
        throw new Later("another process holds the lock", clock.now() + retryDelayMs * (1 + random()));
      try {
        const fence = await nextFence(keys.fence(organization, subject));
        return await work({ signal: lost.signal, fence });
      } finally {
        // A lock that cannot be released runs out by itself.
        await mutex.release().catch(() => undefined);
      }
    },
  };
}

export const noLocks: Locks = {
  hold: (_organization, _subject, work) => work({ signal: new AbortController().signal, fence: null }),
};

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
