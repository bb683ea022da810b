/** Everything that GitHub is told of a build, read at once. */
import { fileMutesOf } from "../domain/file-mute.ts";
import type { BuildRef } from "../domain/ids.ts";
import { jobToQuote } from "../domain/job-log.ts";
import type { ReportedBuild } from "../github/messages/reported-build.ts";
import type { Tools } from "./job.ts";

/** @returns null for a build whose facts are gone, or of which nothing has been concluded yet. */
export async function readReportedBuild(
  ref: BuildRef,
  { builds, mutes, jobLogs, policies, clock }: Pick<Tools, "builds" | "mutes" | "jobLogs" | "policies" | "clock">,
): Promise<ReportedBuild | null> {
  const [facts, verdict, active] = await Promise.all([
    builds.read(ref),
    builds.verdict(ref),
    mutes.active(ref.organization),
  ]);
  if (facts === null || verdict === null) return null;
  const job = jobToQuote(verdict);
  const [log, policy, attempts] = await Promise.all([
    job === null ? null : jobLogs.read(ref.organization, job.jobId),
    policies.ofAddress(facts.repository),
    builds.attempts(
      ref,
      verdict.causes.map(({ jobId }) => jobId),
    ),
  ]);
  const now = clock.now();
  const fileMutes = fileMutesOf({ ...ref, branch: facts.branch, verdict }, policy, now);
  return { facts, verdict, mutes: active, fileMutes, attempts, log, now };
}
