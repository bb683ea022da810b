/** The way from Slack to the app: signed requests to its request URL, and what it answers. */
import { createHmac } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Clock, Instant } from "../../src/clock.ts";

export interface AppOptions {
  /** The request URL for interactions, commands and events. */
  readonly url: string;
  readonly signingSecret: string;
  /** When requests are signed; default: the stand-in's own. */
  readonly clock?: Clock;
  /** How long the app may take; default: 3,000, as Slack allows. */
  readonly timeoutMs?: number;
}

export interface SentRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes that were signed. */
  readonly body: string;
}

export interface AppAnswer {
  readonly status: number;
  /** Decoded when it is JSON; null when there is none. */
  readonly body: unknown;
  /** From the first byte sent to the last received. */
  readonly ms: number;
  /** To be sent again with `resend`. */
  readonly request: SentRequest;
}

const defaultTimeoutMs = 3_000;
/** Exactly this: with a charset behind it, Bolt takes a form for JSON. */
const form = "application/x-www-form-urlencoded";

export class AppConnection {
  readonly #clock: Clock;
  #app: AppOptions | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  connect(app: AppOptions): void {
    this.#app = app;
  }

  /** `signedAt` instead of now: a request that was on its way for long, or comes from a wrong clock. */
  sendForm(fields: Readonly<Record<string, string>>, signedAt?: Instant): Promise<AppAnswer> {
    return this.#send(form, new URLSearchParams(fields).toString(), signedAt);
  }

  sendJson(value: unknown, signedAt?: Instant, headers: Readonly<Record<string, string>> = {}): Promise<AppAnswer> {
    return this.#send("application/json", JSON.stringify(value), signedAt, headers);
  }

  /** The same bytes with the same signature: a replay. */
  async resend(request: SentRequest): Promise<AppAnswer> {
    const { url, timeoutMs = defaultTimeoutMs } = this.#connected();
    const start = performance.now();
    const signal = AbortSignal.timeout(timeoutMs);
    const { status, text } = await post(url, request, signal).catch((cause: unknown) => {
      if (!signal.aborted) throw cause;
      throw new Error(`Cannot act in Slack: the app gave no answer within ${timeoutMs} ms`, { cause });
    });
    const body = text === "" ? null : decode(text);
    return { status, body, ms: performance.now() - start, request };
  }

  #send(
    type: string,
    body: string,
    signedAt?: Instant,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<AppAnswer> {
    const { signingSecret, clock = this.#clock } = this.#connected();
    const timestamp = String(Math.floor((signedAt ?? clock.now()) / 1000));
    return this.resend({
      headers: {
        "content-type": type,
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        accept: "*/*",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": signSlackRequest(signingSecret, timestamp, body),
        ...headers,
      },
      body,
    });
  }

  #connected(): AppOptions {
    if (this.#app === null) throw new Error("Cannot reach the app: its request URL is not known; call connect() first");
    return this.#app;
  }
}

/** `timestamp` in seconds. */
export function signSlackRequest(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
}

async function post(url: string, { headers, body }: SentRequest, signal: AbortSignal) {
  const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
  return { status: response.status, text: await response.text() };
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
