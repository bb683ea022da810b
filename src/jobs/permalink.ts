/** Where people find the message of an alert. Asked of Slack once; a link is a convenience that nothing waits for. */
import { z } from "zod";
import { Shown } from "../slack/deliver.ts";
import { alertSlot } from "./alert-slot.ts";
import type { Tools } from "./job.ts";
import type { AlertRef } from "./subjects.ts";

/** @returns null when the alert has no message, or Slack does not tell. */
export async function permalinkOf(
  { organization, alert: id }: AlertRef,
  { slots, slack }: Pick<Tools, "slots" | "slack">,
): Promise<string | null> {
  const shown = await slots.read({ organization, name: alertSlot({ id }) }, Shown);
  if (shown === null) return null;
  // Of this very message: one that was deleted may have been posted again.
  const slot = { organization, name: `${alertSlot({ id })}/permalink/${shown.ts}` };
  const known = await slots.read(slot, z.string());
  if (known !== null) return known;
  const url = await slack.permalink(shown).catch(() => null);
  if (url !== null) await slots.done(slot, 0, url);
  return url;
}
