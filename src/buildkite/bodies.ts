/**
 * The bodies that Buildkite sends, by webhook and by REST alike, and how they become our snapshots.
 *
 * - Required is only what names a thing and its state. A mistake there refuses the body.
 * - Everything else is optional: absent, null or of an unexpected shape all read as null, because a lost field is
 *   better than a lost event. States and types are open lists: Buildkite adds words without notice.
 * - Only named fields are kept. Environments, commands and `provider.webhook_url` (which can start builds) stop here.
 *
 * Read field by field and not by schemas: beside the parsing of its JSON, this is what a webhook costs.
 */
import type { BuildLink, BuildSnapshot, JobSnapshot, Person, PullRequest } from "../domain/build.ts";
import { type BuildRef, buildRefFromUrl, isJobId, isPipeline, isUuid, type JobId } from "../domain/ids.ts";
import { type Malformed, mustBe, mustBeWord } from "../malformed.ts";
import {
  type Body,
  firstLine,
  isWord,
  limits,
  toBody,
  toInstant,
  toInteger,
  toLine,
  toName,
  toOptionalName,
  toPositiveInteger,
  toText,
  withoutCredentials,
} from "../values.ts";

/** A REST answer has the build's pipeline inside; a webhook carries it beside the build. */
export function readBuild(value: unknown, besides?: unknown): BuildSnapshot | Malformed {
  const build = toBody(value);
  if (build === null) return mustBe("build", "an object");
  const { id, number, state, branch, url } = build;
  if (!isUuid(id)) return mustBe("build.id", "a UUID");
  if (toPositiveInteger(number) === null) return mustBe("build.number", "a positive whole number");
  if (!isWord(state)) return mustBeWord("build.state", state);
  if (!isWord(branch)) return mustBeWord("build.branch", branch);
  const ref = typeof url === "string" ? buildRefFromUrl(url) : null;
  if (ref === null) return mustBe("build.url", "the REST address of a build");

  // A build is the one that its address names; a body that says two things is believed in neither.
  if (number !== ref.number) return mustBe("build.number", "the number in build.url");
  const pipeline = toBody(besides ?? build.pipeline);
  if (typeof pipeline?.slug === "string" && pipeline.slug !== ref.pipeline) {
    return mustBe("pipeline.slug", "the pipeline that build.url names");
  }

  const meta = toBody(build.meta_data);
  return {
    ...ref,
    id,
    state: toName(state, limits.word),
    blocked: build.blocked === true,
    branch: toName(branch, limits.name),
    commit: toCommit(build.commit, meta?.["buildkite:git:commit"]),
    message: toText(build.message, limits.message),
    source: toLine(build.source, limits.word),
    author: toPerson(typeof build.author === "string" ? { name: build.author } : build.author),
    creator: toPerson(build.creator),
    pullRequest: toPullRequest(toBody(build.pull_request)),
    createdAt: toInstant(build.created_at),
    startedAt: toInstant(build.started_at),
    failingAt: toInstant(build.failing_at),
    finishedAt: toInstant(build.finished_at),
    rebuiltFrom: toPositiveInteger(toBody(build.rebuilt_from)?.number),
    triggeredFrom: toTriggeredFrom(toBody(build.triggered_from)),
    pipelineName: toLine(pipeline?.name, limits.name),
    defaultBranch: toOptionalName(pipeline?.default_branch, limits.name),
    repository: toRepository(pipeline?.repository),
    madeBySignalbox: toLine(meta?.["signalbox:kind"], limits.word),
  };
}

interface JobContext {
  readonly organization: BuildRef["organization"];
  /** Hides what looks like a secret: a job without a name is called by its command. */
  readonly mask: (text: string) => string;
}

/** Null for a job without a state (a waiter): there is nothing to know about it. */
export function readJob(value: unknown, { organization, mask }: JobContext): JobSnapshot | Malformed | null {
  const job = toBody(value);
  if (job === null) return mustBe("job", "an object");
  const { id, type, state } = job;
  if (!isJobId(id)) return mustBe("job.id", "a UUID");
  if (!isWord(type)) return mustBeWord("job.type", type);
  if (state !== null && state !== undefined && typeof state !== "string") return mustBe("job.state", "a text");
  if (!isWord(state)) return null;

  const name = toJobName(job, type, mask);
  return {
    id,
    type: toName(type, limits.word),
    key: toJobKey(job, name),
    name,
    state: toName(state, limits.word),
    softFailed: job.soft_failed === true,
    exitStatus: toInteger(job.exit_status),
    promisedExitStatus: toInteger(job.promised_exit_status),
    signalReason: toLine(job.signal_reason, limits.word),
    parallel: toParallel(job),
    retried: job.retried === true,
    retriedIn: toJobId(job.retried_in_job_id),
    retryOf: toJobId(toBody(job.retry_source)?.job_id),
    startedAt: toInstant(job.started_at),
    finishedAt: toInstant(job.finished_at),
    triggeredBuild: toTriggeredBuild(toBody(job.triggered_build)?.url, organization),
  };
}

/** Until an agent has resolved it, a commit is the word `HEAD`; its `git show` in the meta-data knows it first. */
function toCommit(commit: unknown, gitShow: unknown): string | null {
  const named = toOptionalName(commit, limits.name);
  if (named !== null && named !== "HEAD") return named;
  return typeof gitShow === "string" ? (/^commit ([0-9a-f]{40})$/.exec(firstLine(gitShow))?.[1] ?? null) : null;
}

function toPerson(value: unknown): Person | null {
  const person = toBody(value);
  const name = toLine(person?.name, limits.name);
  const email = toLine(person?.email, limits.name);
  const username = toLine(person?.username, limits.name);
  return name === null && email === null && username === null ? null : { name, email, username };
}

/** Webhooks write its number in digits, and `false` for the number of none. */
function toPullRequest(pullRequest: Body | null): PullRequest | null {
  const id = pullRequest?.id;
  const number = toPositiveInteger(typeof id === "string" && /^\d{1,12}$/.test(id) ? Number(id) : id);
  return number === null ? null : { number, base: toOptionalName(pullRequest?.base, limits.name) };
}

function toTriggeredFrom(parent: Body | null): BuildLink | null {
  const number = toPositiveInteger(parent?.build_number);
  const pipeline = parent?.build_pipeline_slug;
  return number !== null && isPipeline(pipeline) ? { pipeline, number } : null;
}

function toTriggeredBuild(url: unknown, organization: BuildRef["organization"]): BuildLink | null {
  const ref = typeof url === "string" ? buildRefFromUrl(url) : null;
  return ref?.organization === organization ? { pipeline: ref.pipeline, number: ref.number } : null;
}

function toRepository(address: unknown): string | null {
  return typeof address === "string" ? toLine(withoutCredentials(address), limits.address) : null;
}

function toJobId(value: unknown): JobId | null {
  return isJobId(value) ? value : null;
}

function toParallel(job: Body): JobSnapshot["parallel"] {
  const index = toInteger(job.parallel_group_index);
  const total = toInteger(job.parallel_group_total);
  return index === null || total === null ? null : { index, total };
}

function toJobName({ name, label, command }: Body, type: string, mask: JobContext["mask"]): string {
  const given = toLine(name, limits.name) ?? toLine(label, limits.name);
  if (given !== null) return given;
  // Masked after it is cleaned and before it is cut to size: either would turn a secret into what no mask knows.
  const line = typeof command === "string" ? toLine(firstLine(command.trimStart()), limits.command) : null;
  return toLine(mask(line ?? ""), limits.name) ?? toName(type, limits.word);
}

function toJobKey(job: Body, name: string): string {
  const base = toOptionalName(job.step_key, limits.name) ?? name;
  const matrix = canonicalMatrix(job.matrix);
  return matrix === null ? base : `${base} ${toName(matrix, limits.matrix)}`;
}

/** The same dimensions always give the same text, whatever order they come in. */
function canonicalMatrix(matrix: unknown): string | null {
  if (isScalar(matrix)) return JSON.stringify(matrix);
  const dimensions = Object.entries(toBody(matrix) ?? {});
  if (dimensions.length === 0 || !dimensions.every(([, value]) => isScalar(value))) return null;
  return JSON.stringify(Object.fromEntries(dimensions.sort(([a], [b]) => (a < b ? -1 : 1))));
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}
