/** What is kept of a failed job's log: the lines that most likely say why, and the places they name. */
import { z } from "zod";
import { Annotation, annotationsIn } from "./annotations.ts";
import { JobId } from "./ids.ts";
import { excerpt, readable } from "./log-excerpt.ts";
import type { Cause, Verdict } from "./verdict.ts";

export const JobLog = z.object({
  job: z.string(),
  jobId: JobId,
  lines: z.array(z.string()),
  annotations: z.array(Annotation),
});
export type JobLog = z.infer<typeof JobLog>;

/** @param rawTail The end of a log as Buildkite sends it, from the beginning of a line. */
export function jobLog({ name, jobId }: Cause, rawTail: string): JobLog {
  return { job: name, jobId, lines: excerpt(rawTail), annotations: annotationsIn(readable(rawTail)) };
}

/** The job whose log to read: one that only announced its failure still writes; trigger and expired jobs have none. */
export function jobToQuote({ causes }: Verdict): Cause | null {
  return causes.find(({ type, kind }) => type === "script" && kind !== "promised" && kind !== "expired") ?? null;
}
