/** Makes Slack show what an alert is now: one message, edited in place, and a thread that tells what changed. */
import type { Instant } from "../clock.ts";
import type { AlertState } from "../domain/alert.ts";
import { firstEnd } from "../domain/file-mute.ts";
import { Shown } from "../slack/deliver.ts";
import type { AlertView } from "../slack/messages/alert.ts";
import { misplacedMessage } from "../slack/messages/misplaced.ts";
import type { ToldNote } from "../state/alerts.ts";
import { alertSlot } from "./alert-slot.ts";
import { readAlertView, withFileMutes } from "./alert-view.ts";
import { beginTelling } from "./begin-telling.ts";
import { findMention } from "./find-mention.ts";
import { findSuspects } from "./find-suspects.ts";
import type { Run, Tools } from "./job.ts";
import { type AlertPlace, showAlert } from "./show-alert.ts";
import type { AlertRef } from "./subjects.ts";
import { syncCopies } from "./sync-copies.ts";
import { tellAuthor } from "./tell-author.ts";
import { tellNotes } from "./tell-notes.ts";

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

function mainPlace({ alert }: AlertView, { config }: Tools): AlertPlace {
  const { defaultChannel } = config.policy;
  const channels = [...new Set([alert.channel, ...(defaultChannel === null ? [] : [defaultChannel])])];
  return { slot: alertSlot(alert), channels };
}

/** Who finds an alert where it does not belong knows the other channel, and can mend it. */
async function tellMisplaced({ organization, id }: AlertState, shown: Shown, { deliverer }: Tools): Promise<void> {
  if (shown.misplaced === null) return;
  await deliverer.deliverOnce({
    slot: { organization, name: `${alertSlot({ id })}/misplaced` },
    tag: { alert: id, slot: "misplaced" },
    channels: [shown.channel],
    threadTs: shown.ts,
    content: misplacedMessage(shown.misplaced.wanted, shown.misplaced.code),
  });
}

/** Nothing was told of a muted alert, so there is nothing to take back when it is fixed. */
function staysHidden({ alert, silence }: AlertView, hidden: boolean): boolean {
  return alert.status === "failing" ? silence !== null : hidden;
}
