/**
 * The calls to Slack's Web API that we make, and what their failures mean: whether the call certainly had no effect
 * (`SlackRefused`, or `Later` when told to wait), or may have had one (`SlackUnclear`).
 */
import type { KnownBlock } from "@slack/types";
import { WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Clock, Instant } from "../clock.ts";
import { Later } from "../later.ts";
import type { Metrics } from "../metrics.ts";

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

export interface SlackClient {
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
}

/** Slack said no: the call had no effect. `code` is Slack's word. */
export class SlackRefused extends Error {
  readonly code: string;

  constructor(method: string, code: string, hint: string, options?: ErrorOptions) {
    super(`Slack refused ${method}: ${code}${hint}`, options);
    this.name = "SlackRefused";
    this.code = code;
  }
}

/** No answer, or one that does not tell: the call may have had its effect. */
class SlackUnclear extends Error {
  constructor(method: string, options?: ErrorOptions) {
    super(`Slack did not answer ${method} clearly: it may have succeeded`, options);
    this.name = "SlackUnclear";
  }
}

/** Where the pauses that Slack asks for are kept, for all processes. */
export interface Pauses {
  until(service: string): Promise<Instant | null>;
  set(service: string, until: Instant, now: Instant): Promise<void>;
}

export interface SlackOptions {
  readonly token: string;
  readonly apiUrl: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly pauses: Pauses;
  readonly metrics: Metrics;
}

const eventType = "signalbox_alert";
const pagesSearched = 5;
const clockSkewSeconds = 300;
/** Slack's own way to say "some aspect of the operation may have succeeded". */
const unclearCodes = new Set(["fatal_error", "internal_error", "service_unavailable", "request_timeout"]);

const Tagged = z.object({
  ts: z.string(),
  metadata: z
    .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()).optional() })
    .optional()
    .catch(undefined),
});
const Permalink = z.object({ permalink: z.string() });
const Page = z.object({
  messages: z.array(z.unknown()).default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

export function createSlackClient(options: SlackOptions): SlackClient {
  const { clock, pauses, metrics } = options;
  // No retries and no waiting inside: both belong to the engine, where they survive a restart.
  const web = new WebClient(options.token, {
    slackApiUrl: options.apiUrl,
    timeout: options.timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  });

  async function call(method: string, args: Record<string, unknown>): Promise<unknown> {
    const pause = await pauses.until(`slack:${method}`);
    if (pause !== null && pause > clock.now()) throw new Later(`Slack asked to wait with ${method}`, pause);
    try {
      const answer = await web.apiCall(method, args);
      metrics.calls.inc({ service: "slack", method, result: "ok" });
      return answer;
    } catch (error) {
      const failure = await explain(method, error);
      metrics.calls.inc({ service: "slack", method, result: failure.name });
      throw failure;
    }
  }

  async function explain(method: string, error: unknown): Promise<Error> {
    if (error instanceof WebAPIRateLimitedError) {
      const until = clock.now() + Math.max(1, error.retryAfter) * 1000;
      await pauses.set(`slack:${method}`, until, clock.now());
      return new Later(`Slack asked to wait with ${method}`, until, { cause: error });
    }
    if (error instanceof WebAPIPlatformError && !unclearCodes.has(error.data.error)) {
      const hint = error.data.response_metadata?.messages?.slice(0, 5).join("; ");
      return new SlackRefused(method, error.data.error, hint ? ` (${hint})` : "", { cause: error });
    }
    return new SlackUnclear(method, { cause: error });
  }

  /** `conversations.history` wants an id. */
  async function channelId(channel: string): Promise<string | null> {
    if (!channel.startsWith("#")) return channel;
    const List = Page.extend({ channels: z.array(z.object({ id: z.string(), name: z.string() })) });
    let cursor: string | undefined;
    for (let page = 0; page < pagesSearched; page += 1) {
      const args = { limit: 1000, exclude_archived: true, types: "public_channel,private_channel" };
      const answer = List.parse(await call("conversations.list", cursor ? { ...args, cursor } : args));
      const found = answer.channels.find(({ name }) => name === channel.slice(1));
      if (found !== undefined) return found.id;
      cursor = answer.response_metadata?.next_cursor;
      if (!cursor) break;
    }
    return null;
  }

  return {
    async post({ channel, text, blocks, tag, threadTs, broadcast }) {
      const answer = await call("chat.postMessage", {
        channel,
        text,
        blocks,
        metadata: { event_type: eventType, event_payload: tag },
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
          const payload = data?.metadata?.event_type === eventType ? data.metadata.event_payload : undefined;
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
    async permalink({ channel, ts }) {
      const answer = await call("chat.getPermalink", { channel, message_ts: ts });
      return Permalink.parse(answer).permalink;
    },
  };
}

/** The client would log whole requests at debug level; what matters is in the errors. */
const nothing = (): void => undefined;
const silent = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => "error" as never,
};
