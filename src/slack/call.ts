/**
 * One call to Slack's Web API, and what its failure means: whether it certainly had no effect (`SlackRefused`, or `Later`
 * when told to wait), or may have had one (`SlackUnclear`).
 */
import { WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from "@slack/web-api";
import type { Clock, Instant } from "../clock.ts";
import { Later } from "../later.ts";
import type { Metrics } from "../metrics.ts";
import type { SlackMethod } from "./manifest.ts";
import { silent } from "./silent.ts";

export type Call = (method: SlackMethod, args: Record<string, unknown>) => Promise<unknown>;

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
  /** Told how each call ended: null is well. */
  readonly saw?: (failure: unknown) => void;
}

/** How long to wait when Slack says that it was too much, but not for how long. */
const unstatedPauseSeconds = 30;

/** Slack's own way to say "some aspect of the operation may have succeeded". */
const unclearCodes = new Set(["fatal_error", "internal_error", "service_unavailable", "request_timeout"]);

export function createCall(options: SlackOptions): Call {
  const { clock, pauses, metrics, team, tokenOf, saw = () => undefined } = options;
  const pauseOf = (method: string): string => (team === null ? `slack:${method}` : `slack:${team}:${method}`);
  // No retries and no waiting inside: both belong to the engine, where they survive a restart.
  const web = new WebClient(undefined, {
    slackApiUrl: options.apiUrl,
    timeout: options.timeoutMs,
    fetch: fetchWithPause,
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
    const token = await tokenOf().catch((error: unknown) => {
      saw(error);
      throw error;
    });
    if (token === null) throw new SlackRefused(method, "account_inactive", " (Signalbox is not installed there)");
    try {
      const answer = await web.apiCall(method, { ...args, token });
      metrics.calls.inc({ service: "slack", method, result: "ok" });
      saw(null);
      return answer;
    } catch (error) {
      const failure = await explain(method, error);
      metrics.calls.inc({ service: "slack", method, result: failure.name });
      saw(failure);
      throw failure;
    }
  };
}

/**
 * A 429 means that nothing was done, whether it says for how long to wait or not; Slack's client takes one that does not
 * for an answer that tells nothing.
 */
async function fetchWithPause(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request);
  const stated = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  if (response.status !== 429 || stated >= 0) return response;
  await response.body?.cancel();
  return new Response(null, { status: 429, headers: { "retry-after": String(unstatedPauseSeconds) } });
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
