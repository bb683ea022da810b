/**
 * Single values out of the bodies that Buildkite and GitHub send, made safe to keep. Everything here takes whatever JSON
 * can hold and is total: a value that cannot be read is null, never an exception, for no event may be lost over an
 * optional part.
 */
import type { Instant } from "./clock.ts";

/** An object of which nothing is known yet. */
export type Body = Readonly<Record<string, unknown>>;

/** How many UTF-16 units are kept. */
export const limits = { word: 64, name: 255, matrix: 1000, command: 4000, message: 1000, address: 500 } as const;

export function toBody(value: unknown): Body | null {
  return isBody(value) ? value : null;
}

function isBody(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Control characters, and the marks that reorder the text around them (U+202A–202E, U+2066–2069).
const unsafe = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
const unsafeInText = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** Nearly all values are this, and need no more than the look. */
const plain = /^[\x20-\x7e]*$/;

/** One line for people to read: unsafe characters are removed. Null when nothing is left. */
export function toLine(value: unknown, limit: number): string | null {
  return toReadable(value, limit, unsafe);
}

/** Text for people to read that may have several lines. Null when nothing is left. */
export function toText(value: unknown, limit: number): string | null {
  return toReadable(value, limit, unsafeInText);
}

/**
 * A name that things are told apart by. Unsafe characters are replaced, not removed: a branch called `main` plus an
 * invisible character must not become `main`.
 */
export function toName(value: string, limit: number): string {
  if (value.length <= limit && plain.test(value)) return value;
  return cut(value, limit).replace(unsafe, "\ufffd").toWellFormed();
}

function toReadable(value: unknown, limit: number, unwanted: RegExp): string | null {
  if (typeof value !== "string") return null;
  const text =
    value.length <= limit && plain.test(value)
      ? value.trim()
      : cut(value, limit).replace(unwanted, "").toWellFormed().trim();
  return text === "" ? null : text;
}

/** Null for a blank one. */
export function toOptionalName(value: unknown, limit: number): string | null {
  return isWord(value) ? toName(value, limit) : null;
}

/** A text with something in it. */
export function isWord(value: unknown): value is string {
  return typeof value === "string" && /\S/.test(value);
}

/** Cuts to a number of UTF-16 units without leaving half of a character at the end. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  const isHighSurrogate = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHighSurrogate ? limit - 1 : limit);
}

export function firstLine(text: string): string {
  const end = text.search(/[\r\n]/);
  return end === -1 ? text : text.slice(0, end);
}

const webhookTime = /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]) (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d UTC$/;
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Buildkite's webhooks write `2026-09-21 10:00:00 UTC`; its REST API and newer webhook fields, and GitHub, ISO 8601. */
export function toInstant(value: unknown): Instant | null {
  if (typeof value !== "string") return null;
  if (webhookTime.test(value)) return readWebhookTime(value);
  const instant = isoTime.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(instant) ? null : instant;
}

/** By position, for every webhook has seven of these and `Date.parse` takes four times as long. To the second. */
function readWebhookTime(text: string): Instant {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5) - 1;
  return Date.UTC(year, month, twoDigits(text, 8), twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17));
}

function twoDigits(text: string, at: number): number {
  const zero = 48;
  return (text.charCodeAt(at) - zero) * 10 + text.charCodeAt(at + 1) - zero;
}

export function toInteger(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

export function toPositiveInteger(value: unknown): number | null {
  const integer = toInteger(value);
  return integer !== null && integer > 0 ? integer : null;
}

/** A clone address may carry a token (`https://token@host/…`), which must not be kept. `git@` of ssh stays. */
export function withoutCredentials(address: string): string {
  return /^https?:/i.test(address) ? address.replace(/^(https?:\/\/)[^/]*@/i, "$1") : address;
}
