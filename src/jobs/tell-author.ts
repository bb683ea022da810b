/**
 * Tells the author of a change that it broke a branch, where the alert's message cannot: directly, when they want it so,
 * or in the thread, when the message was sent before it was known who they are.
 */
import { mentionedIn } from "../domain/mention.ts";
import { SlackRefused } from "../slack/client.ts";
import { Shown } from "../slack/deliver.ts";
import { authorMessage, authorReply } from "../slack/messages/author.ts";
import type { AlertView } from "../slack/messages/view.ts";
import type { StoredAlert } from "../state/alerts.ts";
import { alertSlot } from "./alert-slot.ts";
import type { Run, Tools } from "./job.ts";
import { permalinkOf } from "./permalink.ts";

export async function tellAuthor(
  view: AlertView,
  { mention }: StoredAlert,
  shown: Shown | null,
  tools: Tools,
  { log, signal }: Run,
): Promise<void> {
  const { alert } = view;
  if (alert.status !== "failing" || view.silence !== null || mention === null || mention.declined) return;
  const { user, how, late, build } = mention;
  const inMessage = mentionedIn(mention) !== null && !late;
  if (user === null || how === "off" || inMessage || signal.aborted) return;
  const { organization, id } = alert;
  const name = `author-${build}-${alert.timesBroken}`;
  // Once per break, whatever becomes of it.
  const slot = { organization, name: `${alertSlot(alert)}/${name}` };
  if ((await tools.slots.read(slot, Shown)) !== null) return;
  const once = { slot, tag: { alert: id, slot: name } };
  if (how === "dm") {
    const content = authorMessage(view, await permalinkOf({ organization, alert: id }, tools));
    try {
      // Slack opens the direct messages with a person by itself.
      await tools.deliverer.deliverOnce({ ...once, channels: [user], content });
      log.info({ user }, "author told directly");
      return;
    } catch (error) {
      if (!(error instanceof SlackRefused)) throw error;
      log.info({ user, err: error }, "author cannot be written to, and is told in the thread");
    }
  }
  if (shown === null) return;
  await tools.deliverer.deliverOnce({
    ...once,
    channels: [shown.channel],
    threadTs: shown.ts,
    content: authorReply(view, user),
  });
  log.info({ user }, "author told in the thread");
}
