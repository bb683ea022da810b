/**
 * Does what a person asked for with a button, a command or a shortcut, which all mean the same: asks whether they may,
 * records it, and says what to answer. The message in the channel is made anew by the job that the record fires.
 */
import type { AuditEntry } from "../domain/audit.ts";
import type { Actor, HandlingAction } from "../domain/handling.ts";
import type { AlertId } from "../domain/ids.ts";
import { authorIn } from "../domain/mention.ts";
import { type Mute, mutesOf } from "../domain/mute.ts";
import { authorsOf, keysOf } from "../domain/person.ts";
import { type ActionKind, settingsFor } from "../domain/policy.ts";
import type { Rerun } from "../domain/rerun.ts";
import { type Act, type FoundAlert, findAlert } from "../handlers/slack/acting.ts";
import { declineMention } from "../handlers/slack/decline-mention.ts";
import { handleAlert } from "../handlers/slack/handle-alert.ts";
import { endMute } from "../handlers/slack/mute-alert.ts";
import { rerunAlert } from "../handlers/slack/rerun-alert.ts";
import type { CarriedAction } from "./action-ids.ts";
import type { Desk } from "./desk.ts";
import type { Interaction } from "./interaction.ts";
import type { Message } from "./messages/blocks.ts";
import { alreadyYours, handlingDone, rerunDone } from "./messages/done.ts";
import {
  alreadyAcknowledged,
  couldNotCheck,
  fixedMeanwhile,
  mentionTakenBack,
  noApiToken,
  nobodyIsOnIt,
  noLongerTracked,
  notAllowed,
  rerunAlreadyAsked,
  rerunRunsAlready,
  unmuteDone,
} from "./messages/replies.ts";

/** What a person did, and what to go on with once they are allowed to. */
export interface Request {
  readonly interaction: Interaction;
  readonly carried: CarriedAction | null;
  /** A command is always answered; after a click, the message itself is the answer. */
  readonly quiet: boolean;
}

/** @returns null when there is nothing to say. */
export type Answer = Promise<Message | null>;

export async function handle(id: AlertId, action: HandlingAction, request: Request, desk: Desk): Answer {
  const found = await findAlert(id, desk);
  if (found === null) return noLongerTracked();
  const refused = await refusal(["acknowledge"], found, request, desk);
  if (refused !== null) return refused;
  const handled = await handleAlert(id, action, await actOf(request, desk), desk);
  const { state, version } = found.stored;
  const value = { alert: id, version };
  switch (handled.kind) {
    case "gone":
      return noLongerTracked();
    case "fixed":
      return fixedMeanwhile(handled.alert);
    case "taken":
      return alreadyAcknowledged(value, handled.by, handled.at, desk.clock.now());
    case "notAcknowledged":
      return nobodyIsOnIt(value);
    case "same":
      return request.quiet ? null : alreadyYours(state);
    case "changed":
      // Of a confirmation, the message shows nothing.
      return request.quiet && action !== "confirm" ? null : handlingDone(action, state);
  }
}

export async function rerun(id: AlertId, what: Rerun["kind"], request: Request, desk: Desk): Answer {
  const found = await findAlert(id, desk);
  if (found === null) return noLongerTracked();
  const refused = await refusal(["rerun"], found, request, desk);
  if (refused !== null) return refused;
  const asked = await rerunAlert(id, what, await actOf(request, desk), desk);
  switch (asked.kind) {
    case "gone":
      return noLongerTracked();
    case "fixed":
      return fixedMeanwhile(asked.alert);
    case "noToken":
      return noApiToken();
    case "retrying":
      return rerunRunsAlready();
    case "already":
      return rerunAlreadyAsked(asked.rerun, desk.clock.now());
    case "asked":
      return request.quiet ? null : rerunDone(what, found.stored.state);
  }
}

/** "Wrong person?": never of these authors again. Whoever is mentioned may say so, whatever the rules are. */
export async function decline(id: AlertId, request: Request, desk: Desk): Answer {
  const found = await findAlert(id, desk);
  if (found === null) return noLongerTracked();
  const { organization, stored } = found;
  const { state, mention } = stored;
  const author = authorIn(mention);
  if (mention === null || author === null) return mentionTakenBack(state);
  const refused = author === request.interaction.user ? null : await refusal(["acknowledge"], found, request, desk);
  if (refused !== null) return refused;
  const facts = await desk.builds.read({ organization, pipeline: state.pipeline, number: mention.build });
  const keys = authorsOf(facts?.author ?? null, facts?.creator ?? null).flatMap(keysOf);
  // Remembered first: once the mention is gone, nobody can click again. Authors are looked for in the home workspace.
  await desk.directory.decline(null, keys, author, desk.clock.now());
  await declineMention(id, author, await actOf(request, desk), desk);
  return mentionTakenBack(state);
}

/** All mutes that hide something of the alert. */
export async function unmuteAlert(id: AlertId, request: Request, desk: Desk): Answer {
  const found = await findAlert(id, desk);
  if (found === null) return noLongerTracked();
  const active = await desk.mutes.active(found.organization);
  return unmute(mutesOf(found.stored.state, active, desk.clock.now()), found, request, desk);
}

/** @param found The alert whose rules say who may; null: those of the mute's own branch. */
export async function unmute(mutes: readonly Mute[], found: FoundAlert | null, request: Request, desk: Desk): Answer {
  for (const mute of mutes) {
    const refused = await mayNot(["mute"], found?.stored.state ?? branchOf(mute), request, desk);
    if (refused !== null) return refused;
  }
  const act = await actOf(request, desk);
  const ended = await Promise.all(mutes.map((mute) => endMute(mute.id, act, desk)));
  const scopes = ended.flatMap((mute) => (mute === null ? [] : [mute.scope]));
  return request.quiet && scopes.length > 0 ? null : unmuteDone(scopes);
}

/** A mute of a job everywhere is under the rules of what no branch in particular is under. */
function branchOf({ scope }: Mute): { readonly pipeline: Mute["scope"]["pipeline"]; readonly branch: string } {
  return { pipeline: scope.pipeline, branch: scope.kind === "jobEverywhere" ? "" : scope.branch };
}

function refusal(actions: readonly ActionKind[], { stored }: FoundAlert, request: Request, desk: Desk): Answer {
  return mayNot(actions, stored.state, request, desk);
}

/** @returns why they may not; null: they may. */
export async function mayNot(
  actions: readonly ActionKind[],
  branch: Parameters<typeof settingsFor>[1],
  { interaction, carried }: Request,
  { permissions, config }: Desk,
): Answer {
  const { user, userTeam, team } = interaction;
  const rules = settingsFor(config.policy, branch).actions;
  const decision = await permissions.check({ actions, rules, user, userTeam, team });
  if (decision.ok) return null;
  return decision.why === "unavailable" ? couldNotCheck() : notAllowed(decision, carried);
}

export async function actOf(
  { interaction }: { readonly interaction: Interaction },
  { people }: Pick<Desk, "people">,
): Promise<Act> {
  const { user, userName, team } = interaction;
  const person = await people.who(user, team);
  const actor: Actor = { user, name: person?.name ?? userName };
  const from: AuditEntry["from"] = interaction.from;
  return { actor, from };
}
