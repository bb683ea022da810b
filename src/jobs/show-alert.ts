import type { Shown } from "../slack/deliver.ts";
import { type AlertView, alertMessage, plainAlertMessage } from "../slack/messages/alert.ts";
import { alertSlot } from "./alert-slot.ts";
import type { Tools } from "./job.ts";
import { permalinkOf } from "./permalink.ts";

/** A message of the alert: the slot it is kept in, and the channels to try. */
export interface AlertPlace {
  readonly slot: string;
  readonly channels: readonly string[];
}

/** @returns null when a person has deleted it. */
export async function showAlert(view: AlertView, { slot, channels }: AlertPlace, tools: Tools): Promise<Shown | null> {
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
