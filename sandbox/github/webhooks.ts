/**
 * The app's webhook: what is to be told waits in the outbox until somebody has it sent, in whatever order. GitHub tries
 * once. What came of it is kept, and `attempts` in the API sends the same again.
 */
import { createHmac } from "node:crypto";
import { Agent } from "node:http";
import type { Clock, Instant } from "../../src/clock.ts";
import { post, type WebhookAnswer } from "../post.ts";
import type { Ids } from "./ids.ts";
import { time } from "./json.ts";
import type { Emit } from "./world.ts";

/** As long as GitHub waits for an answer. */
const timeoutMs = 10_000;

export interface WebhookOptions {
  readonly url: string;
  readonly secret: string;
}

export interface Delivery {
  /** Names what happened: a redelivery has the same. */
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  /** The exact bytes, as UTF-8. */
  readonly body: string;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly redelivery: boolean;
}

/** One try to deliver, as the API lists it. */
export interface Attempt extends Delivery {
  readonly id: number;
  readonly deliveredAt: Instant;
  readonly status: string;
  readonly statusCode: number;
  readonly answer: string;
}

const hookId = 411_000_001;
const noAnswer = { status: 502, body: "" };

/** What only the app itself hears of, without subscribing. */
const always = ["installation", "installation_repositories", "ping"];

export class Webhooks {
  readonly outbox: Delivery[] = [];
  /** In the order of their ends. */
  readonly attempts: Attempt[] = [];
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #appId: number;
  readonly #events: readonly string[];
  readonly #agent = new Agent({ keepAlive: true });
  /** Taken and not sent: to GitHub, they failed. */
  readonly #taken = new Set<Delivery>();
  #target: WebhookOptions | null = null;

  constructor(clock: Clock, ids: Ids, app: { readonly id: number; readonly events: readonly string[] }) {
    this.#clock = clock;
    this.#ids = ids;
    this.#appId = app.id;
    this.#events = app.events;
  }

  connect(target: WebhookOptions): void {
    this.#target = target;
  }

  get url(): string {
    return this.#connected("name the webhook").url;
  }

  emit(told: Parameters<Emit>[0]): void {
    const { event, action, installation, repository, payload } = told;
    // Nobody listens yet: what happens now was there before the story.
    if (this.#target === null) return;
    if (!this.#events.includes(event) && !always.includes(event)) return;
    this.outbox.push({
      guid: this.#ids.guid(),
      event,
      action,
      body: JSON.stringify(payload),
      installationId: installation?.id ?? null,
      repositoryId: repository?.id ?? null,
      redelivery: false,
    });
  }

  ping(sender: object): void {
    const payload = {
      zen: "Non-blocking is better than blocking.",
      hook_id: hookId,
      hook: this.#hookJson(),
      ...sender,
    };
    this.emit({ event: "ping", action: null, installation: null, repository: null, payload });
  }

  /** For tests that shuffle, repeat or lose deliveries. What is then not sent has failed, as far as GitHub knows. */
  take(): Delivery[] {
    const taken = this.outbox.splice(0);
    for (const delivery of taken) {
      this.#taken.add(delivery);
      this.#keep(delivery, noAnswer, "failed to connect to host");
    }
    return taken;
  }

  headers(delivery: Delivery): Record<string, string> {
    const { secret } = this.#connected("sign a webhook");
    const digest = (algorithm: string) => createHmac(algorithm, secret).update(delivery.body).digest("hex");
    return {
      Accept: "*/*",
      "Content-Type": "application/json",
      "User-Agent": "GitHub-Hookshot/044aadd",
      "X-GitHub-Delivery": delivery.guid,
      "X-GitHub-Event": delivery.event,
      "X-GitHub-Hook-ID": String(hookId),
      "X-GitHub-Hook-Installation-Target-ID": String(this.#appId),
      "X-GitHub-Hook-Installation-Target-Type": "integration",
      "X-Hub-Signature": `sha1=${digest("sha1")}`,
      "X-Hub-Signature-256": `sha256=${digest("sha256")}`,
    };
  }

  /** @returns 502 when there is no answer, as GitHub has it in its list. */
  async send(delivery: Delivery): Promise<WebhookAnswer> {
    const { url } = this.#connected("send a webhook");
    if (this.#taken.delete(delivery)) {
      const failed = this.attempts.findLastIndex(({ guid, redelivery }) => guid === delivery.guid && !redelivery);
      this.attempts.splice(failed, 1);
    }
    try {
      const answer = await post({
        url,
        headers: this.headers(delivery),
        body: delivery.body,
        agent: this.#agent,
        timeoutMs,
      });
      const ok = answer.status >= 200 && answer.status < 300;
      this.#keep(delivery, answer, ok ? "OK" : `Invalid HTTP Response: ${answer.status}`);
      return answer;
    } catch {
      this.#keep(delivery, noAnswer, "failed to connect to host");
      return noAnswer;
    }
  }

  /** Sends all in order, whatever comes of each. @returns the statuses. */
  async deliver(): Promise<number[]> {
    const statuses: number[] = [];
    for (let next = this.outbox.shift(); next !== undefined; next = this.outbox.shift()) {
      statuses.push((await this.send(next)).status);
    }
    return statuses;
  }

  /** Somebody asked for it: the same again waits in the outbox. */
  redeliver({ guid, event, action, body, installationId, repositoryId }: Attempt): void {
    this.outbox.push({ guid, event, action, body, installationId, repositoryId, redelivery: true });
  }

  stop(): void {
    this.#agent.destroy();
  }

  #keep(delivery: Delivery, { status: statusCode, body: answer }: WebhookAnswer, status: string): void {
    const id = this.#ids.next("delivery");
    this.attempts.push({ ...delivery, id, deliveredAt: this.#clock.now(), status, statusCode, answer });
  }

  #hookJson(): object {
    const now = time(this.#clock.now());
    return {
      type: "App",
      id: hookId,
      name: "web",
      active: true,
      events: this.#events,
      config: { content_type: "json", insecure_ssl: "0", secret: "********", url: this.url },
      updated_at: now,
      created_at: now,
      app_id: this.#appId,
      deliveries_url: "https://api.github.com/app/hook/deliveries",
    };
  }

  #connected(action: string): WebhookOptions {
    if (this.#target === null) throw new Error(`Cannot ${action}: there is no webhook; call connect() first`);
    return this.#target;
  }
}
