/** An alert in the channels that subscribed to it. */
import type { Instant } from "../clock.ts";
import type { Note } from "../domain/alert.ts";
import { subscribedChannels, wantsNote } from "../domain/subscription.ts";
import { SlackRefused } from "../slack/client.ts";
import { Shown } from "../slack/deliver.ts";
import type { AlertView } from "../slack/messages/alert.ts";
import type { ToldNote } from "../state/alerts.ts";
import { copySlot } from "./alert-slot.ts";
import type { Run, Tools } from "./job.ts";
import { showAlert } from "./show-alert.ts";
import { tellNotes } from "./tell-notes.ts";

/** Notes that call somebody: once, under the alert itself. */
const calling: ReadonlySet<Note["kind"]> = new Set(["reminder", "stillOnIt", "released", "muteEnded"]);

/**
 * The same alert in the channels that subscribed to it, each with a thread of its own. They call nobody: one ping is enough.
 * @returns why some could not be told now.
 */
export async function syncCopies(
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

/** By Slack's clock, give or take what it may be ahead of ours. */
function postedAt({ ts }: Shown): Instant {
  return Number(ts) * 1000 - 60_000;
}
