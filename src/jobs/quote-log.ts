/** The log of the first failed job of a build, from what is kept or from Buildkite. */
import type { Logger } from "pino";
import { type BuildkiteClient, BuildkiteRefused } from "../buildkite/client.ts";
import type { BuildRef, JobId } from "../domain/ids.ts";
import { type JobLog, jobLog, jobToQuote } from "../domain/job-log.ts";
import type { Verdict } from "../domain/verdict.ts";
import { Hopeless } from "../later.ts";
import type { Run, Tools } from "./job.ts";

/** @returns null when no job has failed that has a log, or it cannot be read. */
export async function quoteLog(
  build: BuildRef,
  verdict: Verdict,
  { buildkite, jobLogs }: Pick<Tools, "buildkite" | "jobLogs">,
  { log }: Pick<Run, "log">,
): Promise<JobLog | null> {
  const job = jobToQuote(verdict);
  if (job === null) return null;
  const kept = await jobLogs.read(build.organization, job.jobId);
  if (kept !== null || buildkite === null) return kept;
  const tail = await readLog(buildkite, build, job.jobId, log);
  if (tail === null) return null;
  const quoted = jobLog(job, tail);
  await jobLogs.write(build.organization, quoted);
  return quoted;
}

/** An excerpt is a convenience: what cannot be read is asked for again when something changes, not for a whole day. */
async function readLog(buildkite: BuildkiteClient, build: BuildRef, job: JobId, log: Logger): Promise<string | null> {
  try {
    return await buildkite.logTail(build, job);
  } catch (error) {
    if (!(error instanceof BuildkiteRefused || error instanceof Hopeless)) throw error;
    log.warn({ err: error }, "log not read");
    return null;
  }
}
