/** GitHub's limits: from an answer to how long nobody of ours may ask. */
import type { Instant } from "../clock.ts";
import type { GithubAnswer } from "./client.ts";

/** REST and GraphQL have a limit each; what GitHub calls secondary is for both. */
export type Resource = "rest" | "graphql";

export interface Pause {
  readonly until: Instant;
  readonly resources: readonly Resource[];
}

export interface GraphqlError {
  readonly type?: string | undefined;
  readonly message?: string | undefined;
}

const second = 1000;
/** GitHub: "wait at least one minute" when it does not say for how long. */
const unstatedPause = 60 * second;
/** Windows are an hour. A clock that is wrong, here or there, must not stop us for longer. */
const longestPause = 3600 * second;
const secondary = /secondary rate limit|abuse detection/i;
const both: readonly Resource[] = ["rest", "graphql"];

/** @returns null for an answer that is about something else than limits. */
export function pauseAfter(answer: GithubAnswer, resource: Resource, now: Instant): Pause | null {
  if (answer.status !== 403 && answer.status !== 429) return null;
  const { headers } = answer;
  const stated = seconds(headers["retry-after"]);
  if (stated !== null) return { until: now + within(stated * second), resources: both };
  if (String(headers["x-ratelimit-remaining"]) === "0") {
    return { until: endOfWindow(answer, now), resources: [resource] };
  }
  if (answer.status === 429 || secondary.test(messageOf(answer.data))) {
    return { until: now + unstatedPause, resources: both };
  }
  return null;
}

/** GraphQL tells of limits in an answer that is well otherwise: of its own by a type, which was `RATE_LIMITED` once. */
export function pauseAfterErrors(answer: GithubAnswer, errors: readonly GraphqlError[], now: Instant): Pause | null {
  const isSecondary = errors.some(({ message = "" }) => secondary.test(message));
  if (!isSecondary && !errors.some(({ type = "" }) => /^RATE_LIMIT(ED)?$/.test(type))) return null;
  const stated = seconds(answer.headers["retry-after"]);
  if (stated !== null) return { until: now + within(stated * second), resources: both };
  if (isSecondary) return { until: now + unstatedPause, resources: both };
  return { until: endOfWindow(answer, now), resources: ["graphql"] };
}

function endOfWindow({ headers }: GithubAnswer, now: Instant): Instant {
  const reset = seconds(headers["x-ratelimit-reset"]);
  return now + (reset === null ? unstatedPause : within(reset * second - now));
}

/** What GitHub says of its own accord: nothing here is for people to see before it is made safe. */
export function messageOf(data: unknown): string {
  if (typeof data === "string") return data;
  if (typeof data !== "object" || data === null) return "";
  const message = "message" in data && typeof data.message === "string" ? data.message : "";
  const errors = "errors" in data && Array.isArray(data.errors) ? ` ${JSON.stringify(data.errors)}` : "";
  return message + errors;
}

function within(ms: number): number {
  return Math.min(longestPause, Math.max(second, ms));
}

function seconds(header: string | number | undefined): number | null {
  return /^\d{1,12}$/.test(String(header)) ? Number(header) : null;
}
