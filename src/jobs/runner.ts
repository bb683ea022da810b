/** Runs one job for one mark: take the mark, take the lock, run, take the mark away. */
import type { Logger } from "pino";
import type { Clock, Instant } from "../clock.ts";
import type { Organization } from "../domain/ids.ts";
import { Hopeless, Later } from "../later.ts";
import type { Metrics } from "../metrics.ts";
import type { Locks } from "../state/lock.ts";
import type { Mark, Marks, Taken } from "../state/marks.ts";
import type { Job, Tools } from "./job.ts";
import type { Triggers } from "./queue.ts";
import { codecs, inKind, type JobKind, kindOf, partsOf } from "./subjects.ts";

export type JobTable = { readonly [K in JobKind]: Job<K> };

export interface RunnerOptions {
  readonly jobs: JobTable;
  readonly tools: Tools;
  readonly marks: Marks;
  readonly triggers: Triggers;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** 0 to 1: spreads the retries of many subjects. */
  readonly random: () => number;
  /** How long a subject waits after failing again and again. */
  readonly longestBackoffMs: number;
}

export type RunResult = "done" | "nothing" | "later" | "failed" | "dead";

/** About a day of tries, most of them a minute apart: an outage of Slack must not cost an alert. */
export const maxAttempts = 1500;
/** In a row: a run that takes its process down is not a thing to repeat for a day. */
export const mostDeaths = 10;
const firstBackoffMs = 500;

/** Doubles from half a second, with jitter: at least half of the full wait. */
function backoff(attempt: number, longestMs: number, random: number): number {
  const full = Math.min(longestMs, firstBackoffMs * 2 ** Math.min(attempt - 1, 20));
  return full * (0.5 + random / 2);
}

/** The first four, the eighth, the sixteenth, …: a service that is away for a day is not a thousand pieces of news. */
function isNews(attempt: number): boolean {
  return attempt < 4 || Number.isInteger(Math.log2(attempt));
}

export function createRunner(options: RunnerOptions): (mark: Mark) => Promise<RunResult> {
  const { jobs, tools, marks, triggers, locks, clock, metrics } = options;

  async function work<K extends JobKind>(kind: K, taken: Taken, log: Logger): Promise<void> {
    const job: JobTable[K] = jobs[kind];
    const subject = codecs[kind].parse(taken.organization, partsOf(taken.subject));
    if (!job.locked) return job.run(subject, tools, { log, signal: new AbortController().signal });
    const lock = job.locked === true ? taken.subject : inKind(taken.subject, job.locked);
    await locks.hold(taken.organization, lock, ({ signal, fence }) =>
      job.run(subject, tools, { log: fence === null ? log : log.child({ fence }), signal }),
    );
  }

  async function postpone(taken: Taken, at: Instant, why: "failed" | "forgiven"): Promise<void> {
    await marks.postpone(taken, at, why);
    await triggers.wakeAt(taken.organization, at);
  }

  async function giveUp(taken: Taken, error: Error, log: Logger): Promise<RunResult> {
    const why = { at: clock.now(), attempts: taken.attempt, error: error.message.slice(0, 500) };
    const again = await marks.giveUp(taken, why);
    log.error({ err: error, attempts: taken.attempt }, "job given up");
    if (again) await triggers.fire([taken]);
    return "dead";
  }

  async function settle(taken: Taken, error: unknown, log: Logger): Promise<RunResult> {
    if (error instanceof Later) {
      log.debug({ reason: error.message, at: error.at }, "job postponed");
      await postpone(taken, error.at, "forgiven");
      return "later";
    }
    const cause = error instanceof Error ? error : new Error(String(error));
    if (cause instanceof Hopeless || taken.attempt >= maxAttempts) return giveUp(taken, cause, log);
    const wait = backoff(taken.attempt, options.longestBackoffMs, options.random());
    log[isNews(taken.attempt) ? "warn" : "debug"](
      { err: cause, attempt: taken.attempt, retryInMs: Math.round(wait) },
      "job failed",
    );
    await postpone(taken, clock.now() + wait, "failed");
    return "failed";
  }

  /**
   * A run that died may have marked what it did not live to fire, and a standing mark is not fired by marking it again.
   * Only after a death: this looks at all that waits, which under load is much.
   */
  async function fireOrphans(organization: Organization): Promise<void> {
    const waiting = await marks.waiting(organization);
    await triggers.refire(waiting.filter(({ due }) => due === null));
  }

  return async function run(mark) {
    const kind = kindOf(mark.subject);
    if (kind === null) return "nothing";
    const taken = await marks.take(mark);
    if (taken === null) return "nothing";
    const log = options.log.child({ job: kind, organization: mark.organization, subject: mark.subject });
    const end = metrics.jobSeconds.startTimer({ job: kind });
    let result: RunResult;
    try {
      if (taken.deaths > mostDeaths) return await giveUp(taken, new Error("its process died each time it ran"), log);
      await work(kind, taken, log);
      if (taken.deaths > 0) await fireOrphans(taken.organization);
      result = "done";
      if (await marks.finish(taken, clock.now())) await triggers.fire([taken]);
    } catch (error) {
      result = await settle(taken, error, log);
    }
    end({ result });
    return result;
  };
}
