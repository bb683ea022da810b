/** GitHub counts requests per hour for each installation, and for the app; GraphQL apart. */
import type { Clock, Instant } from "../../src/clock.ts";
import type { HttpAnswer } from "../http.ts";
import { failure } from "./api-call.ts";

const hour = 3_600_000;

interface Window {
  used: number;
  resetAt: Instant;
}

export class RateLimit {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock, perHour: number) {
    this.#clock = clock;
    this.#limit = perHour;
  }

  /** Null when there is some left. What is refused does not count. */
  refusal(who: string, resource: string): HttpAnswer | null {
    return this.#window(who, resource).used < this.#limit ? null : this.exhausted(who, resource);
  }

  count(who: string, resource: string): void {
    this.#window(who, resource).used += 1;
  }

  /** The primary limit: nothing is left until the hour is over. */
  exhausted(who: string, resource: string): HttpAnswer {
    const headers = {
      ...this.headers(who, resource),
      "x-ratelimit-remaining": "0",
      "x-ratelimit-used": String(this.#limit),
    };
    const message = `API rate limit exceeded for ${who}.`;
    // GraphQL has no statuses.
    if (resource === "graphql") {
      const error = { type: "RATE_LIMIT", code: "graphql_rate_limit", message };
      return { status: 200, headers, body: { errors: [error] } };
    }
    return { ...failure(403, message, "rate-limiting"), headers };
  }

  /** The secondary limit: too much at once, or too many changes. The primary one is not touched. */
  secondary(who: string, resource: string, seconds: number): HttpAnswer {
    const message =
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. For more on scraping GitHub and how it may affect your rights, please review our Terms of Service (https://docs.github.com/en/site-policy/github-terms/github-terms-of-service)";
    const headers = { ...this.headers(who, resource), "retry-after": String(seconds) };
    return { ...failure(403, message, "secondary-rate-limits"), headers };
  }

  headers(who: string, resource: string): Record<string, string> {
    const { used, resetAt } = this.#window(who, resource);
    return {
      "x-ratelimit-limit": String(this.#limit),
      "x-ratelimit-remaining": String(Math.max(0, this.#limit - used)),
      "x-ratelimit-used": String(used),
      "x-ratelimit-reset": String(Math.ceil(resetAt / 1000)),
      "x-ratelimit-resource": resource,
    };
  }

  used(who: string, resource = "core"): number {
    return this.#window(who, resource).used;
  }

  #window(who: string, resource: string): Window {
    const name = `${who}:${resource}`;
    const now = this.#clock.now();
    const known = this.#windows.get(name);
    if (known !== undefined && known.resetAt > now) return known;
    const window = { used: 0, resetAt: now + hour };
    this.#windows.set(name, window);
    return window;
  }
}
