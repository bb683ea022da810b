/** `POST /slack/events`: buttons, dialogs, commands, shortcuts and events, all on one address. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { json, type Reply, type Route, single, text } from "./route.ts";
import { verifySlack } from "./slack-auth.ts";

/** A request that is known to come from Slack. */
export interface SlackRequest {
  readonly body: Readonly<Record<string, unknown>>;
  /** The same for an exact repetition, which Slack itself never sends but for events. */
  readonly signature: string;
  readonly retry: { readonly number: number; readonly reason: string } | null;
}

interface SlackEventsOptions {
  /** Several while the secret is being replaced. */
  readonly signingSecrets: readonly string[];
  readonly clock: Clock;
  readonly receive: (request: SlackRequest) => Promise<Reply>;
  readonly log: Logger;
}

export function slackEvents({ signingSecrets, clock, receive, log }: SlackEventsOptions): Route {
  if (signingSecrets.length === 0 || signingSecrets.includes("")) {
    throw new Error("Cannot receive from Slack: a signing secret is empty; set SLACK_SIGNING_SECRET");
  }
  return async (request) => {
    const credentials = {
      signature: single(request, "x-slack-signature"),
      timestamp: single(request, "x-slack-request-timestamp"),
    };
    const now = clock.now();
    const authenticated = verifySlack(request.body, credentials, signingSecrets, now);
    if (!authenticated.ok) {
      // Slack's own look at the certificate comes unsigned, and wants to hear 200.
      if (authenticated.reason === "missing" && isCertificateCheck(request.body)) return text(200, "");
      const level = authenticated.reason === "missing" ? "info" : "warn";
      // Signed, but at another time: either it was captured, or one of the two clocks is wrong.
      const { timestamp } = credentials;
      const times = authenticated.reason === "stale" ? { signedAt: Number(timestamp) * 1000, receivedAt: now } : {};
      log[level](
        { reason: authenticated.reason, status: 401, ...times },
        "Refused a request to Slack's address: not authenticated",
      );
      return text(401, "Not authenticated.");
    }
    const body = readBody(request.body, single(request, "content-type") ?? "");
    if (body === null) {
      log.warn({ status: 400 }, "Cannot read a request from Slack");
      return text(400, "Cannot read the request: neither a form nor a JSON object.");
    }
    if (body.type === "url_verification") return json(200, { challenge: String(body.challenge) });
    if (body.ssl_check === "1") return text(200, "");
    const number = Number(single(request, "x-slack-retry-num"));
    const retry = number > 0 ? { number, reason: single(request, "x-slack-retry-reason") ?? "" } : null;
    return receive({ body, signature: authenticated.signature, retry });
  };
}

function isCertificateCheck(raw: Buffer): boolean {
  return raw.length < 1000 && new URLSearchParams(raw.toString("utf8")).get("ssl_check") === "1";
}

/** Interactions are JSON in a form's field `payload`, commands are the form itself, events are JSON. */
function readBody(raw: Buffer, contentType: string): Record<string, unknown> | null {
  const content = raw.toString("utf8");
  if (!contentType.startsWith("application/x-www-form-urlencoded")) return parseObject(content);
  const form = new URLSearchParams(content);
  const payload = form.get("payload");
  return payload === null ? Object.fromEntries(form) : parseObject(payload);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
