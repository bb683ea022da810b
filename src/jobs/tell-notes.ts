/** Tells in the thread of an alert what changed: each note once. */
import type { NamedNote, Note } from "../domain/alert.ts";
import { Shown } from "../slack/deliver.ts";
import type { AlertView } from "../slack/messages/alert.ts";
import { broadcasts, noteMessage } from "../slack/messages/note.ts";
import type { ToldNote } from "../state/alerts.ts";
import { alertSlot } from "./alert-slot.ts";
import type { Run, Tools } from "./job.ts";

/** What a muted alert's thread tells all the same. */
const toldWhileMuted: ReadonlySet<Note["kind"]> = new Set([
  "muted",
  "unmuted",
  "muteEnded",
  "acknowledged",
  "released",
  "rerun",
]);

/** @param alertSlotName Of the message whose thread it is. */
export async function tellNotes(
  view: AlertView,
  notes: readonly ToldNote[],
  shown: Shown,
  tools: Tools,
  { log, signal }: Run,
  alertSlotName = alertSlot(view.alert),
): Promise<void> {
  const { alerts, slots } = tools;
  const { organization, id } = view.alert;
  const slotOf = ({ id: noteId }: NamedNote) => ({ organization, name: `${alertSlotName}/${noteId}` });
  const told = await Promise.all(notes.map((note) => slots.read(slotOf(note), Shown)));
  const untold = notes.filter((_, i) => told[i] === null);
  const unwanted = untold.filter(({ note }) => view.silence !== null && !toldWhileMuted.has(note.kind));
  await alerts.dropNotes(
    organization,
    id,
    unwanted.map((note) => note.id),
  );
  for (const note of untold) {
    if (unwanted.includes(note)) continue;
    if (signal.aborted) return;
    const reply = await tools.deliverer.deliverOnce({
      slot: slotOf(note),
      tag: { alert: id, slot: alertSlotName === alertSlot(view.alert) ? note.id : slotOf(note).name },
      channels: [shown.channel],
      threadTs: shown.ts,
      broadcast: broadcasts(note.note),
      content: noteMessage(view.alert, note.note, view.version, view.mention),
    });
    log.info({ note: note.id }, reply === null ? "note dropped: its thread is gone" : "note told");
  }
}
