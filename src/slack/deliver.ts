/**
 * Puts a message into Slack once, and keeps it up to date. Slack has no way to make posting idempotent, so: claim, post
 * with a tag, settle; after a crash or an unclear answer, look for the tag before posting again.
 */

import type { Logger } from "pino";
import { z } from "zod";
import type { Clock, Instant } from "../clock.ts";
import { digestOf } from "../digest.ts";
import { Later } from "../later.ts";
import type { Metrics } from "../metrics.ts";
import type { SlotRef, Slots } from "../state/slots.ts";
import { type Content, type MessageTag, Place, type SlackClient, SlackRefused } from "./client.ts";
import { channelRefused, layoutRefused, notEditable } from "./refusals.ts";

/** What Slack shows in a slot. */
export const Shown = Place.extend({
  /** Of the content shown; null when an unclear answer hides what it is. */
  hash: z.string().nullable(),
  /** When the message was gone and was posted again. */
  repostedAt: z.number().nullable(),
  /** Slack does not let it be edited any more. */
  frozen: z.boolean(),
  /** The channel that it should be in, and Slack's word for why it is not. */
  misplaced: z.object({ wanted: z.string(), code: z.string() }).nullable().default(null),
});
export type Shown = z.infer<typeof Shown>;

interface OneDelivery {
  readonly slot: SlotRef;
  readonly tag: MessageTag;
  /** Tried in order: the second is for a channel that is archived, or that we were thrown out of. A user: directly. */
  readonly channels: readonly string[];
  readonly threadTs?: string;
  readonly broadcast?: boolean;
  readonly content: Content;
}

interface Delivery extends OneDelivery {
  /** The content without what nobody sees: while this stays the same, there is nothing to edit. */
  readonly shows?: Content;
  /** Sent when Slack refuses the layout: an alert is never lost because of how it looks. */
  readonly plain: () => Content;
  /** Rises with each change of what is shown. */
  readonly version: number;
  /** A message that is gone is posted again, once a day, while this holds. */
  readonly repost: boolean;
}

interface Granted {
  readonly attempt: number;
  readonly firstClaimedAt: Instant;
}

interface Posted {
  readonly place: Place;
  readonly content: Content;
  readonly misplaced: Shown["misplaced"];
}

export interface Deliverer {
  /** Posts a message, or edits it to what it says now. @returns null when a person has deleted it. */
  deliver(delivery: Delivery): Promise<Shown | null>;
  /** Posts a message that nobody means to edit. Where Slack refuses its layout, its text alone. @returns as `deliver`. */
  deliverOnce(delivery: OneDelivery): Promise<Shown | null>;
}

export interface DelivererOptions {
  readonly slack: SlackClient;
  readonly slots: Slots;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Longer than a call to Slack can take. */
  readonly leaseMs: number;
}

const day = 24 * 60 * 60 * 1000;
/** How far Slack's clock and ours may be apart. */
const clockSkewMs = 5 * 60_000;

export function createDeliverer({ slack, slots, clock, metrics, log, leaseMs }: DelivererOptions): Deliverer {
  async function claimAndPost(delivery: Delivery, repostedAt: Instant | null): Promise<Shown | null> {
    const { slot } = delivery;
    const claim = await slots.claim(slot, Shown, clock.now(), leaseMs);
    if (claim.kind === "busy") throw new Later("another run is posting this message", claim.until);
    if (claim.kind === "done") return update(delivery, claim.result, claim.version);
    const claimedAt = clock.now();
    const found = claim.doubt ? await lookFor(delivery, claim) : null;
    if (found !== null) {
      metrics.messages.inc({ what: "adopted" });
      const shown = { ...found, hash: null, repostedAt, frozen: false, misplaced: null };
      await slots.done(slot, claim.attempt, shown);
      return update(delivery, shown, 0);
    }
    if (clock.now() - claimedAt > leaseMs / 2) {
      await slots.doubt(slot, claim.attempt);
      throw new Later("looking for the message took too long to post it under the same claim", clock.now());
    }
    const posted = await postOrSettle(delivery, claim.attempt);
    if (posted === null) return null;
    const { place, content, misplaced } = posted;
    metrics.messages.inc({ what: "posted" });
    const shown = { ...place, hash: hashOf(content, delivery), repostedAt, frozen: false, misplaced };
    if (await slots.done(slot, claim.attempt, shown, delivery.version)) return shown;
    // This process overslept its claim, and another one posted meanwhile: ours is the one too many.
    await slack.remove(place);
    metrics.messages.inc({ what: "withdrawn" });
    return claimAndPost(delivery, repostedAt);
  }

  /** An attempt in doubt is not older than the first claim, give or take the difference between two clocks. */
  async function lookFor(delivery: Delivery, { attempt, firstClaimedAt }: Granted): Promise<Place | null> {
    const { channels, threadTs, tag } = delivery;
    const since = Math.max(0, firstClaimedAt - clockSkewMs);
    for (const channel of channels) {
      try {
        const found = await slack.find(threadTs === undefined ? { channel } : { channel, threadTs }, tag, since);
        if (found !== null) return found;
      } catch (error) {
        // Without the history scope, or a channel nobody can read, a rare duplicate is the lesser evil.
        if (error instanceof SlackRefused && (error.code === "missing_scope" || channelRefused(error.code))) continue;
        await slots.doubt(delivery.slot, attempt);
        throw error;
      }
    }
    return null;
  }

  /** @returns null for a reply whose thread is gone: there is nobody to tell any more. */
  async function postOrSettle(delivery: Delivery, attempt: number): Promise<Posted | null> {
    try {
      return await post(delivery);
    } catch (error) {
      const certain = error instanceof Later || error instanceof SlackRefused;
      await (certain ? slots.release(delivery.slot, attempt) : slots.doubt(delivery.slot, attempt));
      if (delivery.threadTs !== undefined && error instanceof SlackRefused && isGone(error)) return null;
      throw error;
    }
  }

  async function post(delivery: Delivery): Promise<Posted> {
    let misplaced: Posted["misplaced"] = null;
    for (const [tried, channel] of delivery.channels.entries()) {
      try {
        return { ...(await postIn(channel, delivery)), misplaced };
      } catch (error) {
        const last = tried === delivery.channels.length - 1;
        if (last || !(error instanceof SlackRefused && channelRefused(error.code))) throw error;
        log.warn({ channel, code: error.code }, "Cannot post in a channel: the next one is told instead");
        misplaced ??= { wanted: channel, code: error.code };
      }
    }
    throw new Error("Cannot post: no channel was named");
  }

  async function postIn(channel: string, delivery: Delivery): Promise<{ place: Place; content: Content }> {
    const { tag, threadTs, broadcast } = delivery;
    const thread = threadTs === undefined ? {} : { threadTs, ...(broadcast !== undefined && { broadcast }) };
    return inSomeLayout(delivery, async (content) => {
      return { place: await slack.post({ channel, ...content, tag, ...thread }), content };
    });
  }

  async function inSomeLayout<T>(delivery: Delivery, show: (content: Content) => Promise<T>): Promise<T> {
    try {
      return await show(delivery.content);
    } catch (error) {
      if (!(error instanceof SlackRefused && layoutRefused.has(error.code))) throw error;
      // Our mistake: Slack's error points at the blocks that it does not like.
      log.warn({ err: error, slot: delivery.slot.name }, "Slack refused the layout of a message: a plain one is sent");
      return show(delivery.plain());
    }
  }

  async function update(delivery: Delivery, shown: Shown, version: number): Promise<Shown | null> {
    const { slot } = delivery;
    const hash = hashOf(delivery.content, delivery);
    if (shown.frozen || version > delivery.version || shown.hash === hash) {
      metrics.messages.inc({ what: "skipped" });
      return shown;
    }
    try {
      await inSomeLayout(delivery, (content) => slack.update(shown, content));
    } catch (error) {
      // No clear answer: nobody knows what Slack shows now, so the next run shows it again.
      if (!(error instanceof SlackRefused || error instanceof Later)) await slots.unsure(slot);
      if (!(error instanceof SlackRefused)) throw error;
      if (notEditable.has(error.code)) {
        const frozen = { ...shown, frozen: true };
        await slots.shown(slot, delivery.version, frozen);
        return frozen;
      }
      if (!isGone(error)) throw error;
      return repost(delivery, shown);
    }
    metrics.messages.inc({ what: "edited" });
    const now = { ...shown, hash };
    // Somebody showed a newer state while we showed an older one, and Slack may have got ours last: show the newest again.
    if (!(await slots.shown(slot, delivery.version, now))) {
      await slots.unsure(slot);
      throw new Later("a newer state was shown meanwhile", clock.now());
    }
    return now;
  }

  async function repost(delivery: Delivery, shown: Shown): Promise<Shown | null> {
    const now = clock.now();
    if (!delivery.repost || (shown.repostedAt !== null && now - shown.repostedAt < day)) return null;
    await slots.forget(delivery.slot, { channel: shown.channel, ts: shown.ts });
    return claimAndPost(delivery, now);
  }

  return {
    deliver: (delivery) => claimAndPost(delivery, null),
    deliverOnce(delivery) {
      const plain = () => ({ text: delivery.content.text, blocks: [] });
      return claimAndPost({ ...delivery, plain, version: 1, repost: false }, null);
    },
  };
}

/** A person deleted the message, or its channel is closed to us. */
function isGone({ code }: SlackRefused): boolean {
  return code === "message_not_found" || code === "cannot_reply_to_message" || channelRefused(code);
}

function hashOf(content: Content, { content: wanted, shows = wanted }: Delivery): string {
  const seen = content === wanted ? shows : content;
  return digestOf(JSON.stringify(seen));
}
