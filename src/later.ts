import type { Instant } from "./clock.ts";

/** A job cannot go on before `at`, and that is nobody's fault: the run does not count as a failed attempt. */
export class Later extends Error {
  readonly at: Instant;

  constructor(reason: string, at: Instant, options?: ErrorOptions) {
    super(reason, options);
    this.name = "Later";
    this.at = at;
  }
}

/** A job cannot succeed however often it is tried: it is given up at once, for an operator to see. */
export class Hopeless extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = "Hopeless";
  }
}
