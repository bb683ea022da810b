/** The fields of the mute dialog, and what it remembers while it is open: written by one file and read by another. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { AlertState } from "../../domain/alert.ts";
import { AuditEntry } from "../../domain/audit.ts";
import { AlertId } from "../../domain/ids.ts";
import type { MuteScope } from "../../domain/mute.ts";

/** Of a block and of the one input in it. Slack shows an error at a block, and keeps what was typed as long as the id is the same. */
export const muteFields = {
  scope: "mute.scope",
  job: "mute.job",
  until: "mute.until",
  date: "mute.date",
  reason: "mute.reason",
} as const;

export const MuteMetadata = z.object({
  alert: AlertId,
  /** Where to answer, when it was not asked for in a direct message or the Home tab. */
  channel: z.string().nullable(),
  from: AuditEntry.shape.from,
  /** The job that is meant when there is no choice of jobs. */
  job: z.string().nullable(),
  /** The person's, as the IANA database names it: "tomorrow" is theirs. */
  timeZone: z.string(),
});
export type MuteMetadata = z.infer<typeof MuteMetadata>;

/** Its choices for the end, as a command would say them. */
export const muteEnds = {
  "1h": "1 hour",
  "4h": "4 hours",
  "until tomorrow": "Until tomorrow, 09:00",
  "24h": "24 hours",
  "3d": "3 days",
  "7d": "7 days",
  "until fixed": "Until it is fixed",
  date: "Until a date (choose it below)",
} as const;
export const MuteEndChoice = z.enum(["1h", "4h", "until tomorrow", "24h", "3d", "7d", "until fixed", "date"]);

/** A scope as the dialog knows it: jobs by a short name, since a key may be longer than Slack lets an option be. */
export type ChosenScope =
  | { readonly kind: "job" | "jobEverywhere"; readonly job: string }
  | { readonly kind: "branch" };

export function jobChoice(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 16);
}

/** @returns null when the alert has never had that job. One that has passed meanwhile can be muted all the same. */
export function muteScopeOf(
  { pipeline, branch, verdict, toldJobs }: AlertState,
  chosen: ChosenScope,
): MuteScope | null {
  if (chosen.kind === "branch") return { kind: "branch", pipeline, branch };
  const known = [...verdict.causes, ...toldJobs.map((key) => ({ key, name: key }))];
  const job = known.find(({ key }) => jobChoice(key) === chosen.job);
  if (job === undefined) return null;
  const { key, name } = job;
  return chosen.kind === "job"
    ? { kind: "job", pipeline, branch, job: key, name }
    : { kind: "jobEverywhere", pipeline, job: key, name };
}
