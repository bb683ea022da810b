/** `chat.*` and `reactions.add`. What an update keeps and what it takes away follows Slack's reference to the letter. */

import { SlackRefusal } from "./arguments.ts";
import { type Call, channelById, channelToPostIn, type Fields, type Method, messageIn } from "./call.ts";
import { formatMessage } from "./format.ts";
import { edit, readContent } from "./message-content.ts";
import { microsecondsOf, type StoredChannel, type StoredMessage } from "./workspace.ts";

export const chatMethods: Readonly<Record<string, Method>> = {
  "chat.postMessage": { scope: "chat:write", run: postMessage },
  "chat.update": { scope: "chat:write", run: update },
  "chat.delete": { scope: "chat:write", run: remove },
  "chat.postEphemeral": { scope: "chat:write", run: postEphemeral },
  "chat.getPermalink": { scope: null, run: getPermalink },
  "reactions.add": { scope: "reactions:write", run: addReaction },
};

function postMessage(call: Call): Fields {
  const { args, workspace } = call;
  const channel = channelToPostIn(call);
  const sent = readContent(args, "chat.postMessage");
  const parent = parentOf(call, channel);
  const message = workspace.addMessage(channel, {
    text: sent.text ?? "",
    blocks: sent.blocks ?? [],
    attachments: sent.attachments ?? [],
    metadata: sent.metadata ?? null,
    user: workspace.installation.botUserId,
    threadTs: parent?.ts ?? null,
    broadcast: parent !== null && args.flag("reply_broadcast"),
  });
  const answer = { channel: channel.id, ts: message.ts, message: formatMessage(workspace, channel, message, true) };
  if (!sent.cut) return answer;
  const notice = { warnings: ["message_truncated"] };
  return { ...answer, warning: "message_truncated", response_metadata: notice };
}

function update(call: Call): Fields {
  const { args, workspace, rules } = call;
  const channel = channelById(call);
  const message = messageIn(channel, args.required("ts", "message_not_found"));
  if (message.user !== workspace.installation.botUserId) throw new SlackRefusal("cant_update_message");
  if (channel.archived) throw new SlackRefusal("is_inactive");
  const age = workspace.clock.now() / 1000 - (microsecondsOf(message.ts) ?? 0) / 1_000_000;
  if (rules.editWindowSeconds !== null && age > rules.editWindowSeconds) throw new SlackRefusal("edit_window_closed");
  const sent = readContent(args, "chat.update");
  if (isRichText(message.blocks) && sent.blocks !== undefined && sent.blocks.length > 0 && !isRichText(sent.blocks)) {
    throw new SlackRefusal("block_mismatch");
  }
  edit(workspace, message, sent);
  const formatted = formatMessage(workspace, channel, message, true);
  return { channel: channel.id, ts: message.ts, text: message.text, message: formatted };
}

function remove(call: Call): Fields {
  const channel = channelById(call);
  const message = messageIn(channel, call.args.required("ts", "message_not_found"));
  if (message.user !== call.workspace.installation.botUserId) throw new SlackRefusal("cant_delete_message");
  message.deleted = true;
  return { channel: channel.id, ts: message.ts };
}

function postEphemeral(call: Call): Fields {
  const { args, workspace } = call;
  const channel = channelToPostIn(call);
  const user = args.required("user", "user_not_in_channel");
  if (!channel.members.has(user)) throw new SlackRefusal("user_not_in_channel");
  const { text = "", blocks = [] } = readContent(args, "chat.postMessage");
  const threadTs = parentOf(call, channel)?.ts ?? null;
  const ephemeral = { ts: workspace.newTs(), user, threadTs, text, blocks };
  channel.ephemerals.push(ephemeral);
  return { message_ts: ephemeral.ts };
}

function getPermalink(call: Call): Fields {
  const channel = channelById(call);
  const message = messageIn(channel, call.args.required("message_ts", "message_not_found"));
  const link = `https://${call.workspace.installation.team}.slack.com/archives/${channel.id}/p${message.ts.replace(".", "")}`;
  const thread = message.threadTs === null ? "" : `?thread_ts=${message.threadTs}&cid=${channel.id}`;
  return { channel: channel.id, permalink: link + thread };
}

function addReaction(call: Call): Fields {
  const channel = channelById(call);
  if (channel.archived) throw new SlackRefusal("is_archived");
  const message = messageIn(channel, call.args.required("timestamp", "no_item_specified"));
  const name = call.args.required("name", "invalid_name");
  if (!/^[a-z0-9_+'-]+(?:::skin-tone-[2-6])?$/.test(name)) throw new SlackRefusal("invalid_name");
  const users = message.reactions.get(name) ?? new Set();
  const { botUserId } = call.workspace.installation;
  if (users.has(botUserId)) throw new SlackRefusal("already_reacted");
  message.reactions.set(name, users.add(botUserId));
  return {};
}

/** The message that is replied to, which cannot itself be a reply; null for a message of the channel itself. */
function parentOf({ args, rules }: Call, channel: StoredChannel): StoredMessage | null {
  const ts = args.text("thread_ts");
  if (ts === undefined || ts === "") return null;
  const parent = channel.messages.get(ts);
  if (parent !== undefined && !parent.deleted && parent.threadTs === null) return parent;
  if (rules.orphanReplies === "refuse") throw new SlackRefusal("cannot_reply_to_message");
  return null;
}

function isRichText(blocks: readonly unknown[]): boolean {
  return blocks.some((block) => isObject(block) && "type" in block && block.type === "rich_text");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
