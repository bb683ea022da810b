/** Makes Slack show what an alert is now: one message, edited in place, and a thread that tells what changed. */
import { z } from "zod";
import type { AlertState, NamedNote, Note } from "../domain/alert.ts";
import { subscribedChannels, wantsNote } from "../domain/subscription.ts";
import { SlackRefused } from "../slack/client.ts";
import { Shown } from "../slack/deliver.ts";
import { type AlertView, alertMessage, plainAlertMessage } from "../slack/messages/alert.ts";
import { broadcasts, noteMessage } from "../slack/messages/note.ts";
import { readAlertView } from "./alert-view.ts";
import { findMention } from "./find-mention.ts";
import type { Run, Tools } from "./job.ts";
import type { AlertRef } from "./subjects.ts";

/** What a muted alert's thread tells all the same. */
const toldWhileMuted: ReadonlySet<Note["kind"]> = new Set([
  "muted",
  "unmuted",
  "muteEnded",
  "acknowledged",
  "released",
  "rerun",
]);

export async function syncAlert(ref: AlertRef, tools: Tools, run: Run): Promise<void> {
  const { organization, alert: id } = ref;
  const { alerts, slots } = tools;
  await findMention(ref, tools);
  const read = await readAlertView(organization, id, tools);
  if (read === null) return;
  const { stored, view } = read;
  const shownBefore = await slots.read({ organization, name: alertSlot({ id }) }, Shown);
  if (shownBefore === null && staysHidden(view, stored.hidden)) {
    await alerts.hide(organization, id);
    const notes = await alerts.notes(organization, id);
    return alerts.dropNotes(
      organization,
      id,
      notes.map((note) => note.id),
    );
  }
  const shown = await showAlert(view, mainPlace(view, tools), tools);
  if (stored.hidden) await alerts.unhide(organization, id);
  // Nobody wants a thread under a message that a person has deleted.
  if (shown !== null) await tellNotes(view, shown, everything, tools, run);
  await syncCopies(view, shown, tools, run);
}

/** A message of the alert: the slot it is kept in, and the channels to try. */
interface AlertPlace {
  readonly slot: string;
  readonly channels: readonly string[];
}

const everything = (): boolean => true;

function mainPlace({ alert }: AlertView, { config }: Tools): AlertPlace {
  const { defaultChannel } = config.policy;
  const channels = [...new Set([alert.channel, ...(defaultChannel === null ? [] : [defaultChannel])])];
  return { slot: alertSlot(alert), channels };
}

/** The same alert in the channels that subscribed to it, each with a thread of its own. */
async function syncCopies(view: AlertView, main: Shown | null, tools: Tools, run: Run): Promise<void> {
  const subscriptions = await tools.subscriptions.all();
  for (const [channel, { team }] of subscribedChannels(subscriptions, view.alert)) {
    if (channel === (main?.channel ?? view.alert.channel)) continue;
    const slot = `${alertSlot(view.alert)}@${channel}`;
    const known = await tools.slots.read({ organization: view.alert.organization, name: slot }, Shown);
    // Whoever subscribes after the fix does not want to hear of it.
    if (known === null && view.alert.status === "fixed") continue;
    const deliverer = await tools.delivererFor(team);
    if (deliverer === null) continue;
    const there = { ...tools, deliverer };
    try {
      const shown = await showAlert(view, { slot, channels: [channel] }, there);
      const wanted = (note: Note): boolean => wantsNote(subscriptions, channel, view.alert, note);
      if (shown !== null) await tellNotes(view, shown, wanted, there, run, slot);
    } catch (error) {
      // A channel that is closed to us must not keep the others waiting.
      if (!(error instanceof SlackRefused)) throw error;
      run.log.warn({ channel, code: error.code }, "Cannot tell a subscribed channel");
    }
  }
}

/** Nothing was told of a muted alert, so there is nothing to take back when it is fixed. */
function staysHidden({ alert, silence }: AlertView, hidden: boolean): boolean {
  return alert.status === "failing" ? silence !== null : hidden;
}

async function tellNotes(
  view: AlertView,
  shown: Shown,
  wanted: (note: Note) => boolean,
  tools: Tools,
  { log, signal }: Run,
  alertSlotName = alertSlot(view.alert),
): Promise<void> {
  const { alerts, slots } = tools;
  const { organization, id } = view.alert;
  const notes = await alerts.notes(organization, id);
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
    if (unwanted.includes(note) || !wanted(note.note)) continue;
    if (signal.aborted) return;
    const content = noteMessage(view.alert, note.note, view.version);
    const reply = await tools.deliverer.deliver({
      slot: slotOf(note),
      tag: { alert: id, slot: alertSlotName === alertSlot(view.alert) ? note.id : slotOf(note).name },
      channels: [shown.channel],
      threadTs: shown.ts,
      broadcast: broadcasts(note.note),
      content,
      plain: () => ({ text: content.text, blocks: [] }),
      version: 1,
      repost: false,
    });
    log.info({ note: note.id }, reply === null ? "note dropped: its thread is gone" : "note told");
  }
}

async function showAlert(view: AlertView, { slot, channels }: AlertPlace, tools: Tools): Promise<Shown | null> {
  const { organization, id, status } = view.alert;
  return tools.deliverer.deliver({
    slot: { organization, name: slot },
    tag: { alert: id, slot: slot === alertSlot(view.alert) ? "alert" : slot },
    channels,
    content: alertMessage(view, { previousUrl: await previousUrl(view.alert, tools) }),
    plain: () => plainAlertMessage(view),
    version: view.version,
    repost: status === "failing",
  });
}

/** Where the slot of an alert's message is. */
export function alertSlot({ id }: Pick<AlertState, "id">): string {
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
