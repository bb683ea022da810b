/** The notification service: what is to be told waits in the outbox until somebody has it sent, in whatever order. */
import { createHmac } from "node:crypto";
import { Agent } from "node:http";
import type { Clock } from "../../src/clock.ts";
import { post, type WebhookAnswer } from "../post.ts";
import type { Ids } from "./ids.ts";
import { padded } from "./padding.ts";

export interface WebhookOptions {
  readonly url: string;
  readonly token: string;
  /** Default: signature. */
  readonly mode?: "signature" | "token";
  /** Names of the events it wants. Default: all. */
  readonly events?: readonly string[];
}

export interface Delivery {
  readonly event: string;
  /** The exact bytes, as UTF-8. */
  readonly body: string;
  /** The body as it would be written now: Buildkite may send a later version than the one that caused the event. */
  readonly render: () => string;
}

/** Seen in a request log of Buildkite; it is not documented. */
const timeoutMs = 5_000;

export class Webhooks {
  readonly outbox: Delivery[] = [];
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #padTo: number;
  readonly #agent = new Agent({ keepAlive: true });
  #target: WebhookOptions | null = null;

  constructor(clock: Clock, ids: Ids, padTo: number) {
    this.#clock = clock;
    this.#ids = ids;
    this.#padTo = padTo;
  }

  connect(target: WebhookOptions): void {
    this.#target = target;
  }

  get url(): string {
    return this.#connected("name the webhook").url;
  }

  emit(event: string, payload: () => object): void {
    const events = this.#target?.events;
    if (events !== undefined && !events.includes(event)) return;
    const render = () => padded(payload(), this.#padTo);
    this.outbox.push({ event, body: render(), render });
  }

  take(): Delivery[] {
    return this.outbox.splice(0);
  }

  /** Of a request that is dispatched now: the signature covers this moment, not that of the event. */
  headers(delivery: Delivery): Record<string, string> {
    const { token, mode = "signature" } = this.#connected("sign a webhook");
    const headers = {
      "Content-Type": "application/json",
      "User-Agent": "Buildkite-Request",
      "X-Buildkite-Event": delivery.event,
      "X-Buildkite-Request": this.#ids.next("request"),
    };
    if (mode === "token") return { ...headers, "X-Buildkite-Token": token };
    return { ...headers, "X-Buildkite-Signature": sign(delivery.body, token, this.#clock) };
  }

  /** Rejects when there is no answer at all. */
  send(delivery: Delivery): Promise<WebhookAnswer> {
    const { url } = this.#connected("send a webhook");
    return post({ url, headers: this.headers(delivery), body: delivery.body, agent: this.#agent, timeoutMs });
  }

  /** Sends all in order. What got any answer has left the outbox; what got none is still its first, and this rejects. */
  async deliver(): Promise<number[]> {
    const statuses: number[] = [];
    for (let next = this.outbox.shift(); next !== undefined; next = this.outbox.shift()) {
      try {
        const { status } = await this.send(next);
        statuses.push(status);
      } catch (error) {
        this.outbox.unshift(next);
        throw error;
      }
    }
    return statuses;
  }

  stop(): void {
    this.#agent.destroy();
  }

  #connected(action: string): WebhookOptions {
    if (this.#target === null) throw new Error(`Cannot ${action}: there is no webhook; call connect() first`);
    return this.#target;
  }
}

export function sign(body: string, token: string, clock: Clock): string {
  const timestamp = Math.floor(clock.now() / 1000);
  const signature = createHmac("sha256", token).update(`${timestamp}.${body}`).digest("hex");
  return `timestamp=${timestamp},signature=${signature}`;
}
