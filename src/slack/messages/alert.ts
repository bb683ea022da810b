/** An alert as its message in the channel. Always made from the state, never from what Slack shows already. */
import type { AlertState } from "../../domain/alert.ts";
import { type Message, section } from "./blocks.ts";
import { failingBlocks, failingSentence } from "./failing.ts";
import { fixedBlocks, fixedSentence } from "./fixed.ts";
import { messageUrl } from "./links.ts";
import { link, type Mrkdwn, md, spoken } from "./mrkdwn.ts";
import { buildLink } from "./parts.ts";

export interface MessageContext {
  /** Where the message of the previous alert is, when there is one. */
  readonly previousUrl: string | null;
}

export function alertMessage(alert: AlertState, { previousUrl }: MessageContext): Message {
  const url = messageUrl(previousUrl);
  const previous = url === null ? null : link(url, md`Previous alert`);
  const blocks = alert.status === "failing" ? failingBlocks(alert, previous) : fixedBlocks(alert, previous);
  return { text: spoken(sentence(alert)), blocks };
}

/** For when Slack refuses the layout: an alert is never lost because of how it looks. */
export function plainAlertMessage(alert: AlertState): Message {
  const text = spoken(sentence(alert));
  const build = alert.status === "fixed" && alert.fixed.build !== null ? alert.fixed.build : alert.newest;
  return { text, blocks: [section(md`${{ mrkdwn: text }}\n${buildLink(alert, build.number, md`Open build`)}`)] };
}

function sentence(alert: AlertState): Mrkdwn {
  return alert.status === "failing" ? failingSentence(alert) : fixedSentence(alert);
}
