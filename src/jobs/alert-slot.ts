/** Where the slot of an alert's message is; the slots of what belongs to it begin with it. */
import type { AlertState } from "../domain/alert.ts";

export function alertSlot({ id }: Pick<AlertState, "id">): string {
  return `alert/${id}`;
}

/** Where the slot of its message in a channel that subscribed is. */
export function copySlot(alert: Pick<AlertState, "id">, channel: string): string {
  return `${alertSlot(alert)}@${channel}`;
}
