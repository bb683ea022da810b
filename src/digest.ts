import { createHash } from "node:crypto";

/** A short name for a text: 132 bits, more than enough that two different ones never share it by chance. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
