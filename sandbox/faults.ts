/**
 * What can go wrong between us and a service, on demand. A stand-in asks for each request which fault is due (`take`)
 * and lets `carryOut` run the request under it.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { HttpAnswer, HttpReply } from "./http.ts";

/**
 * With `after`, the request takes effect first and only then fails: the caller cannot know. Without, it has no effect.
 * A `hang` ends at `release()`: without `after` the request takes effect then, long after its caller gave up.
 */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly after?: boolean;
    }
  /** The service's own way to say no: `ok: false` from Slack, a `message` from Buildkite. */
  | { readonly kind: "error"; readonly error: string }
  | { readonly kind: "rateLimited"; readonly retryAfterSeconds: number | null }
  | { readonly kind: "hang"; readonly after?: boolean }
  | { readonly kind: "drop"; readonly after?: boolean }
  | { readonly kind: "delay"; readonly ms: number };

/** The faults that each service words in its own way. */
export type Refusal = Extract<Fault, { kind: "error" | "rateLimited" }>;

export interface Work {
  /** Carries the request out and gives its true answer. */
  readonly run: () => HttpAnswer | Promise<HttpAnswer>;
  readonly refuse: (refusal: Refusal) => HttpAnswer;
}

/** Shares of all requests, 0 to 1, that fail in this way. Their sum is at most 1. */
export interface FaultRates {
  readonly rateLimited?: number;
  readonly failBefore?: number;
  readonly failAfter?: number;
  readonly hangAfter?: number;
  readonly dropAfter?: number;
}

export interface RandomFaults {
  readonly seed: number;
  readonly rates: FaultRates;
  /** Names of requests; default: all of them. */
  readonly only?: readonly string[];
  /** Default: 1. Null: a 429 that does not say for how long. */
  readonly retryAfterSeconds?: number | null;
}

export interface PendingFault {
  readonly match: string;
  readonly fault: Fault;
  readonly times: number;
}

export class Faults {
  readonly #queue: { match: string; fault: Fault; times: number }[] = [];
  readonly #hanging = new Set<() => void>();
  #chance: ((name: string) => Fault | null) | null = null;

  /** The next `times` requests of this name (`*`: of any) fail; `Infinity` until `clear()`. First in, first out. */
  next(match: string, fault: Fault, times = 1): void {
    if (!(times >= 1)) throw new RangeError(`Cannot plan a fault: times is ${times}; give 1 or more`);
    this.#queue.push({ match, fault, times });
  }

  /** Requests without a planned fault fail by chance. The same seed and the same requests give the same faults. */
  random(options: RandomFaults): void {
    const { seed, rates, only, retryAfterSeconds = 1 } = options;
    const draw = seededRandom(seed);
    const table: readonly (readonly [rate: number | undefined, fault: Fault])[] = [
      [rates.rateLimited, { kind: "rateLimited", retryAfterSeconds }],
      [rates.failBefore, { kind: "status", status: 500 }],
      [rates.failAfter, { kind: "status", status: 500, after: true }],
      [rates.hangAfter, { kind: "hang", after: true }],
      [rates.dropAfter, { kind: "drop", after: true }],
    ];
    this.#chance = (name) => {
      if (only !== undefined && !only.includes(name)) return null;
      let rest = draw();
      for (const [rate = 0, fault] of table) {
        if (rest < rate) return fault;
        rest -= rate;
      }
      return null;
    };
  }

  /** Forgets what is planned and ends chance. Requests that hang go on hanging: see `release`. */
  clear(): void {
    this.#queue.length = 0;
    this.#chance = null;
  }

  /** Consumes the fault that is due for a request of this name. */
  take(name: string): Fault | null {
    const index = this.#queue.findIndex((entry) => entry.match === "*" || entry.match === name);
    const entry = this.#queue[index];
    if (entry === undefined) return this.#chance?.(name) ?? null;
    entry.times -= 1;
    if (entry.times <= 0) this.#queue.splice(index, 1);
    return entry.fault;
  }

  /** What was planned and did not happen: a test that ends with some of it did not test what it says. */
  pending(): readonly PendingFault[] {
    return this.#queue.map((entry) => ({ ...entry }));
  }

  /** How many requests hang now. */
  get hanging(): number {
    return this.#hanging.size;
  }

  /** Lets every request that hangs go on to its true answer. */
  release(): void {
    for (const goOn of this.#hanging) goOn();
    this.#hanging.clear();
  }

  /** Runs a request under a fault, or without one. */
  async carryOut(fault: Fault | null, work: Work): Promise<HttpReply> {
    if (fault === null) return work.run();
    switch (fault.kind) {
      case "status":
        if (fault.after === true) await work.run();
        return statusAnswer(fault);
      case "error":
      case "rateLimited":
        return work.refuse(fault);
      case "hang": {
        if (fault.after !== true) {
          await this.#hang();
          return work.run();
        }
        const answer = await work.run();
        await this.#hang();
        return answer;
      }
      case "drop":
        if (fault.after === true) await work.run();
        return "drop";
      case "delay":
        await wait(fault.ms, undefined, { ref: false });
        return work.run();
    }
  }

  #hang(): Promise<void> {
    return new Promise((resolve) => this.#hanging.add(resolve));
  }
}

function statusAnswer(fault: Extract<Fault, { kind: "status" }>): HttpAnswer {
  const { status, headers, body = `fault: ${status}` } = fault;
  return headers === undefined ? { status, body } : { status, body, headers };
}

/** mulberry32: small, fast and good enough to choose faults. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
