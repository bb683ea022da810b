/** Everything an alert's message is made from, read at once. */
import type { AlertId, Organization } from "../domain/ids.ts";
import { mentionedIn } from "../domain/mention.ts";
import { type Mute, mutedJobs, silenceOf } from "../domain/mute.ts";
import { progressOf } from "../domain/rerun.ts";
import type { AlertView } from "../slack/messages/alert.ts";
import type { StoredAlert } from "../state/alerts.ts";
import type { Tools } from "./job.ts";

export async function readAlertView(
  organization: Organization,
  id: AlertId,
  tools: Pick<Tools, "alerts" | "mutes" | "clock" | "buildkite">,
): Promise<{ readonly stored: StoredAlert; readonly view: AlertView } | null> {
  const [stored, mutes] = await Promise.all([tools.alerts.read(organization, id), tools.mutes.active(organization)]);
  return stored === null ? null : { stored, view: viewOf(stored, mutes, tools) };
}

export function viewOf(
  { state, version, handling, rerun, mention }: StoredAlert,
  mutes: readonly Mute[],
  { clock, buildkite }: Pick<Tools, "clock" | "buildkite">,
): AlertView {
  const now = clock.now();
  return {
    alert: state,
    version,
    handling,
    rerun: progressOf(rerun, state),
    silence: state.status === "failing" ? silenceOf(state, mutes, now) : null,
    mutedJobs: mutedJobs(state, mutes, now),
    mention: mentionedIn(mention),
    canRerun: buildkite !== null,
  };
}
