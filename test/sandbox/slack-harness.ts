import { LogLevel, WebAPIPlatformError, WebClient } from "@slack/web-api";
import { type SlackOptions, type SlackStandIn, startSlack } from "../../sandbox/slack/index.ts";

export const blocks = [{ type: "section", text: { type: "mrkdwn", text: "*Build #1* failed" } }];
export const metadata = { event_type: "signalbox_alert", event_payload: { alert: "a1", v: 1 } };
export const ada = { id: "U0ADA", name: "ada", email: "Ada@example.com" };
export const silent = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

export function clientOf(url: string, token: string, timeout = 10_000): WebClient {
  const limits = { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout };
  return new WebClient(token, { slackApiUrl: url, ...limits, logger: silent });
}

/** A workspace with one channel and one person in it, and a client for it. */
export async function start(options: SlackOptions = {}) {
  const slack = await startSlack({ users: [ada], channels: [{ id: "C1", name: "ci" }], ...options });
  return { slack, web: clientOf(slack.url, slack.token), [Symbol.asyncDispose]: slack.stop };
}

export async function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => null,
    (reason: unknown) => reason,
  );
}

/** Slack's answer to a call that it refuses. */
export async function refusal(call: Promise<unknown>): Promise<object & { readonly error: string }> {
  const error = await failure(call);
  if (error instanceof WebAPIPlatformError) return error.data;
  throw new Error("Cannot take this for a refusal: Slack gave no error code", { cause: error });
}

export async function refused(call: Promise<unknown>): Promise<unknown> {
  return (await refusal(call)).error;
}

export function texts(slack: SlackStandIn, channel = "C1"): readonly string[] {
  return slack.channel(channel).messages.map((message) => message.text);
}
