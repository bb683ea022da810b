/** One workspace as tests and the sandbox use it: what is there, what people see, and what they do. */
import type { Instant } from "../../src/clock.ts";
import type { AppAnswer, AppConnection } from "./app-connection.ts";
import type { Fields } from "./call.ts";
import type { Installations } from "./installations.ts";
import { envelope } from "./payloads.ts";
import { Person, type PersonOptions } from "./person.ts";
import type { ResponseUrls } from "./response-url.ts";
import { type SlackChannel, showChannel } from "./transcript.ts";
import type { SlackView, Views } from "./views.ts";
import {
  findMessage,
  type NewChannel,
  type SlackUser,
  type SlackUserGroup,
  type StoredChannel,
  type StoredEphemeral,
  type Workspace,
} from "./workspace.ts";

export interface ChannelOptions extends Pick<NewChannel, "name"> {
  readonly id?: string;
  readonly private?: boolean;
  /** Whether the bot is in it; default: yes. */
  readonly member?: boolean;
  /** People in it; default: everybody who is there when it is added. */
  readonly people?: readonly string[];
}

/** Default: a full member of this workspace. A `teamId` of another one makes a person who is here by Slack Connect. */
export type UserOptions = Pick<SlackUser, "id" | "name"> & Partial<SlackUser>;

interface EventOptions {
  /** The same for a delivery that is repeated. */
  readonly eventId?: string;
  /** Slack's headers of a repeated delivery. */
  readonly retry?: { readonly number: 1 | 2 | 3; readonly reason: string };
  /** The moment that the signature names; default: now. */
  readonly signedAt?: Instant;
}

export interface SlackTeam {
  readonly id: string;
  /** Of the last installation. */
  readonly token: string;
  readonly views: readonly SlackView[];
  /** What the channel shows now. */
  channel(idOrName: string): SlackChannel;
  home(user: string): SlackView | undefined;
  /** What only this person was shown in the channel. */
  ephemerals(channel: string, user: string): readonly StoredEphemeral[];
  /** A person, to act as. */
  as(user: string, options?: PersonOptions): Person;
  addChannel(channel: ChannelOptions): SlackChannel;
  /** Adds a person, or changes one. */
  addUser(user: UserOptions): SlackUser;
  addUserGroup(group: SlackUserGroup): void;
  archive(channel: string): void;
  unarchive(channel: string): void;
  /** Takes the bot out of a channel. */
  removeBot(channel: string): void;
  /** A person writes; returns the ts. */
  say(channel: string, message: { readonly user: string; readonly text: string; readonly threadTs?: string }): string;
  /** A person, who may delete anything, deletes it. */
  deleteMessage(channel: string, ts: string): void;
  issueTrigger(): string;
  /** Tells the app of an event; of a channel when it has one. */
  sendEvent(event: Fields & { readonly type: string }, options?: EventOptions): Promise<AppAnswer>;
  /** An administrator takes the token away, without telling the app. */
  revokeToken(): void;
  /** An administrator takes the app out: the token ends, and the app is told by two events, in this order. */
  uninstall(): Promise<readonly AppAnswer[]>;
}

export interface TeamWorld {
  readonly workspace: Workspace;
  readonly views: Views;
  readonly app: AppConnection;
  readonly responseUrls: ResponseUrls;
  readonly installations: Installations;
}

export function createTeam(world: TeamWorld): SlackTeam {
  const { workspace, views, app, installations } = world;
  const { teamId, botUserId } = workspace.installation;

  function known(idOrName: string): StoredChannel {
    const channel = workspace.findChannel(idOrName);
    if (channel === undefined) throw new Error(`Cannot find channel ${idOrName}: add it with addChannel`);
    return channel;
  }

  function sendEvent(event: Fields & { readonly type: string }, options: EventOptions = {}): Promise<AppAnswer> {
    const { eventId = workspace.newId("Ev"), retry, signedAt } = options;
    const channel = typeof event.channel === "string" ? workspace.findChannel(event.channel) : undefined;
    const headers: Record<string, string> =
      retry === undefined ? {} : { "x-slack-retry-num": String(retry.number), "x-slack-retry-reason": retry.reason };
    return app.sendJson(envelope(workspace, event, channel ?? null, eventId), signedAt, headers);
  }

  return {
    id: teamId,
    get token() {
      const token = installations.tokenOf(workspace);
      if (token === undefined) throw new Error(`Cannot give a token of ${teamId}: the app was not installed there`);
      return token;
    },
    get views() {
      return views.all();
    },
    channel: (idOrName) => showChannel(known(idOrName)),
    home: (user) => views.home(user),
    ephemerals: (channel, user) => known(channel).ephemerals.filter((each) => each.user === user),
    as(id, options = {}) {
      const user = workspace.users.get(id);
      if (user === undefined) throw new Error(`Cannot act as ${id}: there is no such person; add them with addUser`);
      if (user.deleted) throw new Error(`Cannot act as ${id}: they were deactivated`);
      return new Person(user, world, options);
    },
    addChannel(channel) {
      const { name, id = workspace.newId("C"), member = true, people = [...workspace.users.keys()] } = channel;
      const stored = workspace.addChannel({ id, name, kind: channel.private === true ? "private" : "public" });
      for (const person of people) stored.members.add(person);
      if (member) stored.members.add(botUserId);
      return showChannel(stored);
    },
    addUser(user) {
      const ordinary = { realName: user.name, email: null, deleted: false, bot: false };
      const guest = { restricted: user.ultraRestricted === true, ultraRestricted: false };
      const stored: SlackUser = { ...ordinary, ...guest, timeZone: "Etc/UTC", teamId, ...user };
      workspace.users.set(stored.id, stored);
      return stored;
    },
    addUserGroup(group) {
      workspace.userGroups.push(group);
    },
    archive(channel) {
      known(channel).archived = true;
    },
    unarchive(channel) {
      known(channel).archived = false;
    },
    removeBot(channel) {
      known(channel).members.delete(botUserId);
    },
    say(channel, { user, text, threadTs = null }) {
      const stored = known(channel);
      if (threadTs !== null && !stored.messages.has(threadTs)) {
        throw new Error(`Cannot reply to ${threadTs}: it is not in ${channel}; give the ts of a message there`);
      }
      return workspace.addMessage(stored, { user, text, threadTs, broadcast: false }).ts;
    },
    deleteMessage(channel, ts) {
      const message = findMessage(known(channel), ts);
      if (message === undefined) throw new Error(`Cannot delete message ${ts}: it is not in ${channel}`);
      message.deleted = true;
    },
    issueTrigger: () => views.issueTrigger(),
    sendEvent,
    revokeToken: () => installations.end(workspace, "token_revoked"),
    async uninstall() {
      installations.end(workspace, "account_inactive");
      const event_ts = workspace.newTs();
      const tokens = await sendEvent({ type: "tokens_revoked", tokens: { oauth: [], bot: [botUserId] }, event_ts });
      return [tokens, await sendEvent({ type: "app_uninstalled", event_ts })];
    },
  };
}
