/** What whoever typed a command is told when it has worked. A click needs no answer: the message itself changes. */
import type { AlertState } from "../../domain/alert.ts";
import type { Notify } from "../../domain/command.ts";
import type { HandlingAction } from "../../domain/handling.ts";
import type { GithubLogin } from "../../domain/person.ts";
import type { Rerun } from "../../domain/rerun.ts";
import type { Message } from "./blocks.ts";
import { type SubscriptionRow, subscriptionLine } from "./command-replies.ts";
import { code, type Mrkdwn, md } from "./mrkdwn.ts";
import { branchName, buildLink, pipelineName } from "./parts.ts";
import { reply } from "./replies.ts";

export function handlingDone(action: HandlingAction, alert: AlertState): Message {
  switch (action) {
    case "acknowledge":
    case "takeOver":
      return reply(md`:eyes: You are on it: ${where(alert)}`);
    case "confirm":
      return reply(md`:eyes: You are still on it: ${where(alert)}`);
    case "unacknowledge":
    case "handBack":
      return reply(md`Nobody is on it any more: ${where(alert)}`);
  }
}

/** It was so already, and they themselves made it so. */
export function alreadyYours(alert: AlertState): Message {
  return reply(md`:eyes: You are on it already: ${where(alert)}`);
}

export function rerunDone(kind: Rerun["kind"], alert: AlertState): Message {
  const build = buildLink(alert, alert.newest.number, md`build #${alert.newest.number}`);
  const what = kind === "retry" ? md`the failed jobs of ${build} again` : md`a rebuild of ${build}`;
  return reply(md`:arrows_counterclockwise: You asked Buildkite for ${what}. The alert will show how it goes.`);
}

export function subscribeDone(subscription: SubscriptionRow): Message {
  return reply(md`This channel is told of ${subscriptionLine(subscription)}`);
}

/** @param removed None when nothing of that name was there. */
export function unsubscribeDone(removed: readonly SubscriptionRow[]): Message {
  const [first, ...others] = removed;
  if (first === undefined) return reply(md`This channel has no such subscription.`);
  const more = others.length === 0 ? md`` : md` and ${others.length} more`;
  return reply(md`This channel is not told of ${subscriptionLine(first)}${more} any more`);
}

export function linkDone(login: GithubLogin): Message {
  return reply(
    md`Your GitHub login is ${loginName(login)}. When a change of yours breaks a branch, you are mentioned.`,
  );
}

export function unlinkDone(login: GithubLogin | null): Message {
  if (login === null) return reply(md`No GitHub login was linked.`);
  return reply(md`The GitHub login ${loginName(login)} is yours no more, as far as Signalbox knows.`);
}

export function notifyDone(where: Notify): Message {
  return reply(notifyWords[where]);
}

const notifyWords: Readonly<Record<Notify, Mrkdwn>> = {
  dm: md`You are told of your failures in a direct message, and not mentioned in the channel.`,
  channel: md`You are mentioned in the channel when a change of yours breaks a branch.`,
  off: md`You are neither mentioned nor written to.`,
};

export function loginName(login: GithubLogin): Mrkdwn {
  return code(login, 60) ?? md``;
}

function where(alert: AlertState): Mrkdwn {
  return md`${branchName(alert)} · ${pipelineName(alert)} · ${buildLink(alert, alert.newest.number)}`;
}
