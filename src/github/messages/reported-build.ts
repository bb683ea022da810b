/** What GitHub is told of a build, read before anything is rendered. */
import type { Instant } from "../../clock.ts";
import type { BuildFacts } from "../../domain/facts.ts";
import type { FileMute } from "../../domain/file-mute.ts";
import type { JobId } from "../../domain/ids.ts";
import type { JobLog } from "../../domain/job-log.ts";
import type { Mute } from "../../domain/mute.ts";
import type { Verdict } from "../../domain/verdict.ts";

export interface ReportedBuild {
  readonly facts: BuildFacts;
  readonly verdict: Verdict;
  /** Those of the organization: most have nothing to do with this build. */
  readonly mutes: readonly Mute[];
  /** By settings files, of this build's failing jobs. */
  readonly fileMutes: readonly FileMute[];
  /** How often each of the jobs that failed has been tried, where that is told. */
  readonly attempts?: ReadonlyMap<JobId, number>;
  /** Of the first failed job; null when there is none, or nobody can read it. */
  readonly log: JobLog | null;
  readonly now: Instant;
}
