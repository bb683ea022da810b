/** What a clock on the wall of a place shows, and the moment at which it shows it. */
import type { Instant } from "../clock.ts";

/** Date and time of day of a place, counted as if the place were at UTC: `Date.UTC(2026, 11, 1, 9)` is 1 December, 09:00 there. */
export type WallTime = number;

export interface Zone {
  wallAt(at: Instant): WallTime;
  /**
   * Where the clock is put forward, a time that is skipped becomes as much later as was skipped; where it is put back, a
   * time that comes twice is the first of the two.
   */
  instantAt(wall: WallTime): Instant;
}

const day = 86_400_000;

/** @param name As the IANA database has it. @returns null when it is not known here. */
export function openZone(name: string): Zone | null {
  const format = formatIn(name);
  if (format === null) return null;
  const wallAt = (at: Instant): WallTime => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day: date = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, date, hour, minute, second) + (((at % 1000) + 1000) % 1000);
  };
  const instantAt = (wall: WallTime): Instant => {
    // No zone changes its clock twice in two days, so one of these two differences to UTC is right, unless it was skipped.
    const before = wall - (wallAt(wall - day) - (wall - day));
    const after = wall - (wallAt(wall + day) - (wall + day));
    return [before, after].filter((at) => wallAt(at) === wall).sort((a, b) => a - b)[0] ?? before;
  };
  return { wallAt, instantAt };
}

function formatIn(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
