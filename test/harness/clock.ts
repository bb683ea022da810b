import type { Clock, Instant } from "../../src/clock.ts";

/** Stands still until told to move. */
export class FakeClock implements Clock {
  #now: Instant;
  #tick = 0;

  constructor(now: Instant = Date.UTC(2026, 8, 21, 10, 0, 0)) {
    this.#now = now;
  }

  now(): Instant {
    this.#now += this.#tick;
    return this.#now;
  }

  /** From now on it moves whenever somebody looks. */
  tickBy(ms: number): void {
    this.#tick = ms;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
