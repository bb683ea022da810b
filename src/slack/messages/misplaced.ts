/** Says in the thread of an alert why it is where nobody looked for it, and how that can be mended. */
import type { Message } from "./blocks.ts";
import { foreign, type Mrkdwn, md } from "./mrkdwn.ts";
import { reply } from "./replies.ts";

const archived = new Set(["is_archived", "is_inactive", "channel_deleted"]);
const absent = new Set(["not_in_channel", "channel_not_found"]);

/** @param wanted The channel's id, or `#name`. @param code Slack's word for why not. */
export function misplacedMessage(wanted: string, code: string): Message {
  return reply(md`:mailbox: This is meant for ${channelName(wanted)}, ${reasonOf(code)}`);
}

function reasonOf(code: string): Mrkdwn {
  if (archived.has(code)) return md`which is archived: unarchive it, or route its alerts elsewhere.`;
  if (absent.has(code)) return md`where I cannot post: \`/invite @signalbox\` there, or route its alerts elsewhere.`;
  return md`where an administrator does not let me post: allow it, or route its alerts elsewhere.`;
}

function channelName(channel: string): Mrkdwn {
  return /^C[A-Z0-9]+$/.test(channel) ? { mrkdwn: `<#${channel}>` } : (foreign(channel, 80) ?? md`another channel`);
}
