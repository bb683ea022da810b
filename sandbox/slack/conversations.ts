/** `conversations.*`. */
import { SlackRefusal } from "./arguments.ts";
import { type Call, channelById, type Fields, isMember, type Method, needFor } from "./call.ts";
import { formatChannel, formatMessage } from "./format.ts";
import { findMessage, microsecondsOf, type StoredChannel, type StoredMessage } from "./workspace.ts";

export const conversationMethods: Readonly<Record<string, Method>> = {
  "conversations.history": { scope: null, run: history },
  "conversations.replies": { scope: null, run: replies },
  "conversations.list": { scope: "channels:read", run: list },
  "conversations.info": { scope: null, run: info },
  "conversations.join": { scope: "channels:join", run: join },
  "conversations.open": { scope: "im:write", run: open },
};

/** The channel's own messages, newest first; of a thread only the replies that were broadcast. */
function history(call: Call): Fields {
  const channel = readable(call);
  const shown = [...channel.messages.values()].filter(
    (message) => !message.deleted && (message.threadTs === null || message.broadcast),
  );
  const { messages, ...rest } = page(call, channel, shown);
  return { messages: messages.toReversed(), ...rest };
}

/** The parent and its replies, oldest first; of a reply's ts only that reply. */
function replies(call: Call): Fields {
  const channel = readable(call);
  const message = findMessage(channel, call.args.required("ts", "thread_not_found"));
  if (message === undefined) throw new SlackRefusal("thread_not_found");
  return { ...page(call, channel, [message, ...message.replies.filter((reply) => !reply.deleted)]) };
}

/** All on one page. */
function list({ args, workspace }: Call): Fields {
  const types = (args.text("types") ?? "public_channel").split(",");
  const kinds = { public: "public_channel", private: "private_channel", im: "im" } as const;
  const channels = [...workspace.channels.values()].filter(
    (channel) => types.includes(kinds[channel.kind]) && !(channel.archived && args.flag("exclude_archived")),
  );
  return {
    channels: channels.map((channel) => formatChannel(workspace, channel)),
    response_metadata: { next_cursor: "" },
  };
}

function info(call: Call): Fields {
  const channel = channelById(call);
  needFor(call, channel, "read");
  const members = call.args.flag("include_num_members") ? { num_members: channel.members.size } : {};
  return { channel: { ...formatChannel(call.workspace, channel), ...members } };
}

function join(call: Call): Fields {
  const channel = channelById(call);
  if (channel.kind !== "public") throw new SlackRefusal("method_not_supported_for_channel_type");
  if (channel.archived) throw new SlackRefusal("is_archived");
  const warning = "already_in_channel";
  const already = isMember(call.workspace, channel) ? { warning, response_metadata: { warnings: [warning] } } : {};
  channel.members.add(call.workspace.installation.botUserId);
  return { channel: formatChannel(call.workspace, channel), ...already };
}

function open(call: Call): Fields {
  const { args, workspace } = call;
  if (args.text("channel") !== undefined) {
    const channel = channelById(call);
    if (channel.kind !== "im") throw new SlackRefusal("method_not_supported_for_channel_type");
    return { no_op: true, already_open: true, channel: { id: channel.id } };
  }
  const ids = args.required("users", "users_list_not_supplied").split(",");
  // Group conversations need another scope and have no use here.
  if (ids.length > 1) throw new SlackRefusal("too_many_users");
  const user = workspace.users.get(ids[0] ?? "");
  if (user === undefined) throw new SlackRefusal("user_not_found");
  if (user.deleted) throw new SlackRefusal("user_disabled");
  if (user.bot) throw new SlackRefusal("cannot_dm_bot");
  return { channel: { id: workspace.directMessages(user).id } };
}

function readable(call: Call): StoredChannel {
  const channel = channelById(call);
  needFor(call, channel, "history");
  if (!isMember(call.workspace, channel)) throw new SlackRefusal("not_in_channel");
  return channel;
}

interface Page {
  readonly messages: readonly Fields[];
  readonly has_more: boolean;
  readonly response_metadata?: { readonly next_cursor: string };
}

/**
 * One page of `shown`, oldest first. A page holds the messages nearest to `latest`; but with `oldest` alone those nearest
 * to `oldest`, so that the newest message may not be among them.
 */
function page({ args, workspace }: Call, channel: StoredChannel, shown: readonly StoredMessage[]): Page {
  const oldest = instant(args.text("oldest"), "invalid_ts_oldest");
  const latest = instant(args.text("latest"), "invalid_ts_latest");
  const inclusive = args.flag("inclusive");
  const forward = oldest !== null && latest === null;
  const cursor = readCursor(args.text("cursor"));
  const inRange = shown.filter(({ ts }) => {
    const at = microsecondsOf(ts) ?? 0;
    if (oldest !== null && (inclusive ? at < oldest : at <= oldest)) return false;
    if (latest !== null && (inclusive ? at > latest : at >= latest)) return false;
    return cursor === null || (forward ? at >= cursor : at <= cursor);
  });
  const limit = args.count("limit", 100, 999);
  const taken = forward ? inRange.slice(0, limit) : inRange.slice(-limit);
  const next = forward ? inRange[limit] : inRange.at(-limit - 1);
  const messages = taken.map((message) =>
    formatMessage(workspace, channel, message, args.flag("include_all_metadata")),
  );
  if (next === undefined) return { messages, has_more: false };
  const next_cursor = Buffer.from(`next_ts:${microsecondsOf(next.ts)}`).toString("base64");
  return { messages, has_more: true, response_metadata: { next_cursor } };
}

function readCursor(cursor: string | undefined): number | null {
  if (cursor === undefined || cursor === "") return null;
  const match = /^next_ts:(\d{1,16})$/.exec(Buffer.from(cursor, "base64").toString("utf8"));
  if (match === null) throw new SlackRefusal("invalid_cursor");
  return Number(match[1]);
}

function instant(ts: string | undefined, error: string): number | null {
  if (ts === undefined || ts === "") return null;
  const at = microsecondsOf(ts);
  if (at === null) throw new SlackRefusal(error);
  return at;
}
