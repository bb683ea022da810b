/** Makes Slack show what an alert is now: one message, edited in place, and a thread that tells what changed. */
import { z } from "zod";
import type { AlertState } from "../domain/alert.ts";
import { Shown } from "../slack/deliver.ts";
import { alertMessage, plainAlertMessage } from "../slack/messages/alert.ts";
import { broadcasts, noteMessage } from "../slack/messages/note.ts";
import type { StoredAlert } from "../state/alerts.ts";
import type { Run, Tools } from "./job.ts";
import type { AlertRef } from "./subjects.ts";

export async function syncAlert(
  { organization, alert: id }: AlertRef,
  tools: Tools,
  { log, signal }: Run,
): Promise<void> {
  const { alerts, slots, deliverer } = tools;
  const alert = await alerts.read(organization, id);
  if (alert === null) return;
  const shown = await showAlert(alert, tools);
  // Nobody wants a thread under a message that a person has deleted.
  if (shown === null) return;

  const notes = await alerts.notes(organization, id);
  const slotOf = (noteId: string) => ({ organization, name: `${alertSlot(alert.state)}/${noteId}` });
  const told = await Promise.all(notes.map((note) => slots.read(slotOf(note.id), Shown)));
  for (const [i, { id: noteId, note }] of notes.entries()) {
    if (told[i] !== null) continue;
    if (signal.aborted) return;
    const content = noteMessage(alert.state, note);
    const reply = await deliverer.deliver({
      slot: slotOf(noteId),
      tag: { alert: id, slot: noteId },
      channels: [shown.channel],
      threadTs: shown.ts,
      broadcast: broadcasts(note),
      content,
      plain: () => ({ text: content.text, blocks: [] }),
      version: 1,
      repost: false,
    });
    log.info({ note: noteId }, reply === null ? "note dropped: its thread is gone" : "note told");
  }
}

async function showAlert({ state, version }: StoredAlert, tools: Tools): Promise<Shown | null> {
  const { deliverer, config } = tools;
  const { organization, id, channel } = state;
  const { defaultChannel } = config.policy;
  return deliverer.deliver({
    slot: { organization, name: alertSlot(state) },
    tag: { alert: id, slot: "alert" },
    channels: [...new Set([channel, ...(defaultChannel === null ? [] : [defaultChannel])])],
    content: alertMessage(state, { previousUrl: await previousUrl(state, tools) }),
    plain: () => plainAlertMessage(state),
    version,
    repost: state.status === "failing",
  });
}

function alertSlot({ id }: Pick<AlertState, "id">): string {
  return `alert/${id}`;
}

/** Asked once. The link is a convenience: an alert does not wait for it. */
async function previousUrl({ organization, previous }: AlertState, { slots, slack }: Tools): Promise<string | null> {
  if (previous === null) return null;
  const slot = { organization, name: `${alertSlot({ id: previous })}/permalink` };
  const known = await slots.read(slot, z.string());
  if (known !== null) return known;
  const shown = await slots.read({ organization, name: alertSlot({ id: previous }) }, Shown);
  const url = shown === null ? null : await slack.permalink(shown).catch(() => null);
  if (url !== null) await slots.done(slot, 0, url);
  return url;
}
