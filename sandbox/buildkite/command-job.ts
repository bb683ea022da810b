/** The life of a job that runs a command. Each attempt is a job of its own, with its own id, and can be retried once. */
import type { Instant } from "../../src/clock.ts";
import { CommandJobRecord, type CommandJobState as JobState } from "./command-job-record.ts";
import { agentEvent, jobEvent } from "./events.ts";
import { mustNotBeRefused, retryRefusal } from "./refusals.ts";
import type { Person } from "./world.ts";

export interface FailOptions {
  readonly softFailed?: boolean;
  /** An automatic retry follows, so the build does not go failing. */
  readonly retryable?: boolean;
  /** What the command printed last. */
  readonly log?: string;
}

export class CommandJob extends CommandJobRecord {
  // The verbs walk through the states before theirs: a new job may `fail()` at once.

  schedule(): this {
    if (this.state === "scheduled" || this.state === "running") return this;
    this.#require("schedule", "pending", "waiting");
    this.build.requireOpen(`schedule job ${this.name ?? this.command} of`);
    if (this.build.state === "scheduled") this.build.start();
    this.state = "scheduled";
    this.runnableAt = this.#now();
    this.announce("job.scheduled");
    return this;
  }

  start(): this {
    if (this.state === "running") return this;
    this.schedule();
    this.state = "running";
    this.startedAt = this.#now();
    this.agent = this.build.world.takeAgent();
    this.build.checkOut();
    this.log.printStart(this.command, this.startedAt);
    this.announce("job.started");
    return this;
  }

  print(text: string): this {
    this.log.print(text, this.#now());
    return this;
  }

  /** Announces how the command will end while it still runs. The promise binds, also when the command then exits with 0. */
  promise(exitStatus: number, reason: string | null = null): this {
    this.start();
    this.promised = { exitStatus, at: this.#now(), reason };
    this.announce("job.promised_exit_status");
    return this;
  }

  pass(): this {
    this.start();
    this.exitStatus = 0;
    const broken = this.promised !== null && this.promised.exitStatus !== 0;
    return broken ? this.#endBadly("failed", {}) : this.#end("passed", false);
  }

  fail(options: FailOptions & { readonly exitStatus?: number | null; readonly signal?: string } = {}): this {
    this.start();
    this.exitStatus = options.exitStatus === undefined ? 1 : options.exitStatus;
    this.signal = options.signal ?? null;
    if (options.log !== undefined) this.print(options.log);
    this.log.printFailure(this.exitStatus ?? -1, this.#now());
    return this.#endBadly("failed", options);
  }

  timeOut(options: FailOptions = {}): this {
    this.start();
    this.#killed();
    if (options.log !== undefined) this.print(options.log);
    return this.#endBadly("timed_out", options);
  }

  /** No agent ever took it. */
  expire(options: FailOptions = {}): this {
    this.schedule();
    this.#require("expire", "scheduled");
    this.expiredAt = this.#now();
    return this.#endBadly("expired", options);
  }

  loseAgent(options: FailOptions = {}): this {
    this.start();
    const { agent } = this;
    if (agent !== null) {
      agent.lostAt = this.#now();
      this.build.world.emit("agent.lost", () => agentEvent("agent.lost", this.build.world, agent, this));
    }
    this.exitStatus = -1;
    return this.#endBadly("failed", options);
  }

  cancel(options: FailOptions = {}): this {
    this.#require("cancel", "pending", "waiting", "scheduled", "running");
    if (this.state === "running") this.#killed();
    return this.#endBadly("canceled", options);
  }

  /** By configuration it was never to run here. Nothing is announced. */
  breaks(reason = "conditional_failed"): this {
    this.#require("break", "pending", "waiting");
    this.state = "broken";
    this.brokenReason = reason;
    return this;
  }

  /** It will never run, as what it waits for has failed. Nothing is announced. */
  waitingFailed(): this {
    this.#require("give up", "pending", "waiting");
    this.state = "waiting_failed";
    return this;
  }

  /** The next attempt; a build that was over runs again. */
  retry(options: { readonly type?: "manual" | "automatic"; readonly by?: Person } = {}): CommandJob {
    const { type = "manual", by } = options;
    mustNotBeRefused(`retry job ${this.name ?? this.command}`, retryRefusal(this, type));
    const user = by === undefined ? null : this.build.world.user(by);
    const next = new CommandJob(this.build, this.name, this.options, { job: this, type, by: user });
    this.retriedIn = { job: next, type, by: user };
    this.build.jobRetried();
    return this.build.add(next).schedule();
  }

  announce(event: string): void {
    this.build.world.emit(event, () => jobEvent(event, this));
  }

  #endBadly(state: JobState, options: FailOptions): this {
    this.softFailed = options.softFailed ?? (this.options.softFail === true && state !== "canceled");
    return this.#end(state, options.retryable === true);
  }

  #end(state: JobState, retryable: boolean): this {
    this.state = state;
    this.finishedAt = this.#now();
    if (this.agent !== null) this.build.world.returnAgent(this.agent);
    this.build.jobEnded(this, retryable);
    return this;
  }

  #killed(): void {
    this.exitStatus = -1;
    this.signal = "SIGTERM";
    this.signalReason = "cancel";
  }

  #now(): Instant {
    return this.build.world.clock.now();
  }

  #require(action: string, ...states: readonly JobState[]): void {
    if (states.includes(this.state)) return;
    const name = this.name ?? this.command;
    throw new Error(`Cannot ${action} job ${name}: it is ${this.state}; it must be ${states.join(" or ")}`);
  }
}
