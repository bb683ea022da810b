/**
 * Who may tell us about builds: the notification service that knows our token.
 *
 * In `signature` mode the token is the key of an HMAC over `<timestamp>.<raw body>`; in `token` mode it comes as it is.
 * A request that carries the clear-text header in `signature` mode is refused even when the token is right: otherwise
 * whoever once saw it could leave the signature, and with it the replay window, out.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Instant } from "../clock.ts";

export interface BuildkiteAuth {
  readonly mode: "signature" | "token";
  /** Several while a token is being replaced: each of them is good. */
  readonly tokens: readonly string[];
}

/** The values of the two headers, as often as each was sent. */
interface BuildkiteCredentials {
  readonly signature: readonly string[];
  readonly token: readonly string[];
}

export type AuthResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: "missing" | "malformed" | "bad_signature" | "stale" | "bad_token" | "clear_text_token";
    };

/** The timestamp is the moment of sending, not of the event, so even an event that is hours late has a fresh one. */
const replayWindowMs = 300_000;

export function verifyBuildkite(
  raw: Buffer,
  credentials: BuildkiteCredentials,
  auth: BuildkiteAuth,
  now: Instant,
): AuthResult {
  return auth.mode === "token"
    ? verifyToken(credentials.token, auth.tokens)
    : verifySignature(raw, credentials, auth.tokens, now);
}

function verifyToken(sent: readonly string[], tokens: readonly string[]): AuthResult {
  const [token, ...others] = sent;
  if (token === undefined || token === "") return refuse("missing");
  if (others.length > 0) return refuse("malformed");
  // Digests have equal lengths, which the comparison in constant time needs.
  return tokens.some((known) => timingSafeEqual(sha256(token), sha256(known))) ? { ok: true } : refuse("bad_token");
}

function verifySignature(
  raw: Buffer,
  { signature: sent, token }: BuildkiteCredentials,
  tokens: readonly string[],
  now: Instant,
): AuthResult {
  if (token.length > 0) return refuse("clear_text_token");
  const [header, ...others] = sent;
  if (header === undefined || header === "") return refuse("missing");
  const parsed = others.length > 0 ? null : parseSignature(header);
  if (parsed === null) return refuse("malformed");
  const { timestamp, signature } = parsed;
  const signed = tokens.some((key) => {
    return timingSafeEqual(createHmac("sha256", key).update(`${timestamp}.`).update(raw).digest(), signature);
  });
  if (!signed) return refuse("bad_signature");
  // Only now: a timestamp means nothing before the signature over it is known to be good.
  return Math.abs(now - Number(timestamp) * 1000) <= replayWindowMs ? { ok: true } : refuse("stale");
}

/** `timestamp=<unix seconds>,signature=<64 hex digits>` in any order. Keys we do not know are left alone. */
function parseSignature(header: string): { readonly timestamp: string; readonly signature: Buffer } | null {
  const [, usual = "", digest = ""] = /^timestamp=(\d{1,12}),signature=([0-9a-f]{64})$/.exec(header) ?? [];
  if (usual !== "") return { timestamp: usual, signature: Buffer.from(digest, "hex") };
  const values = new Map<string, string>();
  for (const part of header.split(",")) {
    const equals = part.indexOf("=");
    const key = part.slice(0, Math.max(equals, 0)).trim();
    if (key === "" || values.has(key)) return null;
    values.set(key, part.slice(equals + 1).trim());
  }
  const timestamp = values.get("timestamp") ?? "";
  const signature = values.get("signature") ?? "";
  if (!/^\d{1,12}$/.test(timestamp) || !/^[0-9a-f]{64}$/i.test(signature)) return null;
  return { timestamp, signature: Buffer.from(signature, "hex") };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function refuse(reason: Extract<AuthResult, { ok: false }>["reason"]): AuthResult {
  return { ok: false, reason };
}
