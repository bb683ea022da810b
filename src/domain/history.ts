/**
 * The history of a tracked branch: its red and green builds by number, never by arrival. Everything an alert says about
 * "since when" and "how often" is computed from it, so a late build corrects the picture instead of confusing it.
 */
import type { Instant } from "../clock.ts";
import { isRed } from "./outcome.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Canceled, skipped and blocked builds are neither red nor green and have no entry. `recovered` is a build that was red
 * and passed on retry: it broke the branch and fixed it.
 */
export interface HistoryEntry {
  readonly number: number;
  readonly color: "red" | "green" | "recovered";
  /** When it turned red; for a green build the same as `at`. */
  readonly redAt: Instant;
  /** When it took its present color. */
  readonly at: Instant;
}

/** How many builds a history keeps; a streak that reaches the edge is "at least" that long. */
export const historyLength = 200;

/** @param turnedRed When it first was known to fail, if it ever was. */
export function historyEntry(number: number, verdict: Verdict, turnedRed: Instant | null): HistoryEntry | null {
  const at = verdict.at ?? 0;
  const redAt = turnedRed ?? at;
  if (isRed(verdict.outcome)) return { number, color: "red", redAt, at };
  if (verdict.outcome !== "passed") return null;
  return verdict.recoveredBuild ? { number, color: "recovered", redAt, at } : { number, color: "green", redAt: at, at };
}

export function encodeEntry(entry: HistoryEntry): string {
  return `${entry.number}:${entry.color}:${entry.redAt}:${entry.at}`;
}

export function decodeEntry(member: string): HistoryEntry {
  const [number, color, redAt, at] = member.split(":");
  if (color !== "red" && color !== "green" && color !== "recovered") throw new Error("Cannot read a history entry");
  return { number: Number(number), color, redAt: Number(redAt), at: Number(at) };
}

/** Consecutive red builds, and the green build that ended them, if any. */
export interface RedStretch {
  readonly first: HistoryEntry;
  readonly newest: HistoryEntry;
  readonly length: number;
  /** It began before the history does. */
  readonly truncated: boolean;
  readonly fixedBy: HistoryEntry | null;
}

export interface BranchView {
  /** By the newest build that is red or green; `unknown` when there is none. */
  readonly status: "unknown" | "green" | "red";
  readonly newest: HistoryEntry | null;
  readonly lastStretch: RedStretch | null;
  /** Red stretches that followed each other so closely that they are one alert; 0 when the branch was never red. */
  readonly timesBroken: number;
  /** Builds up to this number may be missing: the history was cut there. */
  readonly forgotten: number;
}

/** @param entries Ascending by build number. @param reopenWithin A shorter green spell does not end an alert. */
export function viewBranch(entries: readonly HistoryEntry[], reopenWithin: number): BranchView {
  const stretches = redStretches(entries);
  const newest = entries.at(-1) ?? null;
  let timesBroken = stretches.length === 0 ? 0 : 1;
  for (let i = stretches.length - 1; i > 0; i -= 1) {
    const fixedAt = stretches[i - 1]?.fixedBy?.at;
    const brokenAt = stretches[i]?.first.redAt;
    if (fixedAt === undefined || brokenAt === undefined || brokenAt - fixedAt >= reopenWithin) break;
    timesBroken += 1;
  }
  const status = newest === null ? "unknown" : newest.color === "red" ? "red" : "green";
  const oldest = entries.length >= historyLength ? entries[0] : undefined;
  const forgotten = oldest === undefined ? 0 : oldest.number - 1;
  return { status, newest, lastStretch: stretches.at(-1) ?? null, timesBroken, forgotten };
}

function redStretches(entries: readonly HistoryEntry[]): RedStretch[] {
  const stretches: RedStretch[] = [];
  let reds: HistoryEntry[] = [];
  const close = (fixedBy: HistoryEntry | null): void => {
    const [first] = reds;
    const newest = reds.at(-1);
    if (first === undefined || newest === undefined) return;
    const truncated = first === entries[0] && entries.length >= historyLength;
    stretches.push({ first, newest, length: reds.length, truncated, fixedBy });
    reds = [];
  };
  for (const [i, entry] of entries.entries()) {
    if (entry.color !== "green") reds.push(entry);
    if (entry.color !== "red" && reds.length > 0) close(earliestGreen(entries, i));
  }
  close(null);
  return stretches;
}

/**
 * What ended a stretch: the build that was green first among those up to the next red one. A build that is retried hours
 * after a newer one was green did not fix anything any more.
 */
function earliestGreen(entries: readonly HistoryEntry[], from: number): HistoryEntry | null {
  let first: HistoryEntry | null = null;
  for (const [i, entry] of entries.entries()) {
    if (i < from) continue;
    if (entry.color === "red" || (entry.color === "recovered" && i > from)) break;
    if (first === null || entry.at < first.at) first = entry;
  }
  return first;
}

/** The newest build before this one that was green in the end. @param entries Ascending by build number. */
export function lastGreenBefore(entries: readonly HistoryEntry[], number: number): HistoryEntry | null {
  return entries.findLast((entry) => entry.number < number && entry.color !== "red") ?? null;
}
