/**
 * "Retry failed jobs" answers at once and makes the new jobs a moment later: until then the build looks as if nothing had
 * been asked. Held, that moment lasts as long as a test needs to look.
 */
import type { CommandJob } from "./command-job.ts";
import { retryRefusal } from "./refusals.ts";
import type { Person } from "./world.ts";

export class RetryQueue {
  readonly #queued = new Map<CommandJob, Person>();
  #held = false;

  /** Queues those that can be retried and are not queued yet. */
  add(jobs: readonly CommandJob[], by: Person): readonly CommandJob[] {
    const added = jobs.filter((job) => !this.#queued.has(job) && retryRefusal(job, "manual") === null);
    for (const job of added) this.#queued.set(job, by);
    return added;
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.run();
  }

  /** Leaves out what cannot be retried any more: somebody did so, or canceled the build. */
  run(): void {
    if (this.#held) return;
    const queued = [...this.#queued];
    this.#queued.clear();
    for (const [job, by] of queued) {
      if (retryRefusal(job, "manual") === null) job.retry({ by });
    }
  }
}
