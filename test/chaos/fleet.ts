/** Processes that are killed and started again, and a sender that comes again until it is answered with 200. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import type { Buildkite } from "../../sandbox/buildkite/index.ts";
import type { Delivery } from "../../sandbox/buildkite/webhooks.ts";
import { childEnv } from "../harness/child.ts";
import type { Order } from "./process.ts";

export class Fleet implements AsyncDisposable {
  readonly #order: Order;
  readonly #running: { readonly child: ChildProcess; readonly url: string }[] = [];
  kills = 0;

  constructor(order: Order) {
    this.#order = order;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [join(import.meta.dirname, "process.ts"), JSON.stringify(this.#order)], {
      stdio: ["pipe", "pipe", "inherit"],
      env: childEnv,
    });
    const lines = createInterface({ input: child.stdout });
    const died = once(child, "exit").then(([code]) =>
      Promise.reject(new Error(`Cannot start a process: exit ${code}`)),
    );
    const [url] = await Promise.race([once(lines, "line"), died]);
    died.catch(() => undefined);
    this.#running.push({ child, url: String(url) });
  }

  /** The one that was started first gets SIGKILL; another takes its place. */
  async crashOne(): Promise<void> {
    const victim = this.#running.shift();
    if (victim === undefined) throw new Error("Cannot kill: nothing runs");
    const gone = once(victim.child, "exit");
    victim.child.kill("SIGKILL");
    await gone;
    this.kills += 1;
    await this.start();
  }

  url(turn: number): string {
    return this.#running[turn % this.#running.length]?.url ?? "http://127.0.0.1:9";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#running.map(({ child }) => {
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        return gone;
      }),
    );
  }
}

/** @returns the statuses that were not 200; 0 for no answer. Every delivery got its 200 in the end. */
export async function sendUntilStored(
  buildkite: Buildkite,
  fleet: Fleet,
  deliveries: readonly Delivery[],
): Promise<number[]> {
  const refusals: number[] = [];
  let turn = 0;
  for (const delivery of deliveries) {
    for (;;) {
      turn += 1;
      const status = await post(fleet.url(turn), delivery, buildkite.headers(delivery));
      if (status === 200) break;
      refusals.push(status);
      // A sender's own pace, not a wait for the bot.
      await pause(20);
    }
  }
  return refusals;
}

async function post(url: string, { body }: Delivery, headers: Record<string, string>): Promise<number> {
  try {
    const answer = await fetch(`${url}/buildkite/webhooks`, {
      method: "POST",
      body,
      headers,
      signal: AbortSignal.timeout(3000),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
