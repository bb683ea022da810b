/** Tells the failing alerts that a mute concerns them, and, when it is over, that it does no longer. */
import type { Instant } from "../clock.ts";
import type { NamedNote, Note } from "../domain/alert.ts";
import type { Handling } from "../domain/handling.ts";
import type { AlertId } from "../domain/ids.ts";
import { concerns, isOver, type Mute } from "../domain/mute.ts";
import { Later } from "../later.ts";
import type { StoredAlert } from "../state/alerts.ts";
import type { Run, Tools } from "./job.ts";
import { type MuteRef, spell } from "./subjects.ts";

export async function applyMute(ref: MuteRef, tools: Tools, { log }: Run): Promise<void> {
  const { mutes, alerts, clock } = tools;
  const { organization } = ref;
  const stored = await mutes.read(organization, ref.mute);
  if (stored === null) return;
  const mute = await ended(stored, tools);
  for (const id of await alerts.open(organization)) await tell(id, mute, tools);
  if (mute.ended !== null) {
    if ((await mutes.replace(mute, null, [], clock.now())) === null) throw new Later("the mute changed", clock.now());
    log.info({ mute: mute.id, by: mute.ended.by?.user ?? "time" }, "mute ended");
  } else if (mute.until !== null) await tools.triggerAt("applyMute", ref, mute.until);
}

/** Ended by its time, or because the alert that it waited for is fixed. Stored first, so that it ends only once. */
async function ended(mute: Mute, { mutes, alerts, clock }: Tools): Promise<Mute> {
  const now = clock.now();
  if (mute.ended !== null) return mute;
  if (!isOver(mute, now)) {
    if (mute.until !== null || mute.alert === null) return mute;
    const alert = await alerts.read(mute.organization, mute.alert);
    if (alert?.state.status === "failing") return mute;
  }
  const over: Mute = { ...mute, ended: { at: now, by: null } };
  if ((await mutes.replace(mute, over, [], now)) === null) throw new Later("the mute changed", now);
  return over;
}

async function tell(id: AlertId, mute: Mute, tools: Tools): Promise<void> {
  const { alerts, clock } = tools;
  const { organization } = mute;
  const alert = await alerts.read(organization, id);
  if (alert === null || !hides(mute, alert)) return;
  const note = noteOf(mute);
  const known = await alerts.noteIds(organization, id);
  if (known.has(note.id)) return;
  // One that ended before anybody was told of it.
  if (mute.ended !== null && !known.has(noteOf({ ...mute, ended: null }).id)) return;
  const handling = handlingAfter(mute, alert.handling, clock.now());
  const subjects = [spell("answerPerson", { organization, alert: id }), spell("remind", { organization, alert: id })];
  const change = { notes: [note], ...(handling !== null && { handling }) };
  const fire = await alerts.act(organization, id, alert.version, change, subjects, clock.now());
  if (fire === null) throw new Later("somebody changed the alert", clock.now());
  await tools.fire(fire);
}

function hides({ scope }: Mute, { state }: StoredAlert): boolean {
  if (state.status !== "failing" || !concerns(scope, state)) return false;
  return scope.kind === "branch" || state.verdict.causes.some(({ key }) => key === scope.job);
}

function noteOf({ id, by, scope, until, reason, ended: over }: Mute): NamedNote {
  const note = ((): Note => {
    if (over === null) return { kind: "muted", by, scope, until, reason };
    return over.by === null ? { kind: "muteEnded", by, scope } : { kind: "unmuted", by: over.by, scope };
  })();
  return { id: `${over === null ? "muted" : "unmuted"}-${id}`, note };
}

/** What was hidden comes back open; whoever is on it stays so when a person unmutes. */
function handlingAfter({ ended: over }: Mute, current: Handling, now: Instant): Handling | null {
  if (over === null || (over.by !== null && current.kind === "acknowledged")) return null;
  return { kind: "open", since: now };
}
