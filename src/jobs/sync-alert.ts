/** Makes Slack show what an alert is now: one message, edited in place, and a thread that tells what changed. */
import type { Instant } from "../clock.ts";
import type { AlertState, NamedNote, Note } from "../domain/alert.ts";
import { firstEnd } from "../domain/file-mute.ts";
import { subscribedChannels, wantsNote } from "../domain/subscription.ts";
import { SlackRefused } from "../slack/client.ts";
import { Shown } from "../slack/deliver.ts";
import { type AlertView, alertMessage, plainAlertMessage } from "../slack/messages/alert.ts";
import { misplacedMessage } from "../slack/messages/misplaced.ts";
import { broadcasts, noteMessage } from "../slack/messages/note.ts";
import type { ToldNote } from "../state/alerts.ts";
import { alertSlot, copySlot } from "./alert-slot.ts";
import { readAlertView, withFileMutes } from "./alert-view.ts";
import { beginTelling } from "./begin-telling.ts";
import { findMention } from "./find-mention.ts";
import { findSuspects } from "./find-suspects.ts";
import type { Run, Tools } from "./job.ts";
import { permalinkOf } from "./permalink.ts";
import type { AlertRef } from "./subjects.ts";
import { tellAuthor } from "./tell-author.ts";

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
  const lookAgainAt = [await findSuspects(ref, tools, run), await findMention(ref, tools)];
  // Before the view: a note that is made after it must not be judged by a silence that is over.
  const notes = await alerts.notes(organization, id);
  const found = await readAlertView(organization, id, tools);
  if (found === null) return;
  const isFailing = found.view.alert.status === "failing";
  const muteEnds = isFailing ? firstEnd(await withFileMutes(found.stored.state, [], tools)) : null;
  const shownBefore = await slots.read({ organization, name: alertSlot({ id }) }, Shown);
  if (shownBefore === null && staysHidden(found.view, found.stored.hidden)) {
    await alerts.hide(organization, id);
    await alerts.dropNotes(
      organization,
      id,
      notes.map((note) => note.id),
    );
    return lookAgain(ref, [muteEnds], tools);
  }
  const read = await beginTelling(ref, found, tools);
  if (read === null) return;
  const { stored, view } = read;
  // A workspace that cannot be told now must not keep the others waiting.
  const failures: unknown[] = [];
  const shown = await syncMain(view, notes, stored.hidden, tools, run).catch((error: unknown) => {
    failures.push(error);
    return shownBefore;
  });
  failures.push(...(await syncCopies(view, notes, shown, tools, run)));
  await tellAuthor(view, stored, shown, tools, run);
  if (failures.length > 0) throw failures[0];
  await lookAgain(ref, [...lookAgainAt, muteEnds], tools);
}

async function lookAgain(ref: AlertRef, times: readonly (Instant | null)[], { triggerAt }: Tools): Promise<void> {
  for (const at of times) if (at !== null) await triggerAt("syncAlert", ref, at);
}

async function syncMain(
  view: AlertView,
  notes: readonly ToldNote[],
  hidden: boolean,
  tools: Tools,
  run: Run,
): Promise<Shown | null> {
  const shown = await showAlert(view, mainPlace(view, tools), tools);
  if (hidden) await tools.alerts.unhide(view.alert.organization, view.alert.id);
  // Nobody wants a thread under a message that a person has deleted.
  if (shown === null) return null;
  await tellMisplaced(view.alert, shown, tools);
  await tellNotes(view, notes, shown, tools, run);
  return shown;
}

/** A message of the alert: the slot it is kept in, and the channels to try. */
interface AlertPlace {
  readonly slot: string;
  readonly channels: readonly string[];
}

function mainPlace({ alert }: AlertView, { config }: Tools): AlertPlace {
  const { defaultChannel } = config.policy;
  const channels = [...new Set([alert.channel, ...(defaultChannel === null ? [] : [defaultChannel])])];
  return { slot: alertSlot(alert), channels };
}

/** Notes that call somebody: once, under the alert itself. */
const calling: ReadonlySet<Note["kind"]> = new Set(["reminder", "stillOnIt", "released", "muteEnded"]);

/**
 * The same alert in the channels that subscribed to it, each with a thread of its own. They call nobody: one ping is enough.
 * @returns why some could not be told now.
 */
async function syncCopies(
  told: AlertView,
  notes: readonly ToldNote[],
  main: Shown | null,
  tools: Tools,
  run: Run,
): Promise<unknown[]> {
  const failures: unknown[] = [];
  const view = { ...told, mention: null };
  const { organization, id } = view.alert;
  const subscriptions = await tools.subscriptions.all();
  const known = await tools.subscriptions.copies(organization, id);
  const wanted = subscribedChannels(subscriptions, view.alert);
  for (const [channel, { team }] of new Map([...known, ...wanted])) {
    if (channel === (main?.channel ?? view.alert.channel)) continue;
    // Until the alert itself is posted, nobody knows which channel a #name is.
    if (main === null && !known.has(channel) && view.alert.channel.startsWith("#")) continue;
    const deliverer = await tools.delivererFor(team).catch((error: unknown) => {
      failures.push(error);
      return null;
    });
    if (deliverer === null) continue;
    if (!known.has(channel)) await tools.subscriptions.addCopy(organization, id, channel, team);
    const slot = copySlot(view.alert, channel);
    const isThere = (await tools.slots.read({ organization, name: slot }, Shown)) !== null;
    if (!isThere && (!wanted.has(channel) || view.silence !== null)) continue;
    const there = { ...tools, deliverer };
    try {
      const shown = await showAlert(view, { slot, channels: [channel] }, there);
      if (shown === null) continue;
      // Whoever subscribes late has not missed what was told before.
      const news = notes.filter(({ at, note }) => {
        return !calling.has(note.kind) && at >= postedAt(shown) && wantsNote(subscriptions, channel, view.alert, note);
      });
      await tellNotes(view, news, shown, there, run, slot);
    } catch (error) {
      if (!(error instanceof SlackRefused)) failures.push(error);
      else run.log.warn({ channel, team, code: error.code }, "Cannot tell a subscribed channel");
    }
  }
  return failures;
}

/** Who finds an alert where it does not belong knows the other channel, and can mend it. */
async function tellMisplaced({ organization, id }: AlertState, shown: Shown, { deliverer }: Tools): Promise<void> {
  if (shown.misplaced === null) return;
  const content = misplacedMessage(shown.misplaced.wanted, shown.misplaced.code);
  await deliverer.deliver({
    slot: { organization, name: `${alertSlot({ id })}/misplaced` },
    tag: { alert: id, slot: "misplaced" },
    channels: [shown.channel],
    threadTs: shown.ts,
    content,
    plain: () => ({ text: content.text, blocks: [] }),
    version: 1,
    repost: false,
  });
}

/** Nothing was told of a muted alert, so there is nothing to take back when it is fixed. */
function staysHidden({ alert, silence }: AlertView, hidden: boolean): boolean {
  return alert.status === "failing" ? silence !== null : hidden;
}

/** By Slack's clock, give or take what it may be ahead of ours. */
function postedAt({ ts }: Shown): Instant {
  return Number(ts) * 1000 - 60_000;
}

async function tellNotes(
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
    const content = noteMessage(view.alert, note.note, view.version, view.mention);
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
  const links = {
    previousUrl:
      view.alert.previous === null ? null : await permalinkOf({ organization, alert: view.alert.previous }, tools),
  };
  return tools.deliverer.deliver({
    slot: { organization, name: slot },
    tag: { alert: id, slot: slot === alertSlot(view.alert) ? "alert" : slot },
    channels,
    content: alertMessage(view, links),
    // Its buttons carry the version, which by itself is no news to anybody.
    shows: alertMessage({ ...view, version: 0 }, links),
    plain: () => plainAlertMessage(view),
    version: view.version,
    repost: status === "failing",
  });
}
