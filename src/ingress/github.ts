/** `POST /github/webhooks`: authenticate the raw bytes, read the event, record it, and only then say 200. */
import type { Logger } from "pino";
import type { GithubEvent } from "../domain/event.ts";
import { isUuid } from "../domain/ids.ts";
import { fullNameOf, type PullRef } from "../domain/pull.ts";
import { type Malformed, malformed } from "../malformed.ts";
import { StoreUnavailable } from "../state/unavailable.ts";
import { githubKeys, verifyGithub } from "./github-auth.ts";
import { readGithubDelivery } from "./github-payload.ts";
import { type IngressRequest, type Route, single, text, unavailable } from "./route.ts";

export interface GithubWebhookOptions {
  /** Several while a secret is being replaced; none switches the route off. */
  readonly secrets: readonly string[];
  /** Of the check runs that are ours. */
  readonly appId: number;
  /** Resolves when the event is stored for good; rejects with `StoreUnavailable` when it is not. */
  readonly record: (event: GithubEvent) => Promise<void>;
  readonly log: Logger;
}

const off = "The GitHub part is off: set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET of your GitHub App to turn it on.";

export function githubWebhook({ secrets, appId, record, log }: GithubWebhookOptions): Route {
  if (secrets.length === 0) return async () => text(404, off);
  // An empty key would make a signature that everybody can compute.
  if (secrets.includes("")) throw new Error("Cannot receive GitHub webhooks: a secret is empty; set WEBHOOK_SECRET");
  const keys = githubKeys(secrets);

  return async (request) => {
    const { body } = request;
    const authenticated = verifyGithub(body, single(request, "x-hub-signature-256"), keys);
    if (authenticated !== "good") {
      // Without credentials it is some scanner. Wrong ones are more likely a wrong setting: somebody should see it.
      const level = authenticated === "missing" ? "info" : "warn";
      log[level]({ reason: authenticated, status: 401 }, "Refused a GitHub webhook: not authenticated");
      return text(401, "Not authenticated.");
    }

    const headers = readHeaders(request);
    const { event, delivery } = headers;
    const outcome = "problem" in headers ? headers : readGithubDelivery(body, headers.event, { ...headers, appId });
    switch (outcome.kind) {
      case "malformed":
        log.warn({ event, delivery, problem: outcome.problem, status: 400 }, "Cannot read a GitHub webhook");
        return text(400, `Cannot read the webhook: ${outcome.problem}`);
      case "ignored":
        log.debug({ event, delivery, reason: outcome.reason, status: 200 }, "Ignored a GitHub webhook");
        return text(200, `ignored: ${outcome.reason}`);
      case "pull.changed":
      case "review.changed":
      case "comment.created":
      case "check.requested":
      case "commits.pushed":
      case "installation.changed": {
        try {
          await record(outcome);
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error;
          log.warn(
            { event, delivery, ...describeSubject(outcome), status: 503 },
            "Cannot store a GitHub webhook: the store is unavailable",
          );
          return unavailable("Cannot store the webhook now: the store is unavailable.");
        }
        if (log.isLevelEnabled("debug")) {
          log.debug({ event, delivery, ...describeSubject(outcome), status: 200 }, "Stored a GitHub webhook");
        }
        return text(200, "stored");
      }
    }
  };
}

interface Headers {
  readonly event: string;
  /** The same when GitHub sends the webhook again. */
  readonly delivery: string;
}

function readHeaders(request: IngressRequest): Headers | (Malformed & Partial<Headers>) {
  if (/^application\/x-www-form-urlencoded\b/i.test(single(request, "content-type") ?? "")) {
    return malformed("the body is a form; set the content type of the webhook to application/json.");
  }
  const event = single(request, "x-github-event");
  if (event === null || !/^\w{1,64}$/.test(event)) return malformed("X-GitHub-Event must name the event.");
  const delivery = single(request, "x-github-delivery");
  return isUuid(delivery) ? { event, delivery } : malformed("X-GitHub-Delivery must be a GUID.");
}

function describeSubject(event: GithubEvent): Readonly<Record<string, string | number>> {
  switch (event.kind) {
    case "pull.changed":
    case "review.changed":
      return { pull: pullName(event.pull) };
    case "comment.created":
      return { pull: pullName(event.comment.pull), comment: event.comment.id };
    case "check.requested":
      return { repository: fullNameOf(event.request.repository), what: event.request.what };
    case "commits.pushed":
      return { repository: fullNameOf(event.push.repository), head: event.push.head };
    case "installation.changed":
      return { organization: event.organization };
  }
}

function pullName(pull: PullRef): string {
  return `${fullNameOf(pull)}#${pull.number}`;
}
