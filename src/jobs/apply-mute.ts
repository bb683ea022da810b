/** Tells the failing alerts that a mute concerns them, and, when it is over, that it does no longer. */
import type { Instant } from "../clock.ts";
import type { NamedNote, Note } from "../domain/alert.ts";
import type { AnyMute } from "../domain/file-mute.ts";
import { idOfActor } from "../domain/handling.ts";
import type { AlertId } from "../domain/ids.ts";
import { affects, endOf, isFulfilled, isOver, type Mute, silenceOf } from "../domain/mute.ts";
import { Later } from "../later.ts";
import type { AlertChange, StoredAlert } from "../state/alerts.ts";
import { withFileMutes } from "./alert-view.ts";
import type { Run, Tools } from "./job.ts";
import { type MuteRef, markOf, spell } from "./subjects.ts";
import { wake } from "./wake.ts";

export async function applyMute(ref: MuteRef, tools: Tools, { log }: Run): Promise<void> {
  const { mutes, clock } = tools;
  const { organization } = ref;
  const stored = await mutes.read(organization, ref.mute);
  if (stored === null) return;
  const mute = await ended(stored, tools);
  const others = (await mutes.active(organization)).filter(({ id }) => id !== mute.id);
  for (const id of await concerned(mute, tools)) await tell(id, mute, others, tools);
  if (mute.ended !== null) {
    if ((await mutes.replace(mute, null, [], clock.now())) === null) throw new Later("the mute changed", clock.now());
    log.info({ mute: mute.id, by: mute.ended.by === null ? "time" : idOfActor(mute.ended.by) }, "mute ended");
  } else await tools.triggerAt("applyMute", ref, endOf(mute));
  // GitHub shows which of the failed jobs are muted, and until when.
  const reported = tools.github === null ? [] : await tools.reports.red(organization, mute.scope.pipeline);
  await wake(
    reported.map((build) => markOf("reportBuild", build)),
    tools,
  );
}

/** A mute of one branch is about one alert at the most: of a thousand that are open, the others need not be read. */
async function concerned({ organization, scope }: Mute, { alerts }: Tools): Promise<readonly AlertId[]> {
  if (scope.kind === "jobEverywhere") return alerts.open(organization);
  const current = await alerts.current({ organization, pipeline: scope.pipeline, branch: scope.branch });
  return current === null ? [] : [current];
}

/** Ended by its time, or because the alert that it waited for is fixed. Stored first, so that it ends only once. */
async function ended(mute: Mute, { mutes, alerts, clock }: Tools): Promise<Mute> {
  const now = clock.now();
  if (mute.ended !== null) return mute;
  if (!isOver(mute, now)) {
    if (mute.until !== null || mute.alert === null) return mute;
    const alert = await alerts.read(mute.organization, mute.alert);
    if (alert !== null && !isFulfilled(mute, alert.state)) return mute;
  }
  const over: Mute = { ...mute, ended: { at: now, by: null } };
  if ((await mutes.replace(mute, over, [], now)) === null) throw new Later("the mute changed", now);
  return over;
}

async function tell(id: AlertId, mute: Mute, others: readonly Mute[], tools: Tools): Promise<void> {
  const { alerts, clock } = tools;
  const { organization } = mute;
  const alert = await alerts.read(organization, id);
  if (alert?.state.status !== "failing" || !affects(mute.scope, alert.state)) return;
  const note = noteOf(mute);
  if ((await alerts.noteIds(organization, id)).has(note.id)) return;
  const change = changeBy(mute, alert, await withFileMutes(alert.state, others, tools), note, clock.now());
  const subjects = [spell("answerPerson", { organization, alert: id }), spell("remind", { organization, alert: id })];
  const fire = await alerts.act(organization, id, alert.version, change, subjects, clock.now());
  if (fire === null) throw new Later("somebody changed the alert", clock.now());
  await tools.fire(fire);
}

/** What was hidden comes back open; whoever is on it stays so when a person unmutes. */
function changeBy(
  mute: Mute,
  { state, handling }: StoredAlert,
  others: readonly AnyMute[],
  note: NamedNote,
  now: Instant,
): AlertChange {
  const { ended: over } = mute;
  if (over === null) return { notes: [note] };
  const stillHidden = silenceOf(state, others, now) !== null;
  // Nobody is pinged about what goes on being hidden.
  if (stillHidden) return over.by === null ? {} : { notes: [note] };
  const wasHidden = silenceOf(state, [...others, { ...mute, until: null, ended: null }], now) !== null;
  const stays = !wasHidden || (over.by !== null && handling.kind === "acknowledged");
  return { notes: [note], ...(!stays && { handling: { kind: "open", since: now } }) };
}

function noteOf({ id, by, scope, until, reason, ended: over }: Mute): NamedNote {
  const note = ((): Note => {
    if (over === null) return { kind: "muted", by, scope, until, reason };
    return over.by === null ? { kind: "muteEnded", by, scope } : { kind: "unmuted", by: over.by, scope };
  })();
  return { id: `${over === null ? "muted" : "unmuted"}-${id}`, note };
}
