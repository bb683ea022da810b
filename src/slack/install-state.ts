/**
 * The proof that whoever comes back from Slack is who set out: a signed state, sent along in the address and kept in a
 * cookie. Without it, somebody could make another person's browser finish an installation that they began.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../clock.ts";

const stateLifeMs = 10 * 60_000;
/** The prefix makes browsers refuse it from other hosts, from other paths, and without TLS. */
const cookieName = "__Host-signalbox-install";

type Verdict =
  | { readonly kind: "valid"; readonly nonce: string }
  | { readonly kind: "missing" | "foreign" | "expired" };

export interface InstallState {
  issue(): string;
  /** @param sent What came back in the address; @param cookies The request's `cookie` headers. */
  verify(sent: string | null, cookies: readonly string[]): Verdict;
}

export function createInstallState(secret: string | Buffer, clock: Clock): InstallState {
  const sign = (nonce: string, expires: string): string =>
    createHmac("sha256", secret).update(`install.${nonce}.${expires}`).digest("base64url");

  return {
    issue() {
      const nonce = randomBytes(16).toString("base64url");
      const expires = String(Math.ceil(clock.now()) + stateLifeMs);
      return [nonce, expires, sign(nonce, expires)].join(".");
    },
    verify(sent, cookies) {
      const kept = readCookie(cookies);
      if (sent === null || kept === null) return { kind: "missing" };
      const [nonce = "", expires = "", signature = "", ...more] = sent.split(".");
      if (!same(sent, kept) || more.length > 0 || !same(signature, sign(nonce, expires))) return { kind: "foreign" };
      return Number(expires) > clock.now() ? { kind: "valid", nonce } : { kind: "expired" };
    },
  };
}

/** `Lax`, because the way back from Slack begins on Slack's site. */
export function stateCookie(state: string): string {
  return `${cookieName}=${state}; Path=/; Max-Age=${stateLifeMs / 1000}; Secure; HttpOnly; SameSite=Lax`;
}

export const noStateCookie = `${cookieName}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax`;

function readCookie(headers: readonly string[]): string | null {
  const pairs = headers.flatMap((header) => header.split(";")).map((pair) => pair.trim());
  const [value, ...others] = pairs.filter((pair) => pair.startsWith(`${cookieName}=`));
  return value === undefined || others.length > 0 ? null : value.slice(cookieName.length + 1);
}

/** Takes as long whatever is different. */
function same(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
