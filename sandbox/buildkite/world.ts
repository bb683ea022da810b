/** What a Buildkite organization holds: pipelines with their builds, people, agents. Builds and jobs change themselves. */
import { createHash } from "node:crypto";
import type { Clock, Instant } from "../../src/clock.ts";
import { Build } from "./build.ts";
import type { BuildOptions, BuildOrigin } from "./build-record.ts";
import { Ids } from "./ids.ts";
import type { Job } from "./outcome.ts";
import { RetryQueue } from "./retry-queue.ts";

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface User extends Person {
  readonly id: string;
  readonly avatarUrl: string;
  readonly createdAt: Instant;
}

export interface Agent {
  readonly id: string;
  readonly number: number;
  readonly connectedAt: Instant;
  lostAt: Instant | null;
}

export interface PipelineOptions {
  readonly name?: string;
  readonly description?: string | null;
  readonly defaultBranch?: string;
  readonly repository?: string;
  readonly allowRebuilds?: boolean;
  readonly configuration?: string;
  /** The number of its first build. Default: 1. */
  readonly firstBuild?: number;
}

export interface Pipeline {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly defaultBranch: string;
  readonly repository: string;
  readonly allowRebuilds: boolean;
  readonly configuration: string;
  readonly createdAt: Instant;
  readonly firstBuild: number;
  /** By number: the first has `firstBuild`. */
  readonly builds: Build[];
}

/** Tells the world outside that something happened. `payload` shows the state of the moment in which it is called. */
export type Emit = (event: string, payload: () => object) => void;

export class World {
  readonly clock: Clock;
  readonly emit: Emit;
  readonly ids = new Ids();
  readonly organization: { readonly id: string; readonly slug: string; readonly createdAt: Instant };
  readonly cluster: { readonly id: string; readonly queueId: string };
  /** Set up the organization and its webhook. */
  readonly admin: User;
  readonly pipelines = new Map<string, Pipeline>();
  /** Of all builds, by id. */
  readonly jobs = new Map<string, Job>();
  /** In the order of their creation. */
  readonly builds: Build[] = [];
  readonly retries = new RetryQueue();
  readonly #users = new Map<string, User>();
  readonly #idleAgents: Agent[] = [];
  #agents = 0;

  constructor(organization: string, clock: Clock, emit: Emit) {
    this.clock = clock;
    this.emit = emit;
    this.organization = { id: this.ids.next("organization"), slug: organization, createdAt: clock.now() };
    this.cluster = { id: this.ids.next("cluster"), queueId: this.ids.next("queue") };
    this.admin = this.user({ name: "CI Admin", email: "ci-admin@example.com" });
  }

  createPipeline(slug: string, options: PipelineOptions = {}): Pipeline {
    if (this.pipelines.has(slug))
      throw new Error(`Cannot create pipeline ${slug}: it exists; set it up before its builds`);
    const pipeline: Pipeline = {
      id: this.ids.next("pipeline"),
      slug,
      name: options.name ?? title(slug),
      description: options.description ?? null,
      defaultBranch: options.defaultBranch ?? "main",
      repository: options.repository ?? `git@github.com:${this.organization.slug}/${slug}.git`,
      allowRebuilds: options.allowRebuilds ?? true,
      configuration:
        options.configuration ?? 'steps:\n  - command: buildkite-agent pipeline upload\n    label: ":pipeline:"\n',
      createdAt: this.clock.now(),
      firstBuild: options.firstBuild ?? 1,
      builds: [],
    };
    this.pipelines.set(slug, pipeline);
    return pipeline;
  }

  /** Creates the pipeline, with defaults, at its first build. */
  createBuild(slug: string, options: BuildOptions = {}, origin: BuildOrigin = {}): Build {
    const pipeline = this.pipelines.get(slug) ?? this.createPipeline(slug);
    const build = new Build(this, pipeline, options, origin);
    pipeline.builds.push(build);
    this.builds.push(build);
    build.announce("build.scheduled");
    return build;
  }

  findBuild(pipeline: string, number: number): Build | undefined {
    const found = this.pipelines.get(pipeline);
    return found?.builds[number - found.firstBuild];
  }

  /** The same person, by e-mail, is the same user. */
  user(person: Person): User {
    const known = this.#users.get(person.email);
    if (known !== undefined) return known;
    const { name, email } = person;
    const avatarUrl = `https://www.gravatar.com/avatar/${createHash("md5").update(email).digest("hex")}`;
    const user: User = { id: this.ids.next("user"), name, email, avatarUrl, createdAt: this.organization.createdAt };
    this.#users.set(person.email, user);
    return user;
  }

  takeAgent(): Agent {
    const idle = this.#idleAgents.pop();
    if (idle !== undefined) return idle;
    this.#agents += 1;
    return { id: this.ids.next("agent"), number: this.#agents, connectedAt: this.clock.now(), lostAt: null };
  }

  /** A lost agent never comes back. */
  returnAgent(agent: Agent): void {
    if (agent.lostAt === null) this.#idleAgents.push(agent);
  }
}

function title(slug: string): string {
  return slug.replace(
    /(^|-)([a-z])/g,
    (_match, dash: string, letter: string) => `${dash && " "}${letter.toUpperCase()}`,
  );
}
