/** Milliseconds since 1970, UTC. Every moment in the code is one of these. */
export type Instant = number;

export interface Clock {
  now(): Instant;
}
