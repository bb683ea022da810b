/**
 * The bodies that Buildkite sends, by webhook and by REST alike, and how they become our snapshots.
 *
 * - Required is only what names a thing and its state. A mistake there refuses the body.
 * - Everything else is optional: absent, null or of an unexpected shape all read as null, because a lost field is
 *   better than a lost event. States and types are open lists: Buildkite adds words without notice.
 * - Only named fields are kept. Environments, commands and `provider.webhook_url` (which can start builds) stop here.
 */
import { z } from "zod";
import type { BuildLink, BuildSnapshot, JobSnapshot, Person, PullRequest } from "../domain/build.ts";
import { buildRefFromUrl, JobId, type Organization, Pipeline } from "../domain/ids.ts";
import { firstLine, toInstant, toLine, toName, toPositiveInteger, toText, withoutCredentials } from "./values.ts";

export const limits = { word: 64, name: 255, matrix: 1000, command: 4000, message: 1000, address: 500 } as const;

export const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().catch(null);
export const optionalText = optional(z.string());
const optionalInteger = optional(z.int());
const optionalFlag = optional(z.boolean());

export const word = z.string({ error: "a text" }).regex(/\S/, { error: "a text that is not empty" });
const uuid = z.string({ error: "a UUID" }).regex(/^[0-9a-f-]{1,64}$/i, { error: "a UUID" });
const positiveInteger = z.int({ error: "a positive whole number" }).positive({ error: "a positive whole number" });

const BuildAddress = z.string({ error: "the REST address of a build" }).transform((url, context) => {
  const ref = buildRefFromUrl(url);
  if (ref !== null) return ref;
  context.addIssue({ code: "custom", message: "the REST address of a build" });
  return z.NEVER;
});

const PersonBody = z.object({ name: optionalText, email: optionalText, username: optionalText });

export const PipelineBody = z.object({
  slug: optionalText,
  name: optionalText,
  default_branch: optionalText,
  repository: optionalText,
});
export type PipelineBody = z.infer<typeof PipelineBody>;

export const BuildBody = z.object(
  {
    id: uuid,
    number: positiveInteger,
    state: word,
    branch: word,
    url: BuildAddress,
    blocked: optionalFlag,
    commit: optionalText,
    message: optionalText,
    source: optionalText,
    author: optional(z.union([PersonBody, z.string()])),
    creator: optional(PersonBody),
    created_at: optionalText,
    started_at: optionalText,
    failing_at: optionalText,
    finished_at: optionalText,
    meta_data: optional(z.object({ "buildkite:git:commit": optionalText, "signalbox:kind": optionalText })),
    pull_request: optional(z.object({ id: optional(z.union([z.string(), z.int()])), base: optionalText })),
    rebuilt_from: optional(z.object({ number: optionalInteger })),
    triggered_from: optional(z.object({ build_number: optionalInteger, build_pipeline_slug: optionalText })),
    /** Nested in REST answers; webhooks carry it beside the build. */
    pipeline: optional(PipelineBody),
  },
  { error: "an object" },
);
export type BuildBody = z.infer<typeof BuildBody>;

const scalar = z.union([z.string(), z.number(), z.boolean()]);

export const JobBody = z.object(
  {
    id: uuid.pipe(JobId),
    type: word,
    /** Waiters have none. */
    state: z.string({ error: "a text" }).nullish(),
    name: optionalText,
    label: optionalText,
    command: optionalText,
    step_key: optionalText,
    matrix: optional(z.union([scalar, z.record(z.string(), scalar)])),
    soft_failed: optionalFlag,
    exit_status: optionalInteger,
    promised_exit_status: optionalInteger,
    signal_reason: optionalText,
    parallel_group_index: optionalInteger,
    parallel_group_total: optionalInteger,
    retried: optionalFlag,
    retried_in_job_id: optional(JobId),
    retry_source: optional(z.object({ job_id: optional(JobId) })),
    started_at: optionalText,
    finished_at: optionalText,
    triggered_build: optional(z.object({ url: optionalText })),
  },
  { error: "an object" },
);
export type JobBody = z.infer<typeof JobBody>;

/** Of a webhook's `build` and `pipeline`, or of a REST build with its pipeline inside. */
export function toBuildSnapshot(build: BuildBody, pipeline = build.pipeline ?? null): BuildSnapshot {
  const meta = build.meta_data ?? null;
  return {
    ...build.url,
    id: build.id,
    state: toName(build.state, limits.word),
    blocked: build.blocked === true,
    branch: toName(build.branch, limits.name),
    commit: toCommit(build.commit, meta?.["buildkite:git:commit"]),
    message: toText(build.message, limits.message),
    source: toLine(build.source, limits.word),
    author: toPerson(build.author),
    creator: toPerson(build.creator),
    pullRequest: toPullRequest(build.pull_request),
    createdAt: toInstant(build.created_at),
    startedAt: toInstant(build.started_at),
    failingAt: toInstant(build.failing_at),
    finishedAt: toInstant(build.finished_at),
    rebuiltFrom: toPositiveInteger(build.rebuilt_from?.number),
    triggeredFrom: toTriggeredFrom(build.triggered_from),
    pipelineName: toLine(pipeline?.name, limits.name),
    defaultBranch: toOptionalName(pipeline?.default_branch),
    repository: toLine(withoutCredentials(pipeline?.repository ?? ""), limits.address),
    madeBySignalbox: toLine(meta?.["signalbox:kind"], limits.word),
  };
}

interface JobContext {
  readonly organization: Organization;
  /** Hides what looks like a secret: a job without a name is called by its command. */
  readonly mask: (text: string) => string;
}

/** Null for a job without a state (a waiter): there is nothing to know about it. */
export function toJobSnapshot(job: JobBody, context: JobContext): JobSnapshot | null {
  if (job.state === null || job.state === undefined || job.state.trim() === "") return null;
  const name = toJobName(job, context.mask);
  const index = job.parallel_group_index ?? null;
  const total = job.parallel_group_total ?? null;
  return {
    id: job.id,
    type: toName(job.type, limits.word),
    key: toJobKey(job, name),
    name,
    state: toName(job.state, limits.word),
    softFailed: job.soft_failed === true,
    exitStatus: job.exit_status ?? null,
    promisedExitStatus: job.promised_exit_status ?? null,
    signalReason: toLine(job.signal_reason, limits.word),
    parallel: index === null || total === null ? null : { index, total },
    retried: job.retried === true,
    retriedIn: job.retried_in_job_id ?? null,
    retryOf: job.retry_source?.job_id ?? null,
    startedAt: toInstant(job.started_at),
    finishedAt: toInstant(job.finished_at),
    triggeredBuild: toTriggeredBuild(job.triggered_build?.url, context.organization),
  };
}

function toOptionalName(value: string | null | undefined): string | null {
  return value === null || value === undefined || value.trim() === "" ? null : toName(value, limits.name);
}

/** Until an agent has resolved it, a commit is the word `HEAD`; its `git show` in the meta-data knows it first. */
function toCommit(commit: string | null | undefined, gitShow: string | null | undefined): string | null {
  const named = toOptionalName(commit);
  if (named !== null && named !== "HEAD") return named;
  return /^commit ([0-9a-f]{40})$/.exec(firstLine(gitShow ?? ""))?.[1] ?? null;
}

function toPerson(person: BuildBody["author"]): Person | null {
  if (person === null || person === undefined) return null;
  const fields = typeof person === "string" ? { name: person, email: null, username: null } : person;
  const name = toLine(fields.name, limits.name);
  const email = toLine(fields.email, limits.name);
  const username = toLine(fields.username, limits.name);
  return name === null && email === null && username === null ? null : { name, email, username };
}

function toPullRequest(pullRequest: BuildBody["pull_request"]): PullRequest | null {
  const number = toPositiveInteger(pullRequest?.id);
  return number === null ? null : { number, base: toOptionalName(pullRequest?.base) };
}

function toTriggeredFrom(parent: BuildBody["triggered_from"]): BuildLink | null {
  if (parent === null || parent === undefined) return null;
  const number = toPositiveInteger(parent.build_number);
  const pipeline = Pipeline.safeParse(parent.build_pipeline_slug);
  return number === null || !pipeline.success ? null : { pipeline: pipeline.data, number };
}

function toTriggeredBuild(url: string | null | undefined, organization: Organization): BuildLink | null {
  const ref = typeof url === "string" ? buildRefFromUrl(url) : null;
  return ref?.organization === organization ? { pipeline: ref.pipeline, number: ref.number } : null;
}

function toJobName(job: JobBody, mask: JobContext["mask"]): string {
  const given = toLine(job.name, limits.name) ?? toLine(job.label, limits.name);
  if (given !== null) return given;
  // Masked after it is cleaned and before it is cut to size: either would turn a secret into what no mask knows.
  const command = toLine(firstLine(job.command?.trimStart() ?? ""), limits.command);
  return toLine(mask(command ?? ""), limits.name) ?? toName(job.type, limits.word);
}

function toJobKey(job: JobBody, name: string): string {
  const base = toOptionalName(job.step_key) ?? name;
  const matrix = canonicalMatrix(job.matrix ?? null);
  return matrix === null ? base : `${base} ${toName(matrix, limits.matrix)}`;
}

/** The same dimensions always give the same text, whatever order they come in. */
function canonicalMatrix(matrix: NonNullable<JobBody["matrix"]> | null): string | null {
  if (matrix === null) return null;
  if (typeof matrix !== "object") return JSON.stringify(matrix);
  const dimensions = Object.entries(matrix).sort(([a], [b]) => (a < b ? -1 : 1));
  return dimensions.length === 0 ? null : JSON.stringify(Object.fromEntries(dimensions));
}
