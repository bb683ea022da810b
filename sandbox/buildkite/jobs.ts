/** The jobs without a command: trigger, block and wait steps. Each has a shape of its own in the payloads. */
import type { Instant } from "../../src/clock.ts";
import type { Build } from "./build.ts";
import type { BuildRecord, BuildState } from "./build-record.ts";
import { jobEvent } from "./events.ts";
import type { User } from "./world.ts";

export interface TriggerOptions {
  /** The slug of the pipeline whose build it makes. */
  readonly pipeline: string;
  readonly branch?: string;
  /** Does not wait for the outcome of that build, so it passes at once. */
  readonly async?: boolean;
  readonly stepKey?: string;
  readonly softFail?: boolean;
}

export class TriggerJob {
  readonly type = "trigger";
  readonly id: string;
  readonly build: Build;
  readonly name: string;
  readonly options: TriggerOptions;
  readonly createdAt: Instant;
  state: "pending" | "running" | "passed" | "failed" | "canceled" | "skipped" = "pending";
  softFailed = false;
  triggered: Build | null = null;
  startedAt: Instant | null = null;
  finishedAt: Instant | null = null;

  constructor(build: Build, name: string, options: TriggerOptions) {
    this.id = build.world.ids.next("job");
    this.build = build;
    this.name = name;
    this.options = options;
    this.createdAt = build.world.clock.now();
  }

  /** Makes the build of the other pipeline. Its commit stays `HEAD` until an agent has checked it out. */
  start(): Build {
    if (this.state !== "pending") throw new Error(`Cannot start trigger job ${this.name}: it is ${this.state}`);
    this.build.requireOpen(`start trigger job ${this.name} of`);
    const { world, message } = this.build;
    if (this.build.state === "scheduled") this.build.start();
    this.state = "running";
    this.startedAt = world.clock.now();
    const { pipeline, branch } = this.options;
    const target = branch === undefined ? {} : { branch };
    this.triggered = world.createBuild(
      pipeline,
      { ...target, commit: "HEAD", message, author: null, creator: null, source: "trigger_job" },
      { triggeredBy: this },
    );
    if (this.options.async === true) this.#end("passed");
    return this.triggered;
  }

  /** Its build may end again after a retry: this job has then ended for good. */
  childEnded(state: BuildState): void {
    if (this.state !== "running") return;
    if (state === "passed" || state === "failed" || state === "canceled" || state === "skipped") this.#end(state);
    else this.#end("passed");
  }

  /** The build that it made goes on. */
  cancel(): this {
    this.#end("canceled");
    return this;
  }

  announce(event: string): void {
    this.build.world.emit(event, () => jobEvent(event, this));
  }

  #end(state: "passed" | "failed" | "canceled" | "skipped"): void {
    this.state = state;
    this.softFailed = state === "failed" && this.options.softFail === true;
    this.finishedAt = this.build.world.clock.now();
    this.build.jobEnded(this, false);
  }
}

export interface BlockOptions {
  /** What the outside sees as the state of the build while it is blocked. Default: passed. */
  readonly blockedState?: "passed" | "failed" | "running";
  readonly stepKey?: string;
}

export class BlockJob {
  readonly type = "manual";
  readonly id: string;
  readonly build: BuildRecord;
  readonly label: string;
  readonly stepKey: string | null;
  readonly blockedState: "passed" | "failed" | "running";
  state: "blocked" | "unblocked" = "blocked";
  unblockedBy: User | null = null;
  unblockedAt: Instant | null = null;

  constructor(build: BuildRecord, label: string, options: BlockOptions) {
    this.id = build.world.ids.next("job");
    this.build = build;
    this.label = label;
    this.stepKey = options.stepKey ?? null;
    this.blockedState = options.blockedState ?? "passed";
  }

  unblock(by: User): void {
    this.state = "unblocked";
    this.unblockedBy = by;
    this.unblockedAt = this.build.world.clock.now();
    this.build.world.emit("job.activated", () => jobEvent("job.activated", this));
  }
}

export class WaitJob {
  readonly type = "waiter";
  readonly id: string;
  readonly build: BuildRecord;

  constructor(build: BuildRecord) {
    this.id = build.world.ids.next("job");
    this.build = build;
  }
}
