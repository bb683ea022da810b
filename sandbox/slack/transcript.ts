/** What a channel shows, as plain values: for assertions and for a transcript. A snapshot, it does not change later. */
import type { StoredChannel, StoredEphemeral, StoredMessage } from "./workspace.ts";

export interface SlackMessage {
  readonly ts: string;
  readonly threadTs: string | null;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly attachments: readonly unknown[];
  readonly metadata: unknown;
  /** How often it was updated. */
  readonly edits: number;
  readonly deleted: boolean;
  readonly broadcast: boolean;
  /** Names, without colons. */
  readonly reactions: readonly string[];
  /** Oldest first, the deleted ones too. */
  readonly replies: readonly SlackMessage[];
}

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly archived: boolean;
  /** The channel's own messages, oldest first, the deleted ones too; a thread hangs on its parent. */
  readonly messages: readonly SlackMessage[];
  readonly ephemerals: readonly StoredEphemeral[];
}

export function showChannel(channel: StoredChannel): SlackChannel {
  const { id, name, archived, ephemerals } = channel;
  const own = [...channel.messages.values()].filter((message) => message.threadTs === null);
  return { id, name, archived, messages: own.map(show), ephemerals: [...ephemerals] };
}

function show(message: StoredMessage): SlackMessage {
  const { editedTs: _editedTs, reactions, replies, ...shown } = message;
  return { ...shown, reactions: [...reactions.keys()], replies: replies.map(show) };
}
