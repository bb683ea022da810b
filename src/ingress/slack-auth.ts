/**
 * Who may speak as Slack: whoever knows the signing secret, and just now. Slack signs `v0:<timestamp>:<raw body>`
 * (docs.slack.dev/authentication/verifying-requests-from-slack).
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Instant } from "../clock.ts";

type SlackAuth =
  | { readonly ok: true; readonly signature: string }
  | { readonly ok: false; readonly reason: "missing" | "malformed" | "bad_signature" | "stale" };

/** Bolt's own check takes any time to come; Slack's advice is both ways. */
const replayWindowMs = 300_000;

export function verifySlack(
  raw: Buffer,
  sent: { readonly signature: string | null; readonly timestamp: string | null },
  secrets: readonly string[],
  now: Instant,
): SlackAuth {
  const { signature, timestamp } = sent;
  if (signature === null || timestamp === null) return { ok: false, reason: "missing" };
  const given = /^v0=([0-9a-f]{64})$/.exec(signature)?.[1];
  if (given === undefined || !/^\d{1,12}$/.test(timestamp)) return { ok: false, reason: "malformed" };
  const bytes = Buffer.from(given, "hex");
  const signed = secrets.some((secret) => {
    return timingSafeEqual(createHmac("sha256", secret).update(`v0:${timestamp}:`).update(raw).digest(), bytes);
  });
  if (!signed) return { ok: false, reason: "bad_signature" };
  const fresh = Math.abs(now - Number(timestamp) * 1000) <= replayWindowMs;
  return fresh ? { ok: true, signature } : { ok: false, reason: "stale" };
}
