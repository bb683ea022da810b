/**
 * What Signalbox keeps of a Buildkite build and its jobs: the snapshots that events (and REST answers) carry.
 * A snapshot is what somebody saw at some moment, never the truth: facts are made by merging snapshots.
 */
import type { Instant } from "../clock.ts";
import type { BuildRef, JobId } from "./ids.ts";

export interface Person {
  readonly name: string | null;
  readonly email: string | null;
  readonly username: string | null;
}

export interface PullRequest {
  readonly number: number;
  readonly base: string | null;
}

/** Where a sync or async trigger step points, and where a triggered build came from. Same organization by nature. */
export interface BuildLink {
  readonly pipeline: BuildRef["pipeline"];
  readonly number: number;
}

export interface BuildSnapshot extends BuildRef {
  readonly id: string;
  /** Buildkite's word, an open list: `scheduled`, `running`, `failing`, `passed`, `failed`, `canceled`, `skipped`, `not_run`, … */
  readonly state: string;
  /** True while a block step holds the build: then `state` is not its outcome. */
  readonly blocked: boolean;
  readonly branch: string;
  /** 40 hex digits, a shorter ref, a tag, or null while Buildkite still says `HEAD`. */
  readonly commit: string | null;
  readonly message: string | null;
  readonly source: string | null;
  readonly author: Person | null;
  readonly creator: Person | null;
  readonly pullRequest: PullRequest | null;
  readonly createdAt: Instant | null;
  readonly startedAt: Instant | null;
  /** Set by Buildkite once, at the first hard failure, and never cleared. */
  readonly failingAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly rebuiltFrom: number | null;
  readonly triggeredFrom: BuildLink | null;
  readonly pipelineName: string | null;
  readonly defaultBranch: string | null;
  readonly repository: string | null;
  /** `meta_data["signalbox:kind"]`: set on builds that Signalbox itself created. */
  readonly madeBySignalbox: string | null;
}

export interface JobSnapshot {
  readonly id: JobId;
  /** `script`, `trigger`, `manual`, `waiter`, …: an open list. */
  readonly type: string;
  /** Names the same job across builds and retries: step key or name, and matrix; shards share it. */
  readonly key: string;
  /** What people call it: label, name, or the first line of the command. Emoji codes are kept. */
  readonly name: string;
  /** Buildkite's word, an open list. */
  readonly state: string;
  readonly softFailed: boolean;
  readonly exitStatus: number | null;
  readonly promisedExitStatus: number | null;
  readonly signalReason: string | null;
  /** 0-based shard and number of shards of a parallel step. */
  readonly parallel: { readonly index: number; readonly total: number } | null;
  readonly retried: boolean;
  readonly retriedIn: JobId | null;
  readonly retryOf: JobId | null;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly triggeredBuild: BuildLink | null;
}

export interface AgentSnapshot {
  readonly id: string;
  readonly name: string | null;
  readonly hostname: string | null;
  readonly version: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /** The `queue=…` entries of its meta-data. */
  readonly queues: readonly string[];
}
