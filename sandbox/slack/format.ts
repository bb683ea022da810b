/** How Slack writes down a message and a channel. */
import { type Fields, isMember } from "./call.ts";
import type { StoredChannel, StoredMessage, Workspace } from "./workspace.ts";

export function formatMessage(
  { installation }: Workspace,
  channel: StoredChannel,
  message: StoredMessage,
  withMetadata: boolean,
): Fields {
  const { ts, user, text, blocks, attachments, metadata } = message;
  const { teamId: team, botId: bot_id, appId: app_id, botUserId } = installation;
  const author = user === botUserId ? { user, bot_id, app_id } : { user };
  const fields: Record<string, unknown> = { type: "message", ...author, ts, text, team };
  if (message.broadcast) fields.subtype = "thread_broadcast";
  if (blocks.length > 0) fields.blocks = blocks;
  if (attachments.length > 0) fields.attachments = attachments;
  if (withMetadata && metadata !== null) fields.metadata = metadata;
  if (message.editedTs !== null) fields.edited = { user, ts: message.editedTs };
  if (message.reactions.size > 0) {
    fields.reactions = [...message.reactions].map(([name, users]) => ({ name, users: [...users], count: users.size }));
  }
  if (message.threadTs !== null) {
    const parent = channel.messages.get(message.threadTs);
    return { ...fields, thread_ts: message.threadTs, parent_user_id: parent?.user };
  }
  const thread = message.replies.filter((reply) => !reply.deleted);
  if (thread.length === 0) return fields;
  const users = [...new Set(thread.map((reply) => reply.user))];
  const counts = { reply_count: thread.length, reply_users_count: users.length, reply_users: users };
  return { ...fields, thread_ts: ts, ...counts, latest_reply: thread.at(-1)?.ts };
}

export function formatChannel(workspace: Workspace, channel: StoredChannel): Fields {
  const { teamId, botUserId } = workspace.installation;
  const { id, name, kind, archived } = channel;
  const kinds = { is_channel: kind === "public", is_group: kind === "private", is_im: kind === "im", is_mpim: false };
  const is_ext_shared = isShared(workspace, channel);
  const common = { id, ...kinds, is_private: kind !== "public", is_archived: archived, is_ext_shared };
  if (kind === "im") {
    const user = [...channel.members].find((member) => member !== botUserId);
    return { ...common, user, is_open: true };
  }
  return { ...common, name, name_normalized: name, is_member: isMember(workspace, channel), context_team_id: teamId };
}

/** With another workspace. */
export function isShared(workspace: Workspace, channel: StoredChannel): boolean {
  return [...channel.members].some((id) => {
    const user = workspace.users.get(id);
    return user !== undefined && workspace.isForeign(user);
  });
}
