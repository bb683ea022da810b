/** An alert as its message in the channel. Always made from the state, never from what Slack shows already. */
import { onlyAcknowledge } from "./alert-actions.ts";
import { type Message, section } from "./blocks.ts";
import { failingBlocks, failingSentence } from "./failing.ts";
import { fixedBlocks, fixedSentence } from "./fixed.ts";
import { messageUrl } from "./links.ts";
import { link, type Mrkdwn, md, spoken } from "./mrkdwn.ts";
import { buildLink } from "./parts.ts";
import type { AlertView } from "./view.ts";

export type { AlertView } from "./view.ts";

export interface MessageContext {
  /** Where the message of the previous alert is, when there is one. */
  readonly previousUrl: string | null;
}

export function alertMessage(view: AlertView, { previousUrl }: MessageContext): Message {
  const { alert } = view;
  const url = messageUrl(previousUrl);
  const previous = url === null ? null : link(url, md`Previous alert`);
  const blocks =
    alert.status === "failing"
      ? failingBlocks({ ...view, alert }, previous)
      : fixedBlocks({ ...view, alert }, previous);
  return { text: alertText(view), blocks };
}

/** For when Slack refuses the layout: an alert is never lost because of how it looks. */
export function plainAlertMessage(view: AlertView): Message {
  const { alert } = view;
  const text = alertText(view);
  const build = alert.status === "fixed" && alert.fixed.build !== null ? alert.fixed.build : alert.newest;
  const line = md`${{ mrkdwn: text }}\n${buildLink(alert, build.number, md`Open build`)}`;
  return { text, blocks: [section(line), ...onlyAcknowledge(view)] };
}

function alertText(view: AlertView): string {
  return spoken(sentence(view));
}

function sentence({ alert, ...view }: AlertView): Mrkdwn {
  return alert.status === "failing" ? failingSentence({ ...view, alert }) : fixedSentence(alert);
}
