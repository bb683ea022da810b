/** `POST /github/webhooks`: verified, and so far of no consequence. */
import { verify } from "@octokit/webhooks-methods";
import type { Logger } from "pino";
import type { Ignored } from "../domain/event.ts";
import { type Route, single, text } from "./route.ts";

interface GithubWebhookOptions {
  /** Several while a secret is being replaced; none switches the route off. */
  readonly secrets: readonly string[];
  readonly log: Logger;
}

const off = "The GitHub part is off: set WEBHOOK_SECRET to the secret of your GitHub App's webhook to turn it on.";

export function githubWebhook({ secrets, log }: GithubWebhookOptions): Route {
  if (secrets.length === 0) return async () => text(404, off);

  return async (request) => {
    const signature = single(request, "x-hub-signature-256");
    if (signature === null || !(await isSigned(request.body, signature, secrets))) {
      log.warn({ status: 401 }, "Refused a GitHub webhook: not authenticated");
      return text(401, "Not authenticated.");
    }
    if (!isJsonObject(request.body)) {
      log.warn({ status: 400 }, "Cannot read a GitHub webhook: not a JSON object");
      return text(
        400,
        "Cannot read the webhook: the body must be a JSON object; set its content type to application/json.",
      );
    }
    const event =
      single(request, "x-github-event")
        ?.slice(0, 64)
        .replace(/[^\w.-]/g, "?") ?? null;
    const ignored: Ignored = { kind: "ignored", reason: "no GitHub event is handled yet" };
    log.debug({ event, reason: ignored.reason, status: 200 }, "Ignored a GitHub webhook");
    return text(200, `ignored: ${ignored.reason}`);
  };
}

/** Over the text of the raw body: bytes that are no UTF-8 give another text, and with it another signature. */
async function isSigned(body: Buffer, signature: string, secrets: readonly string[]): Promise<boolean> {
  const payload = body.toString("utf8");
  // `verify` throws on an empty argument instead of saying no.
  if (payload === "" || signature === "") return false;
  const results = await Promise.all(secrets.map((secret) => verify(secret, payload, signature)));
  return results.includes(true);
}

function isJsonObject(body: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
