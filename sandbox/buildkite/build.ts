/** The life of a build. Its verbs are what people and agents do; each announces the webhooks that Buildkite would send. */
import { ada, type BuildOptions, BuildRecord, type BuildState } from "./build-record.ts";
import { CommandJob } from "./command-job.ts";
import type { CommandJobOptions } from "./command-job-record.ts";
import { buildEvent } from "./events.ts";
import { BlockJob, type BlockOptions, TriggerJob, type TriggerOptions, WaitJob } from "./jobs.ts";
import { failedHard, isUnfinished, type Job, nameOf, stateOf } from "./outcome.ts";
import { cancelRefusal, mustNotBeRefused, rebuildRefusal } from "./refusals.ts";
import type { Person } from "./world.ts";

export class Build extends BuildRecord {
  job(name: string | null, options: CommandJobOptions = {}): CommandJob {
    return this.add(new CommandJob(this, name, options));
  }

  trigger(name: string, options: TriggerOptions): TriggerJob {
    return this.add(new TriggerJob(this, name, options));
  }

  wait(): WaitJob {
    return this.add(new WaitJob(this));
  }

  start(): this {
    this.#require("start", "scheduled");
    this.state = "running";
    this.startedAt = this.world.clock.now();
    return this.announce("build.running");
  }

  /** Happens by itself at the first hard failure that is not retried automatically, while other jobs still run. */
  failing(): this {
    this.#require("call failing", "running");
    this.#turnFailing();
    return this.announce("build.failing");
  }

  /**
   * The outcome follows from the jobs. Jobs behind a failed wait step become its casualties; a block step that was
   * closed before a retry woke the build holds it again.
   */
  finish(): this {
    if (this.state === "scheduled") this.start();
    this.#require("finish", "running", "failing");
    this.#requireIdle("finish");
    const gate = this.jobs.find((job) => job.type === "manual" && job.state === "blocked");
    if (gate?.type === "manual") return this.#hold(gate);
    const outcome = this.jobs.some(failedHard) ? "failed" : "passed";
    for (const job of this.jobs) {
      if (job.type !== "script" || job.state !== "waiting") continue;
      if (outcome === "passed") throw new Error(`Cannot finish ${this.name}: ${nameOf(job)} still waits; start it`);
      job.waitingFailed();
    }
    return this.#end(outcome, "build.finished");
  }

  /** A block step holds the build: Buildkite says `build.finished`, though nothing is decided. */
  block(label = ":hand: Go on?", options: BlockOptions = {}): BlockJob {
    if (this.state === "scheduled") this.start();
    this.#require("block", "running", "failing");
    this.#requireIdle("block");
    const step = this.add(new BlockJob(this, label, options));
    this.#hold(step);
    return step;
  }

  unblock(by: Person = ada): this {
    const step = this.blocked;
    if (step === null) throw new Error(`Cannot unblock ${this.name}: it is ${this.state}; block it first`);
    this.#resume();
    step.unblock(this.world.user(by));
    return this.announce("build.running");
  }

  /** Nobody is named as the one who canceled. Agents obey at once here; in truth they have a grace period. */
  cancel(options: { readonly reason?: string } = {}): this {
    mustNotBeRefused(`cancel ${this.name}`, cancelRefusal(this));
    this.blocked = null;
    this.cancelReason = options.reason ?? null;
    this.state = "canceling";
    for (const job of this.jobs) {
      if (job.type !== "script" && job.type !== "trigger") continue;
      if (isUnfinished(job) || job.state === "waiting") job.cancel();
    }
    return this.#end("canceled", "build.finished");
  }

  /** A newer build of the branch took its place in the queue. */
  skip(): this {
    this.#require("skip", "scheduled");
    return this.#end("skipped", "build.skipped");
  }

  /** All its steps were filtered out. */
  notRun(): this {
    this.#require("call not run", "scheduled", "running");
    this.#requireIdle("call not run");
    return this.#end("not_run", "build.finished");
  }

  /** A new build of the same commit; message, environment and pull request are as they were, meta-data is not copied. */
  rebuild(options: { readonly by?: Person; readonly source?: "ui" | "api" } = {}): Build {
    mustNotBeRefused(`rebuild ${this.name}`, rebuildRefusal(this));
    const { by = this.creator, source = "ui" } = options;
    const { metaData: _, ...same } = this.options;
    const { branch, commit, message, author } = this;
    const again: BuildOptions = { ...same, branch, commit, message, author, creator: by, source };
    return this.world.createBuild(this.pipeline.slug, again, { rebuiltFrom: this });
  }

  announce(event: string): this {
    this.world.emit(event, () => buildEvent(event, this));
    return this;
  }

  // The rest is called by its jobs.

  add<J extends Job>(job: J): J {
    this.requireOpen(`add ${nameOf(job)} to`);
    this.jobs.push(job);
    this.world.jobs.set(job.id, job);
    return job;
  }

  requireOpen(action: string): void {
    if (this.finishedAt === null && this.state !== "skipped") return;
    throw new Error(`Cannot ${action} ${this.name}: it is ${this.state}; do so before it ends`);
  }

  /** The build inside `job.finished` is `failing` already, as if Buildkite rendered it a moment later. */
  jobEnded(job: CommandJob | TriggerJob, retryable: boolean): void {
    const turns = this.state === "running" && !retryable && failedHard(job) && this.jobs.some(isUnfinished);
    if (turns) this.#turnFailing();
    job.announce("job.finished");
    if (turns) this.announce("build.failing");
  }

  /** A retry takes the failure back, and brings a build that was over back to life. */
  jobRetried(): void {
    if (this.state === "failing" && !this.jobs.some(failedHard)) this.state = "running";
    if (this.blocked === null && this.state !== "passed" && this.state !== "failed") return;
    this.#resume();
    this.announce("build.running");
  }

  #hold(step: BlockJob): this {
    this.blocked = step;
    this.state = this.jobs.some(failedHard) ? "failed" : step.blockedState;
    if (this.state !== "running") this.finishedAt = this.world.clock.now();
    return this.announce("build.finished");
  }

  #turnFailing(): void {
    this.state = "failing";
    this.failingAt ??= this.world.clock.now();
  }

  #resume(): void {
    this.blocked = null;
    this.state = "running";
    this.finishedAt = null;
  }

  #end(state: BuildState, event: string): this {
    this.state = state;
    // A build that was taken out of the queue never ends.
    if (state !== "skipped") this.finishedAt = this.world.clock.now();
    this.announce(event);
    this.triggeredBy?.childEnded(state);
    return this;
  }

  #require(action: string, ...states: readonly BuildState[]): void {
    if (states.includes(this.state) && this.blocked === null) return;
    const now = this.blocked === null ? this.state : "blocked";
    throw new Error(`Cannot ${action} ${this.name}: it is ${now}; it must be ${states.join(" or ")}`);
  }

  #requireIdle(action: string): void {
    const job = this.jobs.find(isUnfinished);
    if (job === undefined) return;
    throw new Error(`Cannot ${action} ${this.name}: ${nameOf(job)} is ${stateOf(job)}; let it end first`);
  }
}
