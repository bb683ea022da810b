/** Milliseconds since 1970, UTC. Every moment in the code is one of these. */
export type Instant = number;

export interface Clock {
  now(): Instant;
}

/** This machine's clock. Read here and nowhere else. */
export const systemClock: Clock = { now: () => Date.now() };
