import type { Clock, Instant } from "../../src/clock.ts";

/** Stands still until told to move. */
export class FakeClock implements Clock {
  #now: Instant;

  constructor(now: Instant = Date.UTC(2026, 8, 21, 10, 0, 0)) {
    this.#now = now;
  }

  now(): Instant {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
