/** What the author of a change is told apart from the alert's message: directly, or in its thread. */
import type { SlackUser } from "../../domain/ids.ts";
import { actionIds } from "../action-ids.ts";
import { type Message, section } from "./blocks.ts";
import { causeNames, logUrl } from "./causes.ts";
import { actions, button, linkButton } from "./elements.ts";
import { messageUrl } from "./links.ts";
import { link, type Mrkdwn, md, spoken } from "./mrkdwn.ts";
import { branchName, buildLink, pipelineName } from "./parts.ts";
import { mentionOf } from "./people.ts";
import { type AlertView, buttonValue } from "./view.ts";

type Told = Pick<AlertView, "alert" | "version">;

const mostNames = 3;

/** @param permalink Where the alert's message is, when Slack has told. */
export function authorMessage(view: Told, permalink: string | null): Message {
  const { alert } = view;
  const build = buildLink(alert, alert.since.number, md`your build #${alert.since.number}`);
  return toAuthor(
    md`:red_circle: ${branchName(alert)} of ${pipelineName(alert)} broke with ${build}.`,
    view,
    permalink,
  );
}

/** It pings: an edit of the alert's message would not. */
export function authorReply(view: Told, user: SlackUser): Message {
  const { alert } = view;
  const build = buildLink(alert, alert.since.number, md`build #${alert.since.number}`);
  const sentence = md`${mentionOf(user)}, ${branchName(alert)} broke with your change: ${build}`;
  const wrong = button(actionIds.decline, "Wrong person?", buttonValue(view));
  return { text: spoken(sentence), blocks: [section(sentence), ...actions([wrong])] };
}

/** Whoever reads it sees no alert beside it: so it says what failed, and offers what one does then. */
export function toAuthor(head: Mrkdwn, view: Told, permalink: string | null): Message {
  const { alert } = view;
  const names = causeNames(alert, mostNames);
  const log = logUrl(alert);
  const failed =
    names === null ? null : md`Failed: ${log === null ? names : md`${names} · ${link(log, md`View log`)}`}`;
  const url = messageUrl(permalink);
  const value = buttonValue(view);
  const buttons = [
    button(actionIds.acknowledge, "I am on it", value, "primary"),
    button(actionIds.decline, "Wrong person?", value),
    ...(url === null ? [] : [linkButton("Open the alert", url)]),
  ];
  const body = failed === null ? head : md`${head}\n${failed}`;
  return { text: spoken(head), blocks: [section(body), ...actions(buttons)] };
}
