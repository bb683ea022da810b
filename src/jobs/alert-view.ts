/** Everything an alert's message is made from, read at once. */
import type { AlertState } from "../domain/alert.ts";
import { type AnyMute, fileMutesOf } from "../domain/file-mute.ts";
import type { AlertId, Organization } from "../domain/ids.ts";
import { mentionedIn } from "../domain/mention.ts";
import { type Mute, mutedJobs, silenceOf } from "../domain/mute.ts";
import { progressOf } from "../domain/rerun.ts";
import { foundFor } from "../domain/suspects.ts";
import type { AlertView } from "../slack/messages/alert.ts";
import type { StoredAlert } from "../state/alerts.ts";
import type { Tools } from "./job.ts";

export async function readAlertView(
  organization: Organization,
  id: AlertId,
  tools: Pick<Tools, "alerts" | "mutes" | "policies" | "clock" | "buildkite">,
): Promise<{ readonly stored: StoredAlert; readonly view: AlertView } | null> {
  const [stored, mutes] = await Promise.all([tools.alerts.read(organization, id), tools.mutes.active(organization)]);
  return stored === null ? null : { stored, view: await viewOf(stored, mutes, tools) };
}

/** @param set By people, of the alert's organization. */
export async function viewOf(
  { state, version, handling, rerun, mention, suspects }: StoredAlert,
  set: readonly Mute[],
  tools: Pick<Tools, "policies" | "clock" | "buildkite">,
): Promise<AlertView> {
  const now = tools.clock.now();
  const mutes = await withFileMutes(state, set, tools);
  return {
    alert: state,
    version,
    handling,
    rerun: progressOf(rerun, state),
    silence: state.status === "failing" ? silenceOf(state, mutes, now) : null,
    mutedJobs: mutedJobs(state, mutes, now),
    mention: mentionedIn(mention),
    suspects: foundFor(suspects, state.since.number),
    canRerun: tools.buildkite !== null,
  };
}

/** All that hides something of an alert: what people have set, and what settings files name. */
export async function withFileMutes(
  state: AlertState,
  set: readonly Mute[],
  { policies, clock }: Pick<Tools, "policies" | "clock">,
): Promise<readonly AnyMute[]> {
  return [...set, ...fileMutesOf(state, await policies.ofAlert(state), clock.now())];
}
