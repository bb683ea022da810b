/** The calls to Slack's Web API that we make. What their failures mean is in call.ts. */
import type { KnownBlock } from "@slack/types";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import { createCall, type SlackOptions } from "./call.ts";
import { type DirectoryCalls, directoryCalls } from "./directory.ts";
import { type ViewCalls, viewCalls } from "./views.ts";

export { type Pauses, SlackRefused } from "./call.ts";

/** Where a message is. Slack names it by its channel's id, whatever the channel was called when it was posted. */
export const Place = z.object({ channel: z.string(), ts: z.string() });
export type Place = z.infer<typeof Place>;

export interface Content {
  /** What notifications and screen readers say; never empty. */
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** Tells our message again after an unclear answer. Anybody in the workspace can read it: no secrets. */
export interface MessageTag {
  readonly alert: string;
  readonly slot: string;
}

interface Post extends Content {
  /** A channel's id, or `#name`. */
  readonly channel: string;
  readonly tag: MessageTag;
  readonly threadTs?: string;
  /** Shows a reply in the channel too. */
  readonly broadcast?: boolean;
}

/** Seen by one person, until they reload. */
interface Ephemeral extends Content {
  readonly channel: string;
  readonly user: string;
  readonly threadTs?: string;
}

export interface SlackClient extends DirectoryCalls, ViewCalls {
  post(message: Post): Promise<Place>;
  update(place: Place, content: Content): Promise<void>;
  /** Looks for a message of ours by its tag, not older than `since`; null when it is not among the newest thousand. */
  find(
    where: { readonly channel: string; readonly threadTs?: string },
    tag: MessageTag,
    since: Instant,
  ): Promise<Place | null>;
  permalink(place: Place): Promise<string | null>;
  remove(place: Place): Promise<void>;
  /** Refused with `user_not_in_channel` when they cannot see the channel. */
  ephemeral(message: Ephemeral): Promise<void>;
  /** Says something to one person that is never edited, nor looked for after an unclear answer. */
  direct(user: string, content: Content): Promise<void>;
  /** @returns the channel's id (`D…`), by which its messages are edited. */
  openDirectMessage(user: string): Promise<string>;
}

/** The kind of our tags among the metadata of messages. */
export const messageTagType = "signalbox_alert";
const pagesSearched = 5;
const clockSkewSeconds = 300;
const Tagged = z.object({
  ts: z.string(),
  metadata: z
    .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()).optional() })
    .optional()
    .catch(undefined),
});
const Opened = z.object({ channel: z.object({ id: z.string() }) });
const Permalink = z.object({ permalink: z.string() });
const Page = z.object({
  messages: z.array(z.unknown()).default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});
const Channels = Page.extend({ channels: z.array(z.object({ id: z.string(), name: z.string() })) });

export function createSlackClient(options: SlackOptions): SlackClient {
  const { clock } = options;
  const call = createCall(options);

  /** `conversations.history` wants an id. */
  async function channelId(channel: string): Promise<string | null> {
    if (!channel.startsWith("#")) return channel;
    let cursor: string | undefined;
    for (let page = 0; page < pagesSearched; page += 1) {
      const args = { limit: 1000, exclude_archived: true, types: "public_channel,private_channel" };
      const answer = Channels.parse(await call("conversations.list", cursor ? { ...args, cursor } : args));
      const found = answer.channels.find(({ name }) => name === channel.slice(1));
      if (found !== undefined) return found.id;
      cursor = answer.response_metadata?.next_cursor;
      if (!cursor) break;
    }
    return null;
  }

  return {
    ...directoryCalls(call),
    ...viewCalls(call),
    async post({ channel, text, blocks, tag, threadTs, broadcast }) {
      const answer = await call("chat.postMessage", {
        channel,
        text,
        blocks,
        metadata: { event_type: messageTagType, event_payload: tag },
        unfurl_links: false,
        unfurl_media: false,
        ...(threadTs !== undefined && { thread_ts: threadTs, reply_broadcast: broadcast ?? false }),
      });
      return Place.parse(answer);
    },
    async update({ channel, ts }, { text, blocks }) {
      await call("chat.update", { channel, ts, text, blocks, attachments: [] });
    },
    async find({ channel, threadTs }, tag, since) {
      const id = await channelId(channel);
      if (id === null) return null;
      const method = threadTs === undefined ? "conversations.history" : "conversations.replies";
      // Without `latest` Slack gives the messages nearest to `oldest`, not the newest ones.
      const window = { oldest: (since / 1000).toFixed(6), latest: (clock.now() / 1000 + clockSkewSeconds).toFixed(6) };
      let cursor: string | undefined;
      for (let page = 0; page < pagesSearched; page += 1) {
        const args = {
          channel: id,
          ...window,
          limit: 200,
          include_all_metadata: true,
          ...(threadTs && { ts: threadTs }),
        };
        const { messages, response_metadata } = Page.parse(await call(method, cursor ? { ...args, cursor } : args));
        for (const message of messages) {
          const { data } = Tagged.safeParse(message);
          const payload = data?.metadata?.event_type === messageTagType ? data.metadata.event_payload : undefined;
          if (data !== undefined && payload?.alert === tag.alert && payload?.slot === tag.slot)
            return { channel: id, ts: data.ts };
        }
        cursor = response_metadata?.next_cursor;
        if (!cursor) return null;
      }
      return null;
    },
    async remove({ channel, ts }) {
      await call("chat.delete", { channel, ts });
    },
    async ephemeral({ channel, user, text, blocks, threadTs }) {
      const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
      await call("chat.postEphemeral", { channel, user, text, blocks, ...thread });
    },
    async direct(user, { text, blocks }) {
      await call("chat.postMessage", { channel: user, text, blocks, unfurl_links: false, unfurl_media: false });
    },
    async openDirectMessage(user) {
      return Opened.parse(await call("conversations.open", { users: user })).channel.id;
    },
    async permalink({ channel, ts }) {
      const answer = await call("chat.getPermalink", { channel, message_ts: ts });
      return Permalink.parse(answer).permalink;
    },
  };
}
