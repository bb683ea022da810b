/**
 * An alert that was hidden is open from when it is told: nobody can be reminded of what they never heard of. A person's mute
 * says so when it ends; a rule of a file just stops to hold.
 */

import { Later } from "../later.ts";
import { readAlertView } from "./alert-view.ts";
import type { Tools } from "./job.ts";
import { type AlertRef, spell } from "./subjects.ts";

/** Whatever ended the silence less than this ago has said so itself. */
const justNowMs = 60_000;

type Read = NonNullable<Awaited<ReturnType<typeof readAlertView>>>;

/** @returns what the alert is now; null when it is gone. */
export async function beginTelling(ref: AlertRef, read: Read, tools: Tools): Promise<Read | null> {
  const { alerts, clock } = tools;
  const { organization, alert: id } = ref;
  const { state, handling, hidden, version } = read.stored;
  const now = clock.now();
  if (!hidden || state.status !== "failing" || handling.kind !== "open" || handling.since > now - justNowMs)
    return read;
  const change = { handling: { kind: "open", since: now } } as const;
  const fire = await alerts.act(organization, id, version, change, [spell("remind", ref)], now);
  if (fire === null) throw new Later("somebody changed the alert", now);
  await tools.fire(fire);
  return readAlertView(organization, id, tools);
}
