/**
 * One call to Slack's Web API, and what its failure means: whether it certainly had no effect (`SlackRefused`, or `Later`
 * when told to wait), or may have had one (`SlackUnclear`).
 */
import { WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from "@slack/web-api";
import type { Clock, Instant } from "../clock.ts";
import { Later } from "../later.ts";
import type { Metrics } from "../metrics.ts";
import { silent } from "./silent.ts";

export type Call = (method: string, args: Record<string, unknown>) => Promise<unknown>;

/** Slack said no: the call had no effect. `code` is Slack's word. */
export class SlackRefused extends Error {
  readonly code: string;

  constructor(method: string, code: string, hint: string, options?: ErrorOptions) {
    super(`Slack refused ${method}: ${code}${hint}`, options);
    this.name = "SlackRefused";
    this.code = code;
  }
}

/** No answer, or one that does not tell: the call may have had its effect. */
export class SlackUnclear extends Error {
  constructor(method: string, options?: ErrorOptions) {
    super(`Slack did not answer ${method} clearly: it may have succeeded`, options);
    this.name = "SlackUnclear";
  }
}

/** Where the pauses that Slack asks for are kept, for all processes. */
export interface Pauses {
  until(service: string): Promise<Instant | null>;
  set(service: string, until: Instant, now: Instant): Promise<void>;
}

export interface SlackOptions {
  /** For the pauses: Slack's limits are a workspace's. null: home. */
  readonly team: string | null;
  /** Asked for each call; null: not installed there any more. */
  readonly tokenOf: () => Promise<string | null>;
  readonly apiUrl: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly pauses: Pauses;
  readonly metrics: Metrics;
}

/** Slack's own way to say "some aspect of the operation may have succeeded". */
const unclearCodes = new Set(["fatal_error", "internal_error", "service_unavailable", "request_timeout"]);

export function createCall(options: SlackOptions): Call {
  const { clock, pauses, metrics, team, tokenOf } = options;
  const pauseOf = (method: string): string => (team === null ? `slack:${method}` : `slack:${team}:${method}`);
  // No retries and no waiting inside: both belong to the engine, where they survive a restart.
  const web = new WebClient(undefined, {
    slackApiUrl: options.apiUrl,
    timeout: options.timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  });

  async function explain(method: string, error: unknown): Promise<Error> {
    if (error instanceof WebAPIRateLimitedError) {
      const until = clock.now() + Math.max(1, error.retryAfter) * 1000;
      await pauses.set(pauseOf(method), until, clock.now());
      return new Later(`Slack asked to wait with ${method}`, until, { cause: error });
    }
    if (error instanceof WebAPIPlatformError && !unclearCodes.has(error.data.error)) {
      const hint = error.data.response_metadata?.messages?.slice(0, 5).join("; ");
      return new SlackRefused(method, error.data.error, hint ? ` (${hint})` : "", { cause: error });
    }
    return new SlackUnclear(method, { cause: error });
  }

  return async (method, args) => {
    const pause = await pauses.until(pauseOf(method));
    if (pause !== null && pause > clock.now()) throw new Later(`Slack asked to wait with ${method}`, pause);
    const token = await tokenOf();
    if (token === null) throw new SlackRefused(method, "account_inactive", " (Signalbox is not installed there)");
    try {
      const answer = await web.apiCall(method, { ...args, token });
      metrics.calls.inc({ service: "slack", method, result: "ok" });
      return answer;
    } catch (error) {
      const failure = await explain(method, error);
      metrics.calls.inc({ service: "slack", method, result: failure.name });
      throw failure;
    }
  };
}

/** What a call gave, or null when Slack refuses it with one of these codes. */
export async function nullWhen(codes: readonly string[], call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof SlackRefused && codes.includes(error.code)) return null;
    throw error;
  }
}
