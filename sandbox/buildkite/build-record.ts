/** What a build is: who made it from what, and where it stands. What happens to it is in `buildkite-build.ts`. */
import { createHash } from "node:crypto";
import type { Instant } from "../../src/clock.ts";
import type { BlockJob, TriggerJob } from "./jobs.ts";
import type { Job } from "./outcome.ts";
import type { Person, Pipeline, User, World } from "./world.ts";

export type BuildState =
  | "scheduled"
  | "running"
  | "failing"
  | "passed"
  | "failed"
  | "canceling"
  | "canceled"
  | "skipped"
  | "not_run";

export interface Author extends Person {
  readonly username?: string;
}

export interface BuildOptions {
  /** Default: the default branch of the pipeline. */
  readonly branch?: string;
  /** 40 hex digits, a tag, or `HEAD`. Default: an invented one. */
  readonly commit?: string;
  readonly message?: string | null;
  /** Some sources know only a name. Default: Ada. */
  readonly author?: Author | string | null;
  /** Default: the author, where Buildkite knows the e-mail. */
  readonly creator?: Person | null;
  readonly source?: "webhook" | "api" | "ui" | "schedule" | "trigger_job";
  readonly tag?: string | null;
  readonly pullRequest?: { readonly number: number; readonly base: string; readonly repository?: string } | null;
  readonly env?: Readonly<Record<string, string>>;
  readonly metaData?: Readonly<Record<string, string>>;
}

export interface BuildOrigin {
  readonly rebuiltFrom?: BuildRecord;
  readonly triggeredBy?: TriggerJob;
}

export const ada: Author = { name: "Ada Lovelace", email: "ada@example.com", username: "ada" };

export class BuildRecord {
  readonly world: World;
  readonly pipeline: Pipeline;
  readonly id: string;
  readonly number: number;
  readonly options: BuildOptions;
  readonly branch: string;
  readonly message: string | null;
  readonly author: Author | string | null;
  readonly creator: User | null;
  readonly source: string;
  readonly metaData: Record<string, string>;
  readonly rebuiltFrom: BuildRecord | null;
  readonly triggeredBy: TriggerJob | null;
  readonly createdAt: Instant;
  /** Every attempt of every step, in the order of creation. */
  readonly jobs: Job[] = [];
  commit: string;
  state: BuildState = "scheduled";
  /** The block step that holds the build. */
  blocked: BlockJob | null = null;
  cancelReason: string | null = null;
  startedAt: Instant | null = null;
  failingAt: Instant | null = null;
  finishedAt: Instant | null = null;
  readonly #steps = new Map<string, string>();

  constructor(world: World, pipeline: Pipeline, options: BuildOptions, origin: BuildOrigin) {
    const { author = ada, creator = typeof author === "string" ? null : author } = options;
    this.world = world;
    this.pipeline = pipeline;
    this.id = world.ids.next("build");
    this.number = pipeline.firstBuild + pipeline.builds.length;
    this.options = options;
    this.branch = options.branch ?? pipeline.defaultBranch;
    this.commit = options.commit ?? inventCommit(pipeline.slug, this.number);
    this.message = options.message === undefined ? `Change ${this.number}` : options.message;
    this.author = author;
    this.creator = creator && world.user(creator);
    this.source = options.source ?? "webhook";
    this.metaData = { ...options.metaData };
    this.rebuiltFrom = origin.rebuiltFrom ?? null;
    this.triggeredBy = origin.triggeredBy ?? null;
    this.createdAt = world.clock.now();
  }

  get name(): string {
    return `build ${this.pipeline.slug} #${this.number}`;
  }

  /** What the first checkout of an agent finds out: the commit behind `HEAD`, and the text of the commit. */
  checkOut(commit = this.commit): this {
    if (!/^[0-9a-f]{40}$/.test(commit)) return this;
    this.commit = commit;
    const by = this.author === null || typeof this.author === "string" ? ada : this.author;
    this.metaData["buildkite:git:commit"] ??=
      `commit ${commit}\nabbrev-commit ${commit.slice(0, 10)}\nAuthor: ${by.name} <${by.email}>\n\n    ${this.message}`;
    return this;
  }

  /** Shards and retries of one step share its id. */
  stepId(step: string): string {
    const id = this.#steps.get(step) ?? this.world.ids.next("step");
    this.#steps.set(step, id);
    return id;
  }
}

function inventCommit(slug: string, number: number): string {
  return createHash("sha1").update(`${slug} ${number}`).digest("hex");
}
