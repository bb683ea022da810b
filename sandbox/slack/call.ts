/** What every method of the Slack stand-in works with, and the rules that many of them share. */
import { type Arguments, SlackRefusal } from "./arguments.ts";
import type { Views } from "./views.ts";
import { findMessage, type StoredChannel, type StoredMessage, type Workspace } from "./workspace.ts";

export interface SlackRules {
  /** Seconds after which a message cannot be edited any more; null: always can. */
  readonly editWindowSeconds: number | null;
  /** What happens to a reply whose parent is gone: Slack was seen to do either. */
  readonly orphanReplies: "refuse" | "top-level";
}

export interface Call {
  readonly args: Arguments;
  readonly workspace: Workspace;
  readonly views: Views;
  readonly rules: SlackRules;
  /** Whether the token was granted this scope. */
  has(scope: string): boolean;
  /** Refuses the call without this scope. */
  need(scope: string): void;
}

/** The fields of the answer beside `ok: true`. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Method {
  /** Needed whatever the arguments are; a method asks for more with `need`. */
  readonly scope: string | null;
  readonly run: (call: Call) => Fields;
}

type ChannelKind = StoredChannel["kind"];
const conversations: Readonly<Record<ChannelKind, string>> = { public: "channels", private: "groups", im: "im" };

/** `channels:history`, `groups:read`, …: the scope depends on the kind of conversation. */
export function needFor(call: Call, channel: StoredChannel, right: "history" | "read"): void {
  call.need(`${conversations[channel.kind]}:${right}`);
}

/** Whether the bot is in it. */
export function isMember(workspace: Workspace, channel: StoredChannel): boolean {
  return channel.members.has(workspace.installation.botUserId);
}

/** A private channel does not exist for those who are not in it. */
function visible({ workspace }: Call, channel: StoredChannel | undefined): StoredChannel {
  if (channel === undefined || (channel.kind === "private" && !isMember(workspace, channel))) {
    throw new SlackRefusal("channel_not_found");
  }
  return channel;
}

/** A conversation given by its id: nearly all methods take no names. */
export function channelById(call: Call): StoredChannel {
  return visible(call, call.workspace.channels.get(call.args.required("channel", "channel_not_found")));
}

/** Where to post: an id, a name, or a person's id for direct messages. */
export function channelToPostIn(call: Call): StoredChannel {
  const target = call.args.required("channel", "channel_not_found");
  const user = call.workspace.users.get(target);
  if (user?.bot === true) throw new SlackRefusal("cannot_dm_bot");
  if (user !== undefined && !user.deleted) return call.workspace.directMessages(user);
  const channel = visible(call, call.workspace.findChannel(target));
  if (channel.archived) throw new SlackRefusal("is_archived");
  if (!isMember(call.workspace, channel) && !call.has("chat:write.public")) throw new SlackRefusal("not_in_channel");
  return channel;
}

export function messageIn(channel: StoredChannel, ts: string): StoredMessage {
  const message = findMessage(channel, ts);
  if (message === undefined) throw new SlackRefusal("message_not_found");
  return message;
}
