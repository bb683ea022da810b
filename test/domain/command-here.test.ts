import { describe, expect, it } from "vitest";
import { parseCommand } from "../../src/domain/command.ts";
import { AlertId } from "../../src/domain/ids.ts";

const now = Date.parse("2026-11-04T13:30:00Z");

describe("in the thread of an alert", () => {
  const here = { kind: "alert", id: AlertId.parse("0123456789ab-7") } as const;
  const there = (text: string) => parseCommand(text, now, "Europe/Berlin", here);

  it("that alert is meant where none is named", () => {
    expect(there("ack")).toEqual({ kind: "ack", target: here });
    expect(there("mute for 4h because flaky")).toMatchObject({ kind: "mute", target: here, reason: "flaky" });
    expect(there("unmute")).toEqual({ kind: "unmute", which: here });
  });

  it("a job that is named alone is one of it", () => {
    expect(there("mute lint")).toMatchObject({ target: { kind: "job", job: "lint", within: here } });
    expect(there('unmute "unit tests"')).toMatchObject({ which: { kind: "job", job: "unit tests", within: here } });
  });

  it("another one can be named", () => {
    expect(there("ack 3")).toEqual({ kind: "ack", target: { kind: "listed", number: 3 } });
    expect(there("mute lint in shop main")).toMatchObject({ target: { within: { kind: "branch", branch: "main" } } });
  });
});
