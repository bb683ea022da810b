/** GitHub's limits: from an answer to how long nobody of ours may ask. */
import type { Instant } from "../clock.ts";
import type { GithubAnswer } from "./client.ts";

/** REST and GraphQL have a limit each; what GitHub calls secondary is for both. */
export type Resource = "rest" | "graphql";

export interface Pause {
  readonly until: Instant;
  readonly resources: readonly Resource[];
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

/** GraphQL tells of its limit in an answer that is well otherwise. */
export function endOfWindow({ headers }: GithubAnswer, now: Instant): Instant {
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
