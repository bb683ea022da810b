/** Lengths of time as people write them: `4h`, `1h30m`, `90 min`, `2 days`. */

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
const week = 7 * day;

const lengths: Readonly<Record<string, number>> = { m: minute, h: hour, d: day, w: week };
const part =
  /\s*(\d{1,6}(?:\.\d{1,3})?)\s*(m(?:in(?:ute)?s?)?|h(?:ours?|rs?)?|d(?:ays?)?|w(?:eeks?)?)(?:\s+and(?=\s)|(?![a-z]))/iy;

/** @returns Milliseconds; null when the text is no length of time. */
export function parseSpan(text: string): number | null {
  const whole = text.trim();
  let sum = 0;
  let end = 0;
  while (end < whole.length) {
    part.lastIndex = end;
    const match = part.exec(whole);
    if (match === null) return null;
    sum += Number(match[1]) * (lengths[match[2]?.charAt(0).toLowerCase() ?? ""] ?? Number.NaN);
    end = part.lastIndex;
  }
  return end === 0 || /and$/i.test(whole) ? null : Math.round(sum);
}

/** In whole minutes, and nothing rounded away above that: `parseSpan` reads it back. */
export function formatSpan(ms: number): string {
  const minutes = Math.floor(ms / minute);
  const parts = [counted(Math.floor(minutes / 1440), "day"), counted(Math.floor((minutes % 1440) / 60), "hour")];
  const text = [...parts, counted(minutes % 60, "minute")].filter((words) => words !== null).join(" ");
  return text === "" ? "0 minutes" : text;
}

function counted(number: number, noun: string): string | null {
  return number === 0 ? null : `${number} ${noun}${number === 1 ? "" : "s"}`;
}
