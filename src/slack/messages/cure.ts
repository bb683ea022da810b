/** What ended a red stretch, in the words that the alert and its thread share. */
import type { AlertState } from "../../domain/alert.ts";
import { type Mrkdwn, md } from "./mrkdwn.ts";
import { buildLink, jobName, personName } from "./parts.ts";
import { afterwards, firstFew } from "./words.ts";

const mostNames = 5;

/** A red build that was withdrawn is none: it cured nothing. */
export interface Cure {
  readonly by: "build" | "retry";
  readonly build: number;
  /** Whose change it was, where the message does not say so elsewhere. A retry is nobody's change. */
  readonly person: string | null;
  /** How long it had been red. */
  readonly after: number;
  /** Names of the jobs that passed only on retry. */
  readonly recovered: readonly string[];
}

/** "Fixed by #1044 (Grace Hopper) after 43 min" */
export function cureLine(alert: AlertState, cure: Cure): Mrkdwn {
  const after = afterwards(cure.after);
  if (cure.by === "build") {
    const person = personName(cure.person);
    return md`Fixed by ${buildLink(alert, cure.build)}${person === null ? md`` : md` (${person})`}${after}`;
  }
  const passed = md`${buildLink(alert, cure.build, md`Build #${cure.build}`)} passed on retry${after}`;
  const jobs = cure.recovered.map(jobName);
  return jobs.length === 0
    ? md`${passed} — possibly flaky`
    : md`${passed}: ${firstFew(jobs, mostNames)} — possibly flaky`;
}
