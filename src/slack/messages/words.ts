/** Numbers, times and lists in words. */
import type { Instant } from "../../clock.ts";
import { joined, type Mrkdwn, md } from "./mrkdwn.ts";

export function count(number: number, noun: string, plural = `${noun}s`): Mrkdwn {
  return { mrkdwn: `${number} ${number === 1 ? noun : plural}` };
}

const rules = new Intl.PluralRules("en", { type: "ordinal" });
const suffixes: Readonly<Record<Intl.LDMLPluralRule, string>> = {
  zero: "th",
  one: "st",
  two: "nd",
  few: "rd",
  many: "th",
  other: "th",
};

export function ordinal(number: number): Mrkdwn {
  return { mrkdwn: `${number}${suffixes[rules.select(number)]}` };
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The longer it is, the less a minute matters. */
export function duration(ms: number): Mrkdwn {
  if (ms < minute) return md`less than a minute`;
  if (ms < hour) return md`${Math.floor(ms / minute)} min`;
  if (ms >= 2 * day) return md`${Math.floor(ms / day)} days`;
  const minutes = Math.floor((ms % hour) / minute);
  const hours = md`${Math.floor(ms / hour)} h`;
  return minutes === 0 ? hours : md`${hours} ${minutes} min`;
}

/** " after 43 min"; nothing when it took no time, which only says that nobody knows. */
export function afterwards(ms: number): Mrkdwn {
  return ms > 0 ? md` after ${duration(ms)}` : md``;
}

/**
 * A date that each reader sees in their own time zone and words ("today at 10:42"); null when the time is not known.
 */
export function dateTime(at: Instant): Mrkdwn | null {
  const date = new Date(at);
  if (!(at > 0) || Number.isNaN(date.getTime())) return null;
  const fallback = date.toISOString().slice(0, 16).replace("T", " ");
  return { mrkdwn: `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${fallback} UTC>` };
}

/** "a, b" or "a, b and 3 more". */
export function enumerated(items: readonly Mrkdwn[], more = 0): Mrkdwn {
  const named = joined(items, ", ");
  return more > 0 ? md`${named} and ${more} more` : named;
}

/** The first few of a list, and how many there are besides. */
export function firstFew(items: readonly Mrkdwn[], most: number): Mrkdwn {
  return enumerated(items.slice(0, most), items.length - most);
}
