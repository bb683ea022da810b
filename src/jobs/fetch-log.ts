/** Puts the last lines of the first failed job's log into an alert's thread, once for each time the branch broke. */
import { jobToQuote } from "../domain/job-log.ts";
import type { Run, Tools } from "./job.ts";
import { quoteLog } from "./quote-log.ts";
import { type AlertRef, spell } from "./subjects.ts";

export async function fetchLog(ref: AlertRef, tools: Tools, { log }: Run): Promise<void> {
  const { alerts, buildkite, clock } = tools;
  const { organization, alert: id } = ref;
  const alert = await alerts.read(organization, id);
  if (buildkite === null || alert?.state.status !== "failing") return;
  const { state } = alert;
  const job = jobToQuote(state.verdict);
  if (job === null) return;
  const noteId = `log-${state.since.number}-${state.since.at}`;
  // An older red build that is told late moves `since`; the job's log is the same.
  const quoted = (await alerts.notes(organization, id)).some(
    ({ id: name, note }) => name === noteId || (note.kind === "log" && note.jobId === job.jobId),
  );
  if (quoted) return;

  const build = { organization, pipeline: state.pipeline, number: state.newest.number };
  const lines = (await quoteLog(build, state.verdict, tools, { log }))?.lines ?? [];
  if (lines.length === 0) return;
  const note = { kind: "log" as const, build: state.newest.number, job: job.name, jobId: job.jobId, lines };
  const subject = spell("syncAlert", ref);
  await tools.fire(await alerts.addNote(organization, id, { id: noteId, note }, subject, clock.now()));
  log.info({ build: state.newest.number, lines: lines.length }, "log excerpt added");
}
