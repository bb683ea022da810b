/** The mute dialog: opened within Slack's three seconds, filled in, and carried out. */
import type { AlertId } from "../domain/ids.ts";
import type { MuteScope } from "../domain/mute.ts";
import { actionsOfMute } from "../domain/permission.ts";
import { type FoundAlert, findAlert } from "../handlers/slack/acting.ts";
import { previewMutes, setMute } from "../handlers/slack/mute-alert.ts";
import type { Desk } from "./desk.ts";
import { muteDialog } from "./messages/mute-dialog.ts";
import { muteScopeOf } from "./messages/mute-fields.ts";
import type { MuteRequest } from "./messages/read-mute-dialog.ts";
import { clickAgain, fixedMeanwhile, muteDone, noLongerTracked } from "./messages/replies.ts";
import { type Answer, actOf, mayNot, mayNotMute, type Request } from "./perform.ts";

export async function openMuteDialog(id: AlertId, request: Request, desk: Desk): Answer {
  const { interaction } = request;
  const found = await findAlert(id, desk);
  if (found === null) return noLongerTracked();
  const { state } = found.stored;
  if (state.status === "fixed") return fixedMeanwhile(state);
  const [refused, preview, person] = await Promise.all([
    mayNot(["mute"], state, request, desk),
    previewOf(found, desk),
    desk.people.who(interaction.user, interaction.team),
  ]);
  if (refused !== null) return refused;
  const { channel, from, triggerId } = interaction;
  const view = muteDialog({ alert: state, channel, from, preview, timeZone: person?.timeZone ?? "UTC" });
  const slack = await desk.slackOf(interaction.team);
  if (slack === null || triggerId === null) return clickAgain();
  try {
    await slack.openView(triggerId, view);
    return null;
  } catch (error) {
    desk.log.info({ err: error, user: interaction.user }, "Cannot open the mute dialog");
    return clickAgain();
  }
}

/** For each scope that the dialog offers, of the first failing job. */
async function previewOf({ organization, stored }: FoundAlert, desk: Desk) {
  const { pipeline, branch, verdict } = stored.state;
  const [first] = verdict.causes;
  const job = first?.key ?? "";
  const name = first?.name ?? "";
  const scopes: MuteScope[] = [
    { kind: "job", pipeline, branch, job, name },
    { kind: "jobEverywhere", pipeline, job, name },
    { kind: "branch", pipeline, branch },
  ];
  const [ofJob = 0, everywhere = 0, ofBranch = 0] = await previewMutes(organization, scopes, desk);
  return { job: ofJob, jobEverywhere: everywhere, branch: ofBranch };
}

export async function submitMute(wanted: MuteRequest, once: string, request: Request, desk: Desk): Answer {
  const found = await findAlert(wanted.alert, desk);
  if (found === null) return noLongerTracked();
  const scope = muteScopeOf(found.stored.state, wanted.scope);
  return scope === null ? clickAgain() : muteAlert(found, scope, wanted, once, request, desk);
}

export async function muteAlert(
  { organization, stored }: FoundAlert,
  scope: MuteScope,
  { end, reason }: Pick<MuteRequest, "end" | "reason">,
  once: string,
  request: Request,
  desk: Desk,
): Answer {
  const { state } = stored;
  if (state.status === "fixed") return fixedMeanwhile(state);
  const until = end.kind === "at" ? end.at : null;
  const actions = actionsOfMute(scope.kind, until, desk.clock.now());
  const refused = await mayNotMute(actions, scope, state, request, desk);
  if (refused !== null) return refused;
  const act = await actOf(request, desk);
  const mute = await setMute({ organization, scope, until, reason, alert: state.id }, once, act, desk);
  return request.quiet ? null : muteDone(mute);
}
