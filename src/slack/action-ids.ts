/** What clicks and dialogs are called, and what their values say. Messages write these names, listeners read them. */
import { z } from "zod";
import { AlertId } from "../domain/ids.ts";

export const actionIds = {
  acknowledge: "alert.acknowledge",
  unacknowledge: "alert.unacknowledge",
  takeOver: "alert.take_over",
  mute: "alert.mute",
  /** Its value is an alert's, or the id of a single mute. */
  unmute: "alert.unmute",
  /** The failed jobs, in the same build. */
  rerun: "alert.rerun",
  rebuild: "alert.rebuild",
  /** "Wrong person?": the mention is taken back. */
  decline: "alert.decline",
  confirm: "alert.confirm",
  handBack: "alert.hand_back",
  /** Only opens an address: Slack tells us all the same. */
  open: "alert.open",
  /** The overflow: each option names its action in its value. */
  more: "alert.more",
  link: "link.open",
  homeMore: "home.more",
  homeNotify: "home.notify",
} as const;
export type ActionId = (typeof actionIds)[keyof typeof actionIds];

export const callbackIds = { mute: "mute.submit", link: "link.submit" } as const;

/** What a button is about. The version is of the alert as it was shown: an older one is no error, only stale. */
export const AlertValue = z.object({ alert: AlertId, version: z.int().nonnegative() });
export type AlertValue = z.infer<typeof AlertValue>;

export function writeAlertValue({ alert, version }: AlertValue): string {
  return `${alert}:${version}`;
}

/** @returns null when it is none of ours. */
export function readAlertValue(value: string): AlertValue | null {
  const match = /^([^:]{1,40}):(\d{1,15})$/.exec(value);
  if (match === null) return null;
  const { data } = AlertValue.safeParse({ alert: match[1], version: Number(match[2]) });
  return data ?? null;
}

const ActionName = z.enum(actionIds);

/** An action and its value in one: in an overflow's option, and where an action waits until a login is linked. */
export interface CarriedAction {
  readonly action: ActionId;
  readonly value: string;
}

export function writeCarried({ action, value }: CarriedAction): string {
  return `${action}:${value}`;
}

export function readCarried(text: string): CarriedAction | null {
  const end = text.indexOf(":");
  const { data: action } = ActionName.safeParse(end < 0 ? text : text.slice(0, end));
  return action === undefined ? null : { action, value: end < 0 ? "" : text.slice(end + 1) };
}
