/** Encryption of what must not lie in Redis in clear: AES-256-GCM, bound to what it is for, with keys that can be replaced. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const cipher = "aes-256-gcm";
const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;
const version = "1";

export interface Opened {
  readonly text: string;
  /** Sealed with a key that is being replaced: seal it anew. */
  readonly stale: boolean;
}

export interface Seal {
  /** @param context What the text belongs to: it cannot be opened as belonging to anything else. */
  seal(text: string, context: string): string;
  /** @throws SealBroken */
  open(sealed: string, context: string): Opened;
}

/** The keys at hand do not open it, or it is not what was sealed. */
export class SealBroken extends Error {
  override readonly name = "SealBroken";
}

interface SealKey {
  /** Stands before what the key sealed; tells nothing of the key. */
  readonly id: string;
  readonly key: Buffer;
}

/** @param keys Of 32 bytes each. The first seals; all open, so that a key can be replaced without losing what it sealed. */
export function createSeal(keys: readonly Buffer[]): Seal {
  const known = keys.map((key): SealKey => ({ id: deriveSecret(key, "key id").subarray(0, 6).toString("hex"), key }));
  const [first] = known;
  if (first === undefined) throw new Error("Cannot seal: no key is given; name at least one");

  return {
    seal(text, context) {
      // With 96 random bits for each record, 2^32 of them could be sealed by one key.
      const iv = randomBytes(ivBytes);
      const encryption = createCipheriv(cipher, first.key, iv).setAAD(Buffer.from(context));
      const encrypted = Buffer.concat([encryption.update(text, "utf8"), encryption.final()]);
      const bytes = Buffer.concat([iv, encrypted, encryption.getAuthTag()]);
      return [version, first.id, bytes.toString("base64url")].join(".");
    },
    open(sealed, context) {
      const [format, id, encoded] = sealed.split(".");
      if (format !== version || encoded === undefined) throw new SealBroken("not in a form that is known");
      const key = known.find((candidate) => candidate.id === id);
      if (key === undefined) throw new SealBroken("it was encrypted with another key");
      return { text: decrypt(Buffer.from(encoded, "base64url"), key.key, context), stale: key !== first };
    },
  };
}

function decrypt(bytes: Buffer, key: Buffer, context: string): string {
  try {
    const decryption = createDecipheriv(cipher, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(-tagBytes));
    const encrypted = bytes.subarray(ivBytes, -tagBytes);
    return Buffer.concat([decryption.update(encrypted), decryption.final()]).toString("utf8");
  } catch (error) {
    throw new SealBroken("it was damaged, or belongs to something else", { cause: error });
  }
}

/** Reads a key as people write them: 32 bytes in hex, base64 or base64url; null when it is none. */
export function parseKey(text: string): Buffer | null {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  if (!/^[\w+/-]{43}=?$/.test(text)) return null;
  const key = Buffer.from(text, "base64");
  return key.length === keyBytes ? key : null;
}

/** A secret for another purpose, from which neither the key nor the secret for a third purpose can be found. */
export function deriveSecret(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), `signalbox ${purpose}`, keyBytes));
}
