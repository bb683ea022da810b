/** When a mute ends, as people write it: `for 4h`, `until tomorrow`, `until 2026-12-01 14:30`, `until fixed`. */
import type { Instant } from "../clock.ts";
import { longestMute } from "./mute.ts";
import { quoted, type Refusal, refused } from "./refusal.ts";
import { day, formatSpan, hour, minute, parseSpan } from "./time-span.ts";
import { openZone, type WallTime } from "./zoned-time.ts";

export type MuteEnd = { readonly kind: "at"; readonly at: Instant } | { readonly kind: "fixed" };

/** In ms. A mute until fixed has no longest time. */
export interface MuteLimits {
  readonly shortest: number;
  readonly longest: number;
}

export const muteLimits: MuteLimits = { shortest: 5 * minute, longest: longestMute };

/** A day without a time means the start of work. */
const morning = 9 * hour;
const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** @param text `4h`, `for 4h` or `until …`. @param timeZone The person's, as the IANA database names it. */
export function parseMuteEnd(
  text: string,
  now: Instant,
  timeZone: string,
  limits: MuteLimits = muteLimits,
): MuteEnd | Refusal {
  const words = text.trim().toLowerCase().split(/\s+/);
  const [first = "", ...rest] = words;
  if (/^(?:until|till?)$/.test(first)) return untilMoment(text, rest, now, timeZone, limits);
  const span = parseSpan((first === "for" ? rest : words).join(" "));
  if (span !== null) return muteUntil(now + span, now, limits, text);
  if (/^(?:for )?(?:ever|forever)$/.test(words.join(" "))) {
    return refused(`A mute cannot be for ever; write ${formatSpan(limits.longest)} at most, or until fixed.`);
  }
  const written = text.trim().replace(/^for\s+/i, "");
  return refused(`${quoted(written)} is not a duration; write 4h, 2d or until tomorrow.`);
}

/** @param written What the person wrote or chose, for the refusal. */
export function muteUntil(at: Instant, now: Instant, limits: MuteLimits, written: string): MuteEnd | Refusal {
  const length = at - now;
  if (length < 0) return refused(`${quoted(written)} is already past; write a later time.`);
  if (length < limits.shortest) {
    return refused(`${quoted(written)} is too short; a mute lasts at least ${formatSpan(limits.shortest)}.`);
  }
  if (!(length <= limits.longest)) {
    return refused(
      `${quoted(written)} is too long; a mute lasts at most ${formatSpan(limits.longest)}, or until fixed.`,
    );
  }
  return { kind: "at", at };
}

function untilMoment(
  written: string,
  words: readonly string[],
  now: Instant,
  timeZone: string,
  limits: MuteLimits,
): MuteEnd | Refusal {
  const what = words.join(" ");
  if (/^(?:(?:it is |it['’]s )?fixed|green)$/.test(what)) return { kind: "fixed" };
  const zone = openZone(timeZone);
  if (zone === null) {
    return refused(`Your time zone, ${quoted(timeZone)}, is not known here; write a duration such as 4h or 2d.`);
  }
  const wall = zone.wallAt(now);
  const today = wall - (((wall % day) + day) % day);
  const [first = "", ...rest] = what.replace(/(?<=\d)t(?=\d)/, " ").split(/[\s,]+/);
  const date = dateOf(first, today);
  const times = (date === null ? [first, ...rest] : rest).filter((word) => word !== "at" && word !== "");
  const time = times.length === 0 && date !== null && date !== today ? morning : timeOf(times.join(""));
  if (time === null) {
    return refused(
      `${quoted(written)} is not a time; write until tomorrow, until monday, until 17:00, until 2026-12-01 14:30 or until fixed.`,
    );
  }
  const at = zone.instantAt((date ?? today) + time);
  // Who writes only a time means the next time the clock shows it.
  const next = date === null && at <= now ? zone.instantAt(today + day + time) : at;
  return muteUntil(next, now, limits, written);
}

function dateOf(word: string, today: WallTime): WallTime | null {
  if (word === "today") return today;
  if (word === "tomorrow") return today + day;
  const weekday = word.length < 3 ? -1 : weekdays.findIndex((name) => name.startsWith(word));
  // A week when it is today's: nobody says "until monday" on a Monday and means a few hours.
  if (weekday >= 0) return today + day * (((weekday - new Date(today).getUTCDay() + 6) % 7) + 1);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(word)) return null;
  const date = Date.parse(`${word}T00:00Z`);
  // 30 February would be read as 2 March.
  return !Number.isNaN(date) && new Date(date).toISOString().startsWith(word) ? date : null;
}

function timeOf(word: string): number | null {
  const match = /^(\d{1,2})(?::(\d{2}))?([ap]m)?$/.exec(word);
  if (match === null || (match[2] === undefined && match[3] === undefined)) return null;
  const [hours, minutes] = [Number(match[1]), Number(match[2] ?? 0)];
  const half = match[3];
  if (minutes > 59) return null;
  if (half === undefined) return hours > 23 ? null : hours * hour + minutes * minute;
  if (hours < 1 || hours > 12) return null;
  return ((hours % 12) + (half === "pm" ? 12 : 0)) * hour + minutes * minute;
}
