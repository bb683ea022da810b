/** `POST /buildkite/webhooks`: authenticate the raw bytes, read the event, record it, and only then say 200. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { BuildkiteEvent } from "../domain/event.ts";
import { StoreUnavailable } from "../state/unavailable.ts";
import { type AuthResult, type BuildkiteAuth, verifyBuildkite } from "./buildkite-auth.ts";
import { readDelivery } from "./buildkite-payload.ts";
import { type Route, text, unavailable } from "./route.ts";

interface BuildkiteWebhookOptions {
  readonly auth: BuildkiteAuth;
  readonly clock: Clock;
  /** Resolves when the event is stored for good; rejects with `StoreUnavailable` when it is not. */
  readonly record: (event: BuildkiteEvent) => Promise<void>;
  /** Hides what looks like a secret in texts that are kept. */
  readonly mask: (text: string) => string;
  readonly log: Logger;
}

export function buildkiteWebhook({ auth, clock, record, mask, log }: BuildkiteWebhookOptions): Route {
  // An empty key would make a signature that everybody can compute.
  if (auth.tokens.length === 0 || auth.tokens.includes("")) {
    throw new Error("Cannot receive Buildkite webhooks: a token is missing or empty; set BUILDKITE_WEBHOOK_TOKEN");
  }

  return async ({ header, body }) => {
    const credentials = { signature: header("x-buildkite-signature"), token: header("x-buildkite-token") };
    const authenticated = verifyBuildkite(body, credentials, auth, clock.now());
    if (!authenticated.ok) {
      logRefusal(log, authenticated.reason);
      return text(401, "Not authenticated.");
    }

    const { name, outcome } = readDelivery(body, { mask });
    switch (outcome.kind) {
      case "malformed":
        log.warn({ event: name, problem: outcome.problem, status: 400 }, "Cannot read a Buildkite webhook");
        return text(400, `Cannot read the webhook: ${outcome.problem}`);
      case "ignored":
        log.debug({ event: name, reason: outcome.reason, status: 200 }, "Ignored a Buildkite webhook");
        return text(200, `ignored: ${outcome.reason}`);
      case "build.changed":
      case "job.changed":
      case "agent.changed": {
        try {
          await record(outcome);
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error;
          log.warn(
            { event: name, ...describeSubject(outcome), status: 503 },
            "Cannot store a Buildkite webhook: the store is unavailable",
          );
          return unavailable("Cannot store the webhook now: the store is unavailable.");
        }
        if (log.isLevelEnabled("debug")) {
          log.debug({ event: name, ...describeSubject(outcome), status: 200 }, "Stored a Buildkite webhook");
        }
        return text(200, "stored");
      }
    }
  };
}

/** Without credentials it is some scanner. Wrong ones are more likely a wrong setting: somebody should see it. */
function logRefusal(log: Logger, reason: Extract<AuthResult, { ok: false }>["reason"]): void {
  const level = reason === "missing" ? "info" : "warn";
  log[level]({ reason, status: 401 }, "Refused a Buildkite webhook: not authenticated");
}

function describeSubject(event: BuildkiteEvent): Readonly<Record<string, string>> {
  switch (event.kind) {
    case "build.changed":
      return { build: buildName(event.build) };
    case "job.changed":
      return { build: buildName(event.build), job: event.job.id };
    case "agent.changed":
      return { organization: event.organization, agent: event.agent.id };
  }
}

function buildName(build: {
  readonly organization: string;
  readonly pipeline: string;
  readonly number: number;
}): string {
  return `${build.organization}/${build.pipeline}#${build.number}`;
}
