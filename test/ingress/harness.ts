/** A started ingress with a recorder behind it, and senders that speak to it through its front door. */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http";
import { pino } from "pino";
import { z } from "zod";
import type { BuildkiteEvent, GithubEvent } from "../../src/domain/event.ts";
import { buildkiteWebhook } from "../../src/ingress/buildkite.ts";
import type { BuildkiteAuth } from "../../src/ingress/buildkite-auth.ts";
import { debugRoute } from "../../src/ingress/debug.ts";
import { githubWebhook } from "../../src/ingress/github.ts";
import { healthRoutes, type Readiness } from "../../src/ingress/health.ts";
import { type IngressLimits, startIngress } from "../../src/ingress/server.ts";

const fixtures = new URL("../fixtures/buildkite/", import.meta.url);

const Signatures = z.object({ secret: z.string(), signatures: z.record(z.string(), z.string()) });
export const { secret, signatures } = Signatures.parse(JSON.parse(readFixture("SIGNATURES").toString()));

/** The moment at which the fixtures were signed, in seconds. */
export const signedAt = 1789985275;

export const webhook = "/buildkite/webhooks";
export const githubWebhookPath = "/github/webhooks";
export const githubAppId = 29310;
export const githubSecret = "github-webhook-secret";

/** The headers of a delivery of GitHub's. */
export function githubHeaders(event: string, raw: Buffer | string, { key = githubSecret, delivery = guid } = {}) {
  return {
    "content-type": "application/json",
    "x-github-event": event,
    "x-github-delivery": delivery,
    "x-hub-signature-256": `sha256=${createHmac("sha256", key).update(raw).digest("hex")}`,
  };
}

const guid = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

/** A fixture's exact bytes. */
export function readFixture(name: string): Buffer {
  return readFileSync(new URL(`${name}.json`, fixtures));
}

export function sign(raw: Buffer | string, { key = secret, timestamp = String(signedAt) } = {}): string {
  const digest = createHmac("sha256", key).update(`${timestamp}.`).update(raw).digest("hex");
  return `timestamp=${timestamp},signature=${digest}`;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Delivery {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer | string;
}

interface TestIngressOptions {
  readonly auth?: BuildkiteAuth;
  readonly record?: (event: BuildkiteEvent) => Promise<void>;
  readonly recordGithub?: (event: GithubEvent) => Promise<void>;
  readonly mask?: (text: string) => string;
  readonly now?: number;
  readonly githubSecrets?: readonly string[];
  readonly readiness?: () => Promise<Readiness>;
  readonly metrics?: () => Promise<string>;
  readonly debugPassword?: string | null;
  readonly describe?: (build: object) => Promise<unknown>;
  readonly limits?: Partial<IngressLimits>;
  readonly observe?: (path: string, status: number) => void;
}

export async function startTestIngress(options: TestIngressOptions = {}) {
  const events: BuildkiteEvent[] = [];
  const githubEvents: GithubEvent[] = [];
  const logLines: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => logLines.push(line) });
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });

  const buildkite = buildkiteWebhook({
    auth: options.auth ?? { mode: "signature", tokens: [secret] },
    clock: { now: () => options.now ?? signedAt * 1000 },
    record: options.record ?? (async (event) => void events.push(event)),
    mask: options.mask ?? ((text) => text),
    log,
  });
  const ingress = await startIngress({
    host: "127.0.0.1",
    port: 0,
    routes: [
      { method: "POST", path: webhook, handle: buildkite },
      {
        method: "POST",
        path: githubWebhookPath,
        handle: githubWebhook({
          secrets: options.githubSecrets ?? [],
          appId: githubAppId,
          record: options.recordGithub ?? (async (event) => void githubEvents.push(event)),
          log,
        }),
      },
      ...healthRoutes({
        readiness: options.readiness ?? (async () => ({ ready: true })),
        metrics: options.metrics ?? (async () => "up 1\n"),
      }),
      debugRoute({ password: options.debugPassword ?? null, describe: options.describe ?? (async () => null) }),
    ],
    limits: options.limits ?? {},
    log,
    observe: options.observe ?? (() => {}),
  });

  function send(path: string, delivery: Delivery = {}): Promise<Answer> {
    return sendTo(ingress.port, path, delivery, agent);
  }

  return {
    ...ingress,
    events,
    githubEvents,
    logLines,
    send,
    /** Posts to the Buildkite route as Buildkite would, correctly signed unless `headers` says otherwise. */
    deliver(body: Buffer | string, headers?: OutgoingHttpHeaders): Promise<Answer> {
      return send(webhook, { method: "POST", body, headers: headers ?? { "x-buildkite-signature": sign(body) } });
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await ingress.stop(0);
    },
  };
}

export function sendTo(port: number, path: string, delivery: Delivery, agent?: Agent): Promise<Answer> {
  const { method = "GET", headers = {}, body } = delivery;
  return new Promise((resolve, reject) => {
    const length =
      body === undefined || "transfer-encoding" in headers ? {} : { "content-length": Buffer.byteLength(body) };
    const outgoing = httpRequest({ host: "127.0.0.1", port, path, method, agent, headers: { ...length, ...headers } });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.end(body);
  });
}
