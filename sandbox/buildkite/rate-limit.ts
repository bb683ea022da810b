/** Buildkite counts requests per minute, for the user and for the organization; those that it refuses count as well. */
import type { Clock } from "../../src/clock.ts";
import type { HttpAnswer } from "../http.ts";

const minute = 60_000;

interface Quota {
  readonly prefix: string;
  readonly scope: string;
  readonly limit: number;
}

export class RateLimit {
  readonly #clock: Clock;
  readonly #user: Quota;
  readonly #organization: Quota;
  #window = -1;
  #count = 0;

  constructor(clock: Clock, perMinute: { readonly user: number; readonly organization: number }) {
    this.#clock = clock;
    this.#user = { prefix: "RateLimit-User", scope: "rest_user", limit: perMinute.user };
    this.#organization = { prefix: "RateLimit", scope: "rest", limit: perMinute.organization };
  }

  /** Counts a request. Null when it may pass. */
  count(): HttpAnswer | null {
    this.#turn();
    this.#count += 1;
    const exceeded = [this.#user, this.#organization].find((quota) => this.#count > quota.limit);
    return exceeded === undefined ? null : this.#refusal(exceeded, this.#count, this.#reset());
  }

  /** Refuses this request alone, as if the user had no requests left; the window seems to end in `seconds`. */
  refuse(seconds: number | null): HttpAnswer {
    this.#turn();
    return this.#refusal(this.#user, Math.max(this.#count, this.#user.limit + 1), seconds ?? this.#reset());
  }

  /** Every answer carries them. */
  headers(): Record<string, string> {
    this.#turn();
    return this.#headers(this.#count, this.#reset());
  }

  #headers(count: number, reset: number): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const { prefix, scope, limit } of [this.#organization, this.#user]) {
      headers[`${prefix}-Scope`] = scope;
      headers[`${prefix}-Limit`] = String(limit);
      headers[`${prefix}-Remaining`] = String(Math.max(0, limit - count));
      headers[`${prefix}-Reset`] = String(reset);
    }
    return headers;
  }

  /** There is no `Retry-After`: the body and the reset headers tell how long to wait. */
  #refusal({ scope, limit }: Quota, current: number, reset: number): HttpAnswer {
    const message = `You have exceeded your API rate limit. Please wait ${reset} seconds before making more requests.`;
    return { status: 429, headers: this.#headers(current, reset), body: { message, scope, limit, current, reset } };
  }

  #turn(): void {
    const window = Math.floor(this.#clock.now() / minute);
    if (window === this.#window) return;
    this.#window = window;
    this.#count = 0;
  }

  /** Seconds to the end of the window, never 0. */
  #reset(): number {
    return Math.ceil((minute - (this.#clock.now() % minute)) / 1000);
  }
}
