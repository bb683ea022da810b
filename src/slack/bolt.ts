/**
 * Bolt behind our own HTTP server. Verification, limits and draining are the server's, as for everybody who sends to us;
 * Bolt finds the listener. Slack is answered before any of the work begins, for it waits three seconds at the most; only
 * a dialog waits for its listener, whose answer is what the dialog shows next.
 */
import { App, type Authorize, type Logger as BoltLogger, LogLevel, type Receiver } from "@slack/bolt";
import type { Logger } from "pino";
import { json, type Reply, text } from "../ingress/route.ts";
import type { SlackRequest } from "../ingress/slack.ts";

interface BoltOptions {
  readonly authorize: Authorize<boolean>;
  /** Adds the listeners. */
  readonly listen: (app: App) => void;
  /** Work that failed after Slack was answered: the person has to be told. */
  readonly failed: (body: Readonly<Record<string, unknown>>, error: Error) => Promise<void>;
  /** False: this very request was worked on before. */
  readonly isFirst: (request: SlackRequest) => Promise<boolean>;
  readonly log: Logger;
}

export interface BoltApp {
  receive(request: SlackRequest): Promise<Reply>;
  /** Ends when nothing is being worked on, or after the grace. */
  drain(graceMs: number): Promise<void>;
}

const answered = text(200, "");
const silence: Reply = { ...answered, body: "" };
/** Slack asks the person to try again, and keeps what they filled in. */
const unavailable = text(503, "Cannot do that now: try again.");

/** How Slack is answered; only the first counts. */
interface Answer {
  readonly ack: (response?: unknown) => Promise<void>;
  /** Before the person is told in other ways, which may take longer than Slack waits. */
  readonly fail: () => void;
}

const answeredAlready: Answer = { ack: async () => undefined, fail: () => undefined };

export function createBolt({ authorize, listen, failed, isFirst, log }: BoltOptions): BoltApp {
  const receiver: Receiver = { init: () => undefined, start: async () => undefined, stop: async () => undefined };
  const app = new App({ receiver, authorize, convoStore: false, logger: boltLog(log) });
  app.error(async (error) => {
    throw error;
  });
  listen(app);

  const working = new Set<Promise<void>>();
  function track(work: Promise<void>): void {
    working.add(work);
    void work.finally(() => working.delete(work));
  }

  async function work(request: SlackRequest, { ack, fail }: Answer): Promise<void> {
    const { body, retry } = request;
    try {
      if (!(await isFirst(request))) return;
      await app.processEvent({
        body: { ...body },
        ack,
        ...(retry !== null && { retryNum: retry.number, retryReason: retry.reason }),
      });
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      fail();
      await failed(body, error);
    }
  }

  return {
    async receive(request) {
      if (!isDialog(request)) {
        track(work(request, answeredAlready));
        return silence;
      }
      const { promise, resolve } = Promise.withResolvers<Reply>();
      const worked = work(request, {
        ack: async (response) => resolve(response === undefined || response === "" ? silence : json(200, response)),
        fail: () => resolve(unavailable),
      });
      track(worked);
      // A replay has no answer of its own.
      void worked.then(() => resolve(silence));
      return promise;
    },
    async drain(graceMs) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const cutOff = setTimeout(resolve, graceMs);
      await Promise.race([Promise.allSettled([...working]), promise]);
      clearTimeout(cutOff);
    },
  };
}

function isDialog({ body }: SlackRequest): boolean {
  return body.type === "view_submission";
}

/** Bolt logs whole payloads at debug level: only what it warns of is passed on, and errors come to `failed`. */
function boltLog(log: Logger): BoltLogger {
  const nothing = (): void => undefined;
  return {
    debug: nothing,
    info: nothing,
    warn(...parts) {
      const said = parts.map(String).join(" ").slice(0, 300);
      // This one is an error besides, and says less.
      if (!said.startsWith("Authorization of")) log.warn({ bolt: said }, "Bolt warned");
    },
    error: nothing,
    setLevel: nothing,
    setName: nothing,
    getLevel: () => LogLevel.WARN,
  };
}
