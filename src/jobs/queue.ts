/**
 * Triggers on BullMQ. A trigger says only which subject to look at; the mark in Redis is the truth, BullMQ the alarm
 * clock. One pending trigger per subject; one that comes while its job runs makes it run once more (keepLastIfActive).
 */
import { type JobsOptions, Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { Clock, Instant } from "../clock.ts";
import type { Organization } from "../domain/ids.ts";
import type { Mark } from "../state/marks.ts";
import { kindOf, markId } from "./subjects.ts";

export const queueName = "triggers";
/** The trigger that turns what is due into marks; all others are named by their job kind. */
export const wakeName = "wake";

export interface TriggerData {
  /** A mark's id; for `wake` an organisation. */
  readonly id: string;
}

export interface Triggers {
  fire(marks: readonly Mark[]): Promise<void>;
  /** For the sweep: fires those whose trigger was lost, and leaves alone what waits or runs. @returns how many. */
  refire(marks: readonly Mark[]): Promise<number>;
  /** Wakes at `at` to look for what is due. Too early or too often does no harm. */
  wakeAt(organization: Organization, at: Instant): Promise<void>;
}

export interface TriggerQueue extends Triggers {
  readonly queue: Queue<TriggerData>;
  close(): Promise<void>;
}

export interface QueueOptions {
  readonly connection: Redis;
  readonly prefix: string;
  readonly clock: Clock;
  /** Lower runs first. */
  readonly orderOf: (kind: NonNullable<ReturnType<typeof kindOf>>) => number;
}

/**
 * A job that fails settles that by itself, in its mark. What BullMQ sees fail is only a run that could not even do that,
 * because Redis went away: tried again soon, for minutes.
 */
const attempts: JobsOptions = { attempts: 100, backoff: { type: "fixed", delay: 500, jitter: 0.5 } };
/** BullMQ's words for a job that will still run. */
const alive = new Set(["waiting", "prioritized", "delayed", "active"]);
const kept: JobsOptions = { ...attempts, removeOnComplete: true, removeOnFail: { count: 100 } };

export function createQueue({ connection, prefix, clock, orderOf }: QueueOptions): TriggerQueue {
  const queue = new Queue<TriggerData>(queueName, { connection, prefix, skipWaitingForReady: true });
  queue.on("error", () => undefined); // The connection reports its own errors; without a listener this one would throw.

  const add = async (mark: Mark): Promise<void> => {
    const kind = kindOf(mark.subject);
    if (kind === null) return;
    const id = markId(mark);
    // BullMQ takes 0 as "before all priorities", so orders are moved up by one.
    const priority = orderOf(kind) + 1;
    await queue.add(kind, { id }, { ...kept, priority, deduplication: { id, keepLastIfActive: true } });
  };
  return {
    queue,
    async fire(marks) {
      await Promise.all(marks.map(add));
    },
    async refire(marks) {
      let lost = 0;
      for (const mark of marks) {
        const id = markId(mark);
        const pending = await queue.getDeduplicationJobId(id);
        const state = pending === null ? "unknown" : await queue.getJobState(pending);
        if (alive.has(state)) continue;
        await queue.removeDeduplicationKey(id);
        await add(mark);
        lost += 1;
      }
      return lost;
    },
    async wakeAt(organization, at) {
      const delay = Math.max(0, Math.ceil(at - clock.now()));
      // One per instant. A wake that came a little early asks for itself again while it is active: hence keepLastIfActive.
      const deduplication = { id: `wake|${organization}|${Math.ceil(at)}`, keepLastIfActive: true };
      await queue.add(wakeName, { id: organization }, { ...kept, delay, priority: 1, deduplication });
    },
    close: () => queue.close(),
  };
}
