/** What the person who clicked is told, and nobody else sees: how it went, or why not and what to do. */
import type { Button } from "@slack/types";
import type { Instant } from "../../clock.ts";
import type { AlertState } from "../../domain/alert.ts";
import type { SlackActor } from "../../domain/handling.ts";
import type { SlackUser } from "../../domain/ids.ts";
import type { MuteScope } from "../../domain/mute.ts";
import type { Permission } from "../../domain/permission.ts";
import type { RuleSource } from "../../domain/policy.ts";
import type { Refusal } from "../../domain/refusal.ts";
import type { Rerun } from "../../domain/rerun.ts";
import { type AlertValue, actionIds, type CarriedAction, writeAlertValue, writeCarried } from "../action-ids.ts";
import { type Message, section } from "./blocks.ts";
import { actions, button } from "./elements.ts";
import { fixedSentence } from "./fixed.ts";
import { foreign, joined, type Mrkdwn, md, prose, spoken } from "./mrkdwn.ts";
import { muteTerms, scopeName, sourceName } from "./mutes.ts";
import { branchName, pipelineName } from "./parts.ts";
import { actorName } from "./people.ts";
import { duration } from "./words.ts";

const longestRefusal = 500;

export function reply(sentence: Mrkdwn, ...buttons: readonly Button[]): Message {
  return { text: spoken(sentence), blocks: [section(sentence), ...actions(buttons)] };
}

/** "Ada acknowledged this 3 min ago." */
export function alreadyAcknowledged(value: AlertValue, by: SlackActor, at: Instant, now: Instant): Message {
  const takeOver = button(actionIds.takeOver, "Take over", writeAlertValue(value));
  return reply(md`*${actorName(by)}* acknowledged this ${ago(at, now)}.`, takeOver);
}

/** There was nothing to give back, or to confirm. */
export function nobodyIsOnIt(value: AlertValue): Message {
  const acknowledge = button(actionIds.acknowledge, "Acknowledge", writeAlertValue(value), "primary");
  return reply(md`Nobody is on it at the moment.`, acknowledge);
}

export function fixedMeanwhile(alert: AlertState): Message {
  if (alert.status === "failing") return reply(md`The alert has changed: have another look at it.`);
  return reply(md`There is nothing left to do. ${fixedSentence(alert)}`);
}

export function notInstalled(): Message {
  return reply(
    md`Signalbox is not installed in this workspace. Ask whoever operates it for the address to install it from.`,
  );
}

export function noLongerTracked(): Message {
  return reply(md`Signalbox does not track this alert any more: it is too old, or of another installation.`);
}

/** A shortcut was used on a message of somebody else. */
export function notAnAlert(): Message {
  return reply(md`That message is no alert that is open: use this on an alert of Signalbox, or in its thread.`);
}

/** @param carried What was to be done: it goes on once their GitHub login is linked. */
export function notAllowed(permission: Permission & { readonly ok: false }, carried: CarriedAction | null): Message {
  switch (permission.why) {
    case "guest":
      return reply(md`Guests cannot do this. Ask a full member of the workspace.`);
    case "bot":
      return reply(md`Apps cannot do this: it takes a person.`);
    case "deactivated":
      return reply(md`Your account is deactivated, so you cannot do this.`);
    case "otherWorkspace":
      return reply(md`Only people of the workspace that Signalbox is installed in can do this.`);
    case "notLinked": {
      const value = carried === null ? "none" : writeCarried(carried);
      const link = button(actionIds.link, "Link my GitHub login", value, "primary");
      return reply(md`This takes a linked GitHub login, and Signalbox does not know yours.`, link);
    }
    case "notInGroup": {
      const groups = permission.groups.map((group) => ({ mrkdwn: `<!subteam^${group}>` }));
      const those = groups.length === 0 ? md`nobody at the moment` : md`members of ${joined(groups, ", ")}`;
      return reply(md`This is for ${those}.`);
    }
  }
}

/** @param offer Rebuild is then on the alert, in place of the rerun. */
export function rerunRefused(reason: string, offer: "rebuild" | null): Message {
  const why = foreign(reason.replace(/\.\s*$/, ""), longestRefusal) ?? md`it gave no reason`;
  const instead = offer === "rebuild" ? md` A rebuild may work: its button is on the alert now.` : md``;
  return reply(md`Buildkite did not run it again: ${why}.${instead}`);
}

export function rerunAlreadyAsked({ kind, by, at }: Pick<Rerun, "kind" | "by" | "at">, now: Instant): Message {
  const what = kind === "retry" ? md`a rerun` : md`a rebuild`;
  return reply(md`*${actorName(by)}* asked for ${what} ${ago(at, now)}: the alert will show how it went.`);
}

/** @param reference Finds it in the log. */
export function couldNotSave(reference?: string): Message {
  const found = reference === undefined ? null : foreign(reference, 60);
  const told = found === null ? md`` : md` If it happens again, tell your operator: ${found}.`;
  return reply(md`That could not be saved, so nothing has changed. Try again in a minute.${told}`);
}

/** Buildkite runs it again already, and nobody asked for that here. */
export function rerunRunsAlready(): Message {
  return reply(md`Somebody retried it in Buildkite: the alert will show how it went.`);
}

export function couldNotCheck(): Message {
  return reply(md`Slack could not be asked whether you may do this, so nothing has changed. Try again in a minute.`);
}

export function nothingFits(): Message {
  return reply(md`No failing branch fits that. \`/signalbox status\` shows what is failing.`);
}

export function noMuteFits(): Message {
  return reply(md`No mute fits that. \`/signalbox mutes\` shows what is muted.`);
}

export function loginTaken(owner: SlackUser): Message {
  const whose = { mrkdwn: `<@${owner}>` };
  return reply(
    md`That login is linked to ${whose}. They can \`/signalbox unlink\` it, or your operator names whose it is.`,
  );
}

export function needsAReason(): Message {
  return reply(md`A mute of a whole pipeline, or for longer than a day, needs a reason: add \`because …\`.`);
}

export function onlyInChannels(): Message {
  return reply(md`Subscriptions belong to channels: say it in the channel that wants to be told.`);
}

export function noApiToken(): Message {
  return reply(md`Signalbox cannot run builds: it has no Buildkite API token. Ask whoever operates it to set one.`);
}

export function clickAgain(): Message {
  return reply(md`Slack gave up waiting before the dialog could open. Click again, please.`);
}

export interface MuteTold {
  readonly scope: MuteScope;
  readonly until: Instant | null;
  readonly reason: string | null;
}

export function muteDone(mute: MuteTold): Message {
  return reply(md`:no_bell: You muted ${scopeName(mute.scope)} ${muteTerms(mute)}`);
}

export function unmuteDone(scopes: readonly MuteScope[]): Message {
  if (scopes.length === 0) return reply(md`Nothing is muted here any more.`);
  return reply(md`:bell: You unmuted ${joined(scopes.slice(0, 5).map(scopeName), "; ")}`);
}

/** What a file says is changed in the file. */
export function mutedInFile(source: RuleSource): Message {
  return reply(md`This is muted by ${sourceName(source)}, which only a change of that file can end.`);
}

/** "Wrong person?" was pressed: by whoever was mentioned, or by somebody who knows better. */
export function mentionTakenBack(alert: AlertState): Message {
  return reply(md`Thank you. The mention is gone from the alert of ${branchName(alert)} · ${pipelineName(alert)}.`);
}

export function refusalReply({ message }: Refusal): Message {
  return reply(prose(message, longestRefusal) ?? md`That cannot be done.`);
}

/** "3 min ago" */
function ago(at: Instant, now: Instant): Mrkdwn {
  return md`${duration(Math.max(0, now - at))} ago`;
}
