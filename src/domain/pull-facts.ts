/**
 * How snapshots of a pull request, and its reviews, are put in order. Each order is a text that compares as it should and
 * is total together with the content, so the greatest wins: neither the order nor the number of deliveries matters.
 */
import type { Instant } from "../clock.ts";
import type { PullSnapshot, Review } from "./pull.ts";

/** Who said it. An answer that was asked for later knows what the one before did not. */
export type Source = { readonly kind: "webhook" } | { readonly kind: "api"; readonly askedAt: Instant };

/**
 * The later snapshot wins. Of one second, an answer of the API wins, and among those the one asked for last. Webhooks do
 * not tell which of two in a second is the later: merged goes before closed and closed before open, since people rarely
 * open what they have just closed; after that the digest of the content decides, which the store puts behind this.
 */
export function snapshotOrder({ updatedAt, state, merged }: PullSnapshot, source: Source): string {
  const rank = merged ? 2 : state === "closed" ? 1 : 0;
  return `${digits(updatedAt)}${source.kind === "api" ? `1${digits(source.askedAt)}` : `0${digits(rank)}`}`;
}

/**
 * Of one reviewer: a verdict goes before a mere comment, as on GitHub; then the later; then, of the same review, that it
 * was dismissed.
 */
export function reviewOrder({ id, state, submittedAt }: Review): string {
  const says = state === "commented" || state === "pending" ? 0 : 1;
  return `${says}${digits(submittedAt)}${digits(id)}${state === "dismissed" ? 1 : 0}`;
}

const width = 15;

function digits(value: number): string {
  return String(Math.min(Math.max(Math.trunc(value), 0), 10 ** width - 1)).padStart(width, "0");
}
