/** What the author of a change is told directly, when nobody has taken the alert for a while. */
import { actionIds } from "../action-ids.ts";
import { type Message, section } from "./blocks.ts";
import { causeNames, logUrl } from "./causes.ts";
import { actions, button, linkButton } from "./elements.ts";
import { messageUrl } from "./links.ts";
import { link, md, spoken } from "./mrkdwn.ts";
import { branchName, buildLink, pipelineName } from "./parts.ts";
import { type AlertView, buttonValue } from "./view.ts";
import { dateTime } from "./words.ts";

const mostNames = 3;

/** @param permalink Where the alert's message is, when Slack has told. */
export function reminderMessage(
  view: Pick<AlertView, "alert" | "version" | "handling">,
  permalink: string | null,
): Message {
  const { alert, handling } = view;
  const since = handling.kind === "open" ? dateTime(handling.since) : null;
  const nobody = since === null ? md`nobody is on it` : md`nobody is on it since ${since}`;
  const build = buildLink(alert, alert.since.number, md`your build #${alert.since.number}`);
  const head = md`:bell: ${branchName(alert)} of ${pipelineName(alert)} is red since ${build}, and ${nobody}.`;
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
