/** The state behind the Slack stand-in: people, channels and their messages, as one workspace remembers them. */
import type { Clock } from "../../src/clock.ts";

export interface SlackUser {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly email: string | null;
  /** Deactivated. */
  readonly deleted: boolean;
  readonly bot: boolean;
  /** A guest. */
  readonly restricted: boolean;
  /** A guest of one channel; such a guest is restricted too. */
  readonly ultraRestricted: boolean;
  /** Another one than the workspace's own: here through a channel that both share (Slack Connect). */
  readonly teamId: string;
  readonly timeZone: string;
}

export interface SlackUserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
  readonly disabled: boolean;
}

export interface StoredMessage {
  readonly ts: string;
  /** The parent's ts; null for a message of the channel itself. */
  readonly threadTs: string | null;
  /** A reply that the channel shows too. */
  readonly broadcast: boolean;
  readonly user: string;
  text: string;
  blocks: readonly unknown[];
  attachments: readonly unknown[];
  metadata: unknown;
  edits: number;
  /** When the text was edited last; an edit of blocks leaves no such mark. */
  editedTs: string | null;
  deleted: boolean;
  readonly reactions: Map<string, Set<string>>;
  /** Oldest first, deleted ones too. */
  readonly replies: StoredMessage[];
}

export type NewMessage = Pick<StoredMessage, "threadTs" | "broadcast" | "user" | "text"> &
  Partial<Pick<StoredMessage, "blocks" | "attachments" | "metadata">>;

export interface StoredEphemeral {
  readonly ts: string;
  /** Who alone sees it. */
  readonly user: string;
  readonly threadTs: string | null;
  text: string;
  blocks: readonly unknown[];
}

export interface StoredChannel {
  readonly id: string;
  readonly name: string;
  readonly kind: "public" | "private" | "im";
  archived: boolean;
  readonly members: Set<string>;
  /** By ts, oldest first, deleted ones too. */
  readonly messages: Map<string, StoredMessage>;
  readonly ephemerals: StoredEphemeral[];
}

export type NewChannel = Pick<StoredChannel, "id" | "name" | "kind">;

/** The ids of the workspace and of the bot in it. */
export interface Installation {
  readonly teamId: string;
  readonly team: string;
  readonly appId: string;
  readonly botId: string;
  readonly botUserId: string;
  readonly botName: string;
}

/** Makes an id out of its prefix. */
export type NewId = (prefix: string) => string;

export function countIds(): NewId {
  let last = 0;
  return (prefix) => {
    last += 1;
    return `${prefix}${String(last).padStart(8, "0")}`;
  };
}

const MICROSECONDS = 1_000_000;

export class Workspace {
  readonly clock: Clock;
  readonly channels = new Map<string, StoredChannel>();
  readonly users = new Map<string, SlackUser>();
  readonly userGroups: SlackUserGroup[] = [];
  readonly installation: Installation;
  /** Like `C00000001`; the same in no two workspaces. */
  readonly newId: NewId;
  #lastTs = 0;

  constructor(clock: Clock, installation: Installation, newId: NewId) {
    this.clock = clock;
    this.installation = installation;
    this.newId = newId;
  }

  /** Of another workspace, here through a shared channel. */
  isForeign(user: SlackUser): boolean {
    return user.teamId !== this.installation.teamId;
  }

  /** Strictly increasing in the whole workspace, also while the clock stands still. */
  newTs(): string {
    this.#lastTs = Math.max(this.clock.now() * 1000 + 100, this.#lastTs + 100);
    const seconds = Math.floor(this.#lastTs / MICROSECONDS);
    return `${seconds}.${String(this.#lastTs % MICROSECONDS).padStart(6, "0")}`;
  }

  addChannel(channel: NewChannel): StoredChannel {
    const stored: StoredChannel = {
      ...channel,
      archived: false,
      members: new Set(),
      messages: new Map(),
      ephemerals: [],
    };
    this.channels.set(stored.id, stored);
    return stored;
  }

  /** By id, `#name` or name. */
  findChannel(idOrName: string): StoredChannel | undefined {
    const name = idOrName.replace(/^#/, "");
    return this.channels.get(idOrName) ?? [...this.channels.values()].find((channel) => channel.name === name);
  }

  /** The direct messages between the bot and a person, opened by the first use. */
  directMessages(user: SlackUser): StoredChannel {
    const name = `dm-${user.name}`;
    const open = this.findChannel(name);
    if (open !== undefined) return open;
    const channel = this.addChannel({ id: this.newId("D"), name, kind: "im" });
    channel.members.add(user.id).add(this.installation.botUserId);
    return channel;
  }

  addMessage(channel: StoredChannel, message: NewMessage): StoredMessage {
    const stored: StoredMessage = {
      blocks: [],
      attachments: [],
      metadata: null,
      ...message,
      ts: this.newTs(),
      edits: 0,
      editedTs: null,
      deleted: false,
      reactions: new Map(),
      replies: [],
    };
    channel.messages.set(stored.ts, stored);
    if (stored.threadTs !== null) channel.messages.get(stored.threadTs)?.replies.push(stored);
    return stored;
  }
}

/** The message, unless it was deleted. */
export function findMessage(channel: StoredChannel, ts: string): StoredMessage | undefined {
  const message = channel.messages.get(ts);
  return message?.deleted === true ? undefined : message;
}

/** A ts as whole microseconds, to compare; null when it is not one. */
export function microsecondsOf(ts: string): number | null {
  const match = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(ts);
  if (match === null) return null;
  return Number(match[1]) * MICROSECONDS + Number((match[2] ?? "").padEnd(6, "0"));
}
