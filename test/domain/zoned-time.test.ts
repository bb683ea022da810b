import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openZone } from "../../src/domain/zoned-time.ts";

const zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"];

describe("a clock on the wall", () => {
  it("shows the time of its place", () => {
    const at = Date.parse("2026-07-01T12:00:00.250Z");
    expect(openZone("Asia/Kathmandu")?.wallAt(at)).toBe(Date.parse("2026-07-01T17:45:00.250Z"));
    expect(openZone("UTC")?.wallAt(-1)).toBe(-1);
  });

  it("is known for the names of the IANA database only", () => {
    expect(["", "Mars/Olympus", "x".repeat(1000)].map(openZone)).toEqual([null, null, null]);
  });

  it("leads back to the moment, except for the second time it shows an hour", () => {
    const moment = fc.integer({ min: Date.parse("1995-01-01"), max: Date.parse("2090-01-01") });
    fc.assert(
      fc.property(moment, fc.constantFrom(...zones), (at, name) => {
        const zone = openZone(name);
        const wall = zone?.wallAt(at) ?? Number.NaN;
        const back = zone?.instantAt(wall) ?? Number.NaN;
        expect(zone?.wallAt(back)).toBe(wall);
        expect([0, 30 * 60_000, 60 * 60_000]).toContain(at - back);
      }),
      { numRuns: 200 },
    );
  });

  it("that skips a whole day goes on with the next", () => {
    const skipped = openZone("Pacific/Apia")?.instantAt(Date.parse("2011-12-30T09:00Z")) ?? 0;
    expect(new Date(skipped).toISOString()).toBe("2011-12-30T19:00:00.000Z");
  });
});
