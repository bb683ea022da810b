import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { muteUntil, parseMuteEnd } from "../../src/domain/mute-end.ts";
import { day, formatSpan, hour, minute, parseSpan } from "../../src/domain/time-span.ts";

const limits = { shortest: 5 * minute, longest: 30 * day };
/** A Wednesday, 14:30 in Berlin. */
const now = Date.parse("2026-11-04T13:30:00Z");

function end(text: string, { at = now, timeZone = "Europe/Berlin" } = {}): string {
  const parsed = parseMuteEnd(text, at, timeZone, limits);
  if (parsed.kind === "refused") return parsed.message;
  return parsed.kind === "fixed" ? "fixed" : new Date(parsed.at).toISOString();
}

describe("a length of time", () => {
  it.each([
    ["4h", 4 * hour],
    ["90m", 90 * minute],
    ["2d", 2 * day],
    ["1w", 7 * day],
    ["1h30m", 90 * minute],
    ["1h 30m", 90 * minute],
    ["1.5h", 90 * minute],
    ["4H", 4 * hour],
    ["4 hours", 4 * hour],
    ["1 hour and 30 minutes", 90 * minute],
    ["90 min", 90 * minute],
    ["2 hrs", 2 * hour],
    ["1 day 12 hours", 36 * hour],
    ["0m", 0],
  ])("%j is read", (text, ms) => {
    expect(parseSpan(text)).toBe(ms);
  });

  it.each([
    "",
    " ",
    "4",
    "h",
    "4x",
    "4hx",
    "h4",
    "4 h x",
    "-4h",
    "4,5h",
    "1e3h",
    "4h and",
    "1 month",
    "٤h",
    "9999999h",
  ])("%j is none", (text) => {
    expect(parseSpan(text)).toBeNull();
  });

  it.each([
    [0, "0 minutes"],
    [minute, "1 minute"],
    [90 * minute, "1 hour 30 minutes"],
    [30 * day, "30 days"],
    [day + minute, "1 day 1 minute"],
  ])("of %d ms is written %j", (ms, text) => {
    expect(formatSpan(ms)).toBe(text);
  });

  it("is read back as it was written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (minutes) => {
        expect(parseSpan(formatSpan(minutes * minute))).toBe(minutes * minute);
      }),
    );
  });
});

describe("the end of a mute", () => {
  it.each([
    ["4h", "2026-11-04T17:30:00.000Z"],
    ["for 4h", "2026-11-04T17:30:00.000Z"],
    ["For 2 Days", "2026-11-06T13:30:00.000Z"],
    ["for 30d", "2026-12-04T13:30:00.000Z"],
    ["until tomorrow", "2026-11-05T08:00:00.000Z"],
    ["till tomorrow", "2026-11-05T08:00:00.000Z"],
    ["UNTIL Tomorrow", "2026-11-05T08:00:00.000Z"],
    ["until tomorrow 17:00", "2026-11-05T16:00:00.000Z"],
    ["until tomorrow at 5pm", "2026-11-05T16:00:00.000Z"],
    ["until tomorrow, 5:30 pm", "2026-11-05T16:30:00.000Z"],
    ["until monday", "2026-11-09T08:00:00.000Z"],
    ["until mon", "2026-11-09T08:00:00.000Z"],
    ["until thurs 12am", "2026-11-04T23:00:00.000Z"],
    ["until monday 12pm", "2026-11-09T11:00:00.000Z"],
    ["until 17:00", "2026-11-04T16:00:00.000Z"],
    ["until today 17:00", "2026-11-04T16:00:00.000Z"],
    ["until 2026-12-01", "2026-12-01T08:00:00.000Z"],
    ["until 2026-12-01 14:30", "2026-12-01T13:30:00.000Z"],
    ["until 2026-12-01T14:30", "2026-12-01T13:30:00.000Z"],
    ["until fixed", "fixed"],
    ["until it is fixed", "fixed"],
    ["until it’s fixed", "fixed"],
    ["until green", "fixed"],
  ])("%j is %s", (text, expected) => {
    expect(end(text)).toBe(expected);
  });

  it("a weekday is the next one: a week ahead on that day itself", () => {
    expect(end("until wednesday")).toBe("2026-11-11T08:00:00.000Z");
    expect(end("until thursday")).toBe("2026-11-05T08:00:00.000Z");
    expect(end("until tuesday")).toBe("2026-11-10T08:00:00.000Z");
  });

  it("a time alone is the next time the clock shows it", () => {
    expect(end("until 08:00")).toBe("2026-11-05T07:00:00.000Z");
    expect(end("until 14:30")).toBe("2026-11-05T13:30:00.000Z");
    expect(end("until 9am")).toBe("2026-11-05T08:00:00.000Z");
  });

  it("tomorrow is the person's, not the server's", () => {
    const at = Date.parse("2026-11-04T23:30:00Z");
    expect(end("until tomorrow", { at, timeZone: "UTC" })).toBe("2026-11-05T09:00:00.000Z");
    expect(end("until tomorrow", { at, timeZone: "Asia/Tokyo" })).toBe("2026-11-06T00:00:00.000Z");
    expect(end("until tomorrow", { at, timeZone: "America/New_York" })).toBe("2026-11-05T14:00:00.000Z");
    expect(end("until tomorrow", { at, timeZone: "Pacific/Kiritimati" })).toBe("2026-11-05T19:00:00.000Z");
    expect(end("until tomorrow", { at, timeZone: "Asia/Kathmandu" })).toBe("2026-11-06T03:15:00.000Z");
  });

  it("09:00 is 09:00 also on the day after the clocks changed", () => {
    const spring = Date.parse("2026-03-28T12:00:00Z");
    expect(end("until tomorrow", { at: spring })).toBe("2026-03-29T07:00:00.000Z");
    const autumn = Date.parse("2026-10-24T12:00:00Z");
    expect(end("until tomorrow", { at: autumn })).toBe("2026-10-25T08:00:00.000Z");
    expect(end("for 1d", { at: autumn })).toBe("2026-10-25T12:00:00.000Z");
  });

  it("a time that the clocks skip is as much later, one that comes twice is the first", () => {
    expect(end("until tomorrow 02:30", { at: Date.parse("2026-03-28T12:00:00Z") })).toBe("2026-03-29T01:30:00.000Z");
    expect(end("until tomorrow 02:30", { at: Date.parse("2026-10-24T12:00:00Z") })).toBe("2026-10-25T00:30:00.000Z");
    const summer = { at: Date.parse("2026-04-04T00:00:00Z"), timeZone: "Australia/Lord_Howe" };
    expect(end("until tomorrow 01:45", summer)).toBe("2026-04-04T14:45:00.000Z");
  });

  it.each([
    ["4x", "`4x` is not a duration; write 4h, 2d or until tomorrow."],
    ["for 4", "`4` is not a duration; write 4h, 2d or until tomorrow."],
    ["for", "`for` is not a duration; write 4h, 2d or until tomorrow."],
    ["for a`b", "`a'b` is not a duration; write 4h, 2d or until tomorrow."],
    ["forever", "A mute cannot be for ever; write 30 days at most, or until fixed."],
    ["for ever", "A mute cannot be for ever; write 30 days at most, or until fixed."],
    ["60d", "`60d` is too long; a mute lasts at most 30 days, or until fixed."],
    ["until 2027-01-01", "`until 2027-01-01` is too long; a mute lasts at most 30 days, or until fixed."],
    ["1m", "`1m` is too short; a mute lasts at least 5 minutes."],
    ["0h", "`0h` is too short; a mute lasts at least 5 minutes."],
    ["until 14:32", "`until 14:32` is too short; a mute lasts at least 5 minutes."],
    ["until 2026-11-03", "`until 2026-11-03` is already past; write a later time."],
    ["until today 09:00", "`until today 09:00` is already past; write a later time."],
  ])("%j is refused: %s", (text, message) => {
    expect(end(text)).toBe(message);
  });

  it.each([
    "until",
    "until now",
    "until today",
    "until mo",
    "until next monday",
    "until 17",
    "until 24:00",
    "until 17:60",
    "until 0pm",
    "until 13pm",
    "until 2026-02-30",
    "until 2026-13-01",
    "until 2026-12-01 25:00",
    "until 2026-12-01 14:30 sharp",
    "until 01.12.2026",
    "until tomorrow monday",
  ])("%j is no time", (text) => {
    expect(end(text)).toBe(
      `\`${text}\` is not a time; write until tomorrow, until monday, until 17:00, until 2026-12-01 14:30 or until fixed.`,
    );
  });

  it("needs a time zone only for the time of day", () => {
    const timeZone = "Mars/Olympus";
    expect(end("until tomorrow", { timeZone })).toBe(
      "Your time zone, `Mars/Olympus`, is not known here; write a duration such as 4h or 2d.",
    );
    expect(end("4h", { timeZone: "" })).toBe("2026-11-04T17:30:00.000Z");
    expect(end("until fixed", { timeZone: "" })).toBe("fixed");
  });

  it("may be the moment of a date picker, within the same limits", () => {
    expect(muteUntil(now + hour, now, limits, "16:30")).toEqual({ kind: "at", at: now + hour });
    expect(muteUntil(now + 30 * day, now, limits, "x").kind).toBe("at");
    expect(muteUntil(now + 30 * day + 1, now, limits, "x").kind).toBe("refused");
    expect(muteUntil(now - 1, now, limits, "x").kind).toBe("refused");
    expect(muteUntil(Number.NaN, now, limits, "x").kind).toBe("refused");
  });

  it("is within the limits whatever is written, wherever, whenever", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "until",
        "for",
        "tomorrow",
        "today",
        "monday",
        "fixed",
        "at",
        "pm",
        "and",
        "12:30",
        "4h",
        "2026-12-01",
      ),
      fc.string({ maxLength: 8 }),
    );
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(" "));
    const moment = fc.integer({ min: 0, max: Date.parse("2100-01-01") });
    const timeZone = fc.constantFrom("Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Asia/Tehran", "nowhere");
    fc.assert(
      fc.property(text, moment, timeZone, (words, at, zone) => {
        const parsed = parseMuteEnd(words, at, zone, limits);
        if (parsed.kind === "refused") expect(parsed.message).toMatch(/^\S.*\.$/s);
        if (parsed.kind !== "at") return;
        expect(parsed.at - at).toBeGreaterThanOrEqual(limits.shortest);
        expect(parsed.at - at).toBeLessThanOrEqual(limits.longest);
      }),
      { numRuns: 300 },
    );
  });
});
