/** Puts the last lines of the first failed job's log into an alert's thread, once for each time the branch broke. */
import type { Logger } from "pino";
import { type BuildkiteClient, BuildkiteRefused } from "../buildkite/client.ts";
import type { BuildRef, JobId } from "../domain/ids.ts";
import { excerpt } from "../domain/log-excerpt.ts";
import { Hopeless } from "../later.ts";
import type { Run, Tools } from "./job.ts";
import { type AlertRef, spell } from "./subjects.ts";

export async function fetchLog(ref: AlertRef, tools: Tools, { log }: Run): Promise<void> {
  const { alerts, buildkite, clock } = tools;
  const { organization, alert: id } = ref;
  const alert = await alerts.read(organization, id);
  if (buildkite === null || alert?.state.status !== "failing") return;
  const { state } = alert;
  // A job that only announced its failure still writes; trigger and expired jobs have no log.
  const job = state.verdict.causes.find(
    ({ type, kind }) => type === "script" && kind !== "promised" && kind !== "expired",
  );
  if (job === undefined) return;
  const noteId = `log-${state.since.number}-${state.since.at}`;
  // An older red build that is told late moves `since`; the job's log is the same.
  const quoted = (await alerts.notes(organization, id)).some(
    ({ id: name, note }) => name === noteId || (note.kind === "log" && note.jobId === job.jobId),
  );
  if (quoted) return;

  const tail = await readLog(
    buildkite,
    { organization, pipeline: state.pipeline, number: state.newest.number },
    job.jobId,
    log,
  );
  const lines = tail === null ? [] : excerpt(tail);
  if (lines.length === 0) return;
  const note = { kind: "log" as const, build: state.newest.number, job: job.name, jobId: job.jobId, lines };
  const subject = spell("syncAlert", ref);
  await tools.fire(await alerts.addNote(organization, id, { id: noteId, note }, subject, clock.now()));
  log.info({ build: state.newest.number, lines: lines.length }, "log excerpt added");
}

/** An excerpt is a convenience: what cannot be read is asked for again when the alert changes, not for a whole day. */
async function readLog(buildkite: BuildkiteClient, build: BuildRef, job: JobId, log: Logger): Promise<string | null> {
  try {
    return await buildkite.logTail(build, job);
  } catch (error) {
    if (!(error instanceof BuildkiteRefused || error instanceof Hopeless)) throw error;
    log.warn({ err: error }, "log not read");
    return null;
  }
}
