/**
 * Does what a person asked for with a button, a command or a shortcut, which all mean the same: asks whether they may,
 * records it, and says what to answer. The message in the channel is made anew by the job that the record fires.
 */
import type { AlertState } from "../domain/alert.ts";
import type { AuditEntry } from "../domain/audit.ts";
import { isFileMute } from "../domain/file-mute.ts";
import type { HandlingAction, SlackActor } from "../domain/handling.ts";
import type { AlertId } from "../domain/ids.ts";
import { authorIn } from "../domain/mention.ts";
import { type Mute, type MuteScope, mutesOf } from "../domain/mute.ts";
import { authorsOf, keysOf } from "../domain/person.ts";
import {
  type ActionKind,
  type ActionRules,
  type BranchName,
  type Policy,
  settingsFor,
  settingsOfPipeline,
} from "../domain/policy.ts";
import type { Rerun } from "../domain/rerun.ts";
import { type FoundAlert, findAlert, logAct, type SlackAct } from "../handlers/slack/acting.ts";
import { declineMention } from "../handlers/slack/decline-mention.ts";
import { handleAlert } from "../handlers/slack/handle-alert.ts";
import { endMute } from "../handlers/slack/mute-alert.ts";
import { rerunAlert } from "../handlers/slack/rerun-alert.ts";
import { withFileMutes } from "../jobs/alert-view.ts";
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
  mutedInFile,
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
  const { state } = found.stored;
  const active = await desk.mutes.active(found.organization);
  const set = mutesOf(state, active, desk.clock.now());
  const [inFile] = set.length > 0 ? [] : (await withFileMutes(state, [], desk)).filter(isFileMute);
  return inFile === undefined ? unmute(set, found, request, desk) : mutedInFile(inFile.source);
}

/** @param found The alert whose rules say who may; null: those of the mute's own branch. */
export async function unmute(mutes: readonly Mute[], found: FoundAlert | null, request: Request, desk: Desk): Answer {
  for (const mute of mutes) {
    // Its alert says whose repository it is about, and so which rules hold.
    const setOn = found ?? (mute.alert === null ? null : await findAlert(mute.alert, desk));
    const policy = await (setOn === null ? desk.policies.of(null) : desk.policies.ofAlert(setOn.stored.state));
    const branch = found?.stored.state ?? null;
    const refused = await underPolicy(["mute"], mute.scope, branch, policy, request, desk);
    if (refused !== null) return refused;
  }
  const act = await actOf(request, desk);
  const ended = await Promise.all(mutes.map((mute) => endMute(mute.id, act, desk)));
  const scopes = ended.flatMap((mute) => (mute === null ? [] : [mute.scope]));
  return request.quiet && scopes.length > 0 ? null : unmuteDone(scopes);
}

export async function mayNotMute(
  actions: readonly ActionKind[],
  scope: MuteScope,
  alert: AlertState,
  request: Request,
  desk: Desk,
): Answer {
  return underPolicy(actions, scope, alert, await desk.policies.ofAlert(alert), request, desk);
}

/** @param branch Of the alert it is about, if any; what is muted everywhere is under the rules of every branch. */
async function underPolicy(
  actions: readonly ActionKind[],
  scope: MuteScope,
  branch: BranchName | null,
  policy: Policy,
  request: Request,
  desk: Desk,
): Answer {
  if (scope.kind !== "jobEverywhere") {
    return underRules(actions, settingsFor(policy, branch ?? scope).actions, request, desk);
  }
  for (const { actions: rules } of settingsOfPipeline(policy, scope.pipeline)) {
    const refused = await underRules(actions, rules, request, desk);
    if (refused !== null) return refused;
  }
  return null;
}

function refusal(actions: readonly ActionKind[], { stored }: FoundAlert, request: Request, desk: Desk): Answer {
  return mayNot(actions, stored.state, request, desk);
}

/** @returns why they may not; null: they may. */
export async function mayNot(
  actions: readonly ActionKind[],
  branch: BranchName & Pick<AlertState, "repository" | "host">,
  request: Request,
  desk: Desk,
): Answer {
  const policy = await desk.policies.ofAlert(branch);
  return underRules(actions, settingsFor(policy, branch).actions, request, desk);
}

const everybody: ActionRules = { acknowledge: "channel", mute: "channel", rerun: "channel" };

/** For what is about themselves: guests, bots and strangers may not, all others may. */
export function mayNotAtAll(request: Request, desk: Desk): Answer {
  return underRules(["acknowledge"], everybody, request, desk);
}

async function underRules(
  actions: readonly ActionKind[],
  rules: ActionRules,
  { interaction, carried }: Request,
  { permissions }: Desk,
): Answer {
  const { user, userTeam, team } = interaction;
  const decision = await permissions.check({ actions, rules, user, userTeam, team });
  if (decision.ok) return null;
  return decision.why === "unavailable" ? couldNotCheck() : notAllowed(decision, carried);
}

/** Of what concerns no alert. */
export async function keepAct(desk: Pick<Desk, "audit" | "log">, entry: AuditEntry): Promise<void> {
  await desk.audit.add(entry);
  logAct(entry, desk);
}

export async function actOf(
  { interaction }: { readonly interaction: Interaction },
  { people }: Pick<Desk, "people">,
): Promise<SlackAct> {
  const { user, userName, team } = interaction;
  const person = await people.who(user, team);
  const actor: SlackActor = { user, name: person?.name ?? userName };
  const from: AuditEntry["from"] = interaction.from;
  return { actor, from };
}
