/** The facts of builds: merged by script, read in one go. */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { BuildSnapshot, JobSnapshot } from "../domain/build.ts";
import {
  type BuildFacts,
  type BuildField,
  buildFields,
  type JobCounts,
  type JobFacts,
  jobFacts,
  jobTime,
} from "../domain/facts.ts";
import type { BuildRef, Organization } from "../domain/ids.ts";
import { JobId, Pipeline } from "../domain/ids.ts";
import { classifyJob, rankJob } from "../domain/job.ts";
import { endings } from "../domain/outcome.ts";
import { Verdict } from "../domain/verdict.ts";
import { type Keys, ttl } from "./keys.ts";
import type { Scripts } from "./scripts.ts";

/** How many jobs of each list a verdict is drawn from. */
const jobsRead = 25;
/** Buildkite retries a job ten times at the most by itself. */
const mostAttempts = 20;

interface Recorded {
  readonly changed: boolean;
  /** The build was not marked before, or its mark still stands: fire its trigger. */
  readonly fire: boolean;
}

export interface Builds {
  record(build: BuildSnapshot, job: JobSnapshot | null, subject: string, now: Instant): Promise<Recorded>;
  read(ref: BuildRef): Promise<BuildFacts | null>;
  /** What was last concluded from a build's facts. */
  verdict(ref: BuildRef): Promise<Verdict | null>;
  /** How often each of these jobs has been tried by now, itself included. */
  attempts(ref: BuildRef, jobs: readonly JobId[]): Promise<ReadonlyMap<JobId, number>>;
  /** How often jobs passed on retry, by job key. */
  flakes(organization: Organization, pipeline: Pipeline, jobKeys: readonly string[]): Promise<Map<string, number>>;
}

const number = z.coerce
  .number()
  .optional()
  .transform((value) => value ?? null);
const text = z
  .string()
  .optional()
  .transform((value) => value ?? null);
function json<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .optional()
    .transform((value): z.infer<T> | null => (value === undefined ? null : schema.parse(JSON.parse(value))));
}
const Person = z.object({ name: z.string().nullable(), email: z.string().nullable(), username: z.string().nullable() });
const Link = z.object({ pipeline: Pipeline, number: z.number() });
const StoredBuild = z.object({
  id: z.string(),
  rev: z.coerce.number(),
  branch: z.string(),
  commit: text,
  message: text,
  source: text,
  author: json(Person),
  creator: json(Person),
  pullRequest: json(z.object({ number: z.number(), base: z.string().nullable() })),
  createdAt: number,
  startedAt: number,
  failingAt: number,
  rebuiltFrom: number,
  triggeredFrom: json(Link),
  pipelineName: text,
  defaultBranch: text,
  repository: text,
  madeBySignalbox: text,
});
const StoredJob = z.object({
  key: z.string(),
  name: z.string(),
  type: z.string(),
  state: z.string(),
  exitStatus: z.number().nullable(),
  parallel: z.object({ index: z.number(), total: z.number() }).nullable(),
  triggeredBuild: Link.nullable(),
  finishedAt: z.number().nullable(),
});
const RecordReply = z.tuple([z.number(), z.number()]);
const Jobs = z.array(z.string());
const Reply = z.tuple([Jobs, Jobs, Jobs, Jobs, Jobs]);
const counted = ["cause", "canceled", "casualty", "notRun", "softFailed", "passed", "active", "uncounted"] as const;

export function createBuilds(redis: Redis, scripts: Scripts, keys: Keys): Builds {
  return {
    async record(build, job, subject, now) {
      const k = keys.build(build);
      const flakes = keys.flakes(build.organization, build.pipeline);
      const reply = await scripts.run(
        "recordBuild",
        [k.build, k.jobs, k.causes, k.retrying, k.canceled, k.recovered, flakes, keys.marks(build.organization).marks],
        [now, ttl.build, ttl.idle, subject, packed(buildFields(build)), ...(job === null ? [] : jobArguments(job))],
      );
      const [changed, fire] = RecordReply.parse(reply);
      return { changed: changed === 1, fire: fire === 1 };
    },
    async read(ref) {
      const k = keys.build(ref);
      const lists = [k.build, k.jobs, k.causes, k.retrying, k.canceled, k.recovered];
      const [pairs, causes, retrying, canceled, recovered] = Reply.parse(
        await scripts.run("readBuild", lists, [jobsRead]),
      );
      const fields = fromPairs(pairs);
      if (fields.id === undefined) return null;
      const count = (name: string): number => Number(fields[`count:${name}`] ?? 0);
      const counts = Object.fromEntries([...counted, "retrying", "superseded"].map((name) => [name, count(name)]));
      const ended = Object.fromEntries(endings.map((e) => [e, number.parse(fields[`ended:${e}`])]));
      return {
        ref,
        ...StoredBuild.parse(fields),
        endings: ended as BuildFacts["endings"],
        counts: counts as JobCounts,
        causes: jobs(causes),
        retrying: jobs(retrying),
        canceled: jobs(canceled),
        recovered: jobs(recovered),
      };
    },
    async verdict(ref) {
      const stored = await redis.hget(keys.build(ref).build, "verdict");
      return stored === null ? null : Verdict.parse(JSON.parse(stored));
    },
    async attempts(ref, ids) {
      const counts = new Map<JobId, number>(ids.map((id) => [id, 1]));
      let latest = ids.map((id) => ({ id, at: String(id) }));
      // Each round goes one attempt back, for all of them.
      for (let round = 0; round < mostAttempts && latest.length > 0; round += 1) {
        const before = await redis.hmget(keys.build(ref).jobs, ...latest.map(({ at }) => `<${at}`));
        latest = latest.flatMap(({ id }, i) => (before[i] == null ? [] : [{ id, at: before[i] }]));
        for (const { id } of latest) counts.set(id, (counts.get(id) ?? 1) + 1);
      }
      return counts;
    },
    async flakes(organization, pipeline, jobKeys) {
      if (jobKeys.length === 0) return new Map();
      const counts = await redis.hmget(keys.flakes(organization, pipeline), ...jobKeys);
      return new Map(jobKeys.flatMap((key, i) => (counts[i] == null ? [] : [[key, Number(counts[i])] as const])));
    },
  };
}

/** Times are texts, for Lua would write a great number in its own way. */
function packed(fields: readonly BuildField[]): string {
  const flat: string[] = [];
  for (const [rule, field, value] of fields) flat.push(rule, field, `${value}`);
  return JSON.stringify(flat);
}

/** In the form `recordBuild` merges: the first digit is the rank, so that comparing two values compares ranks first. */
function jobArguments(job: JobSnapshot): (string | number)[] {
  const value = `${rankJob(job)}:${classifyJob(job)}:${jobTime(job)}:${JSON.stringify(jobFacts(job))}`;
  return [job.id, value, job.retried ? "1" : "0", job.retriedIn ?? "", job.retryOf ?? ""];
}

function jobs(pairs: readonly string[]): JobFacts[] {
  const result: JobFacts[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const value = pairs[i + 1] ?? "";
    const json = value.slice(value.indexOf("{"));
    result.push({ id: JobId.parse(pairs[i]), ...StoredJob.parse(JSON.parse(json)) });
  }
  return result;
}

function fromPairs(pairs: readonly string[]): Partial<Record<string, string>> {
  const result: Partial<Record<string, string>> = {};
  for (let i = 0; i + 1 < pairs.length; i += 2) result[pairs[i] ?? ""] = pairs[i + 1] ?? "";
  return result;
}
