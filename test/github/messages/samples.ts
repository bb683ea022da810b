/** Builds as GitHub is told of them, with defaults. */
import type { JobLog } from "../../../src/domain/job-log.ts";
import type { Verdict } from "../../../src/domain/verdict.ts";
import type { ReportedBuild } from "../../../src/github/messages/reported-build.ts";
import { minute } from "../../harness/clock.ts";
import { at, begin, buildFacts, causeOf, jobId, verdictWith } from "../../harness/facts.ts";

export const head = "4bb485c0f00d4bb485c0f00d4bb485c0f00d4bb4";

export function reported(over: Partial<ReportedBuild> = {}): ReportedBuild {
  const facts = over.facts ?? buildFacts({ branch: "round-amounts", commit: head, startedAt: begin });
  return { facts, verdict: green(), mutes: [], fileMutes: [], log: null, now: at(5 * minute), ...over };
}

/** Two of fourteen jobs failed. */
export function broken(over: Partial<Verdict> = {}): Verdict {
  const causes = [
    causeOf("Specs", { jobId: jobId("c1"), shards: [1, 3], shardsTotal: 4 }),
    causeOf("Lint", { jobId: jobId("c2"), kind: "timedOut", exitStatus: null }),
  ];
  return verdictWith({ causes, failedJobs: 3, totalJobs: 14, at: at(4 * minute), ...over });
}

export function green(over: Partial<Verdict> = {}): Verdict {
  return verdictWith({ outcome: "passed", at: at(4 * minute), jobsUnknown: false, ...over });
}

export const specsLog: JobLog = {
  job: "Specs",
  jobId: jobId("c1"),
  lines: ["1) rounds half-even", "   expected 2, got 3", "rspec ./spec/round_spec.rb:12 # rounds half-even"],
  annotations: [{ path: "spec/round_spec.rb", line: 12, column: null, message: "rounds half-even" }],
};
