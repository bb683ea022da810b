/** Who may tell us about pull requests: GitHub, which knows our secret. It signs the raw bytes of the body, and no time. */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";

/** Made once: a key costs more than a small body. */
export function githubKeys(secrets: readonly string[]): readonly KeyObject[] {
  return secrets.map((secret) => createSecretKey(Buffer.from(secret)));
}

/**
 * @param header `sha256=<64 hex digits>`; null when it was not sent exactly once.
 * @param keys Several while a secret is being replaced: each of them is good.
 */
export function verifyGithub(
  raw: Buffer,
  header: string | null,
  keys: readonly KeyObject[],
): "good" | "missing" | "malformed" | "bad_signature" {
  if (header === null || header === "") return "missing";
  const digits = /^sha256=([0-9a-f]{64})$/.exec(header)?.[1];
  if (digits === undefined) return "malformed";
  const signature = Buffer.from(digits, "hex");
  const signed = keys.some((key) => timingSafeEqual(createHmac("sha256", key).update(raw).digest(), signature));
  return signed ? "good" : "bad_signature";
}
