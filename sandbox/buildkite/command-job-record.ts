/** What an attempt of a command is, and where it stands. What happens to it is in `buildkite-command-job.ts`. */
import type { Instant } from "../../src/clock.ts";
import type { Build } from "./build.ts";
import type { CommandJob } from "./command-job.ts";
import { JobLog } from "./log.ts";
import type { Agent, User } from "./world.ts";

export interface CommandJobOptions {
  readonly command?: string;
  readonly stepKey?: string;
  readonly groupKey?: string;
  /** The index counts from 0. */
  readonly parallel?: { readonly index: number; readonly total: number };
  /** Dimension to value; the only dimension of a simple matrix is `""`. Fills `{{matrix}}` in the name. */
  readonly matrix?: Readonly<Record<string, string>>;
  /** Failures do not fail the build, unless the verb says otherwise. */
  readonly softFail?: boolean;
  /** It stands behind a wait step. */
  readonly waiting?: boolean;
  readonly manualRetry?: { readonly allowed?: boolean; readonly reason?: string; readonly permitOnPassed?: boolean };
}

export interface Retry {
  readonly job: CommandJob;
  readonly type: "manual" | "automatic";
  readonly by: User | null;
}

export type CommandJobState =
  | "pending"
  | "waiting"
  | "scheduled"
  | "running"
  | "passed"
  | "failed"
  | "timed_out"
  | "expired"
  | "canceled"
  | "broken"
  | "waiting_failed";

export class CommandJobRecord {
  readonly type = "script";
  readonly id: string;
  readonly build: Build;
  readonly name: string | null;
  readonly command: string;
  readonly options: CommandJobOptions;
  readonly stepId: string;
  readonly retryOf: Retry | null;
  readonly retriesCount: number | null;
  readonly createdAt: Instant;
  readonly log = new JobLog();
  state: CommandJobState;
  softFailed = false;
  exitStatus: number | null = null;
  signal: string | null = null;
  signalReason: string | null = null;
  brokenReason: string | null = null;
  promised: { readonly exitStatus: number; readonly at: Instant; readonly reason: string | null } | null = null;
  agent: Agent | null = null;
  runnableAt: Instant | null = null;
  startedAt: Instant | null = null;
  finishedAt: Instant | null = null;
  expiredAt: Instant | null = null;
  retriedIn: Retry | null = null;

  constructor(build: Build, name: string | null, options: CommandJobOptions, retryOf: Retry | null = null) {
    this.id = build.world.ids.next("job");
    this.build = build;
    this.name = name === null ? null : interpolate(name, options.matrix ?? {});
    this.command = options.command ?? `bin/${options.stepKey ?? "run"}`;
    this.options = options;
    this.stepId = retryOf?.job.stepId ?? build.stepId(options.stepKey ?? name ?? this.command);
    this.retryOf = retryOf;
    this.retriesCount = retryOf === null ? null : (retryOf.job.retriesCount ?? 0) + 1;
    this.createdAt = build.world.clock.now();
    this.state = options.waiting === true && retryOf === null ? "waiting" : "pending";
  }
}

function interpolate(name: string, matrix: Readonly<Record<string, string>>): string {
  return name.replace(
    /\{\{\s*matrix(?:\.([\w-]+))?\s*\}\}/g,
    (_match, dimension: string = "") => matrix[dimension] ?? "",
  );
}
