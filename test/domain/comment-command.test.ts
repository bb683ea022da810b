import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCommands, typedCommands } from "../../src/domain/comment-command.ts";
import { hour } from "../../src/domain/time-span.ts";
import { anyCharacter } from "../harness/text.ts";

const now = Date.UTC(2026, 10, 2, 12, 0);
const parse = (body: string, timeZone = "UTC") => parseCommands(typedCommands(body), now, timeZone);
const one = (body: string) => {
  const parsed = parse(body);
  return parsed.kind === "commands" ? parsed.commands.map(({ command }) => command) : parsed;
};
const mistakesOf = (body: string) => {
  const parsed = parse(body);
  return parsed.kind === "mistaken" ? parsed.mistakes.map(({ typed, message }) => [typed, message]) : parsed;
};

describe("commands in a comment", () => {
  it.each(["rerun", "rebuild", "status", "why", "help"] as const)("%s", (kind) => {
    expect(one(`/signalbox ${kind}`)).toEqual([{ kind }]);
  });

  it.each<[string, string]>([
    ["retry", "rerun"],
    ["", "help"],
    ["?", "help"],
    ["explain", "why"],
  ])("%j means %s", (typed, kind) => {
    expect(one(`/signalbox ${typed}`)).toEqual([{ kind }]);
  });

  const inHours = (hours: number) => ({ kind: "at", at: now + hours * hour });
  it.each<[string, object]>([
    ["lint", { job: "lint", everywhere: false, end: inHours(1), reason: null }],
    ["unit tests for 4h", { job: "unit tests", everywhere: false, end: inHours(4), reason: null }],
    ["`unit tests` 2h", { job: "unit tests", everywhere: false, end: inHours(2), reason: null }],
    [
      'everywhere "for ever" for 4h because it is flaky',
      { job: "for ever", everywhere: true, end: inHours(4), reason: "it is flaky" },
    ],
    ["lint on every branch until tomorrow", { job: "lint", everywhere: true, end: inHours(21), reason: null }],
    ["lint until 2026-12-01", { job: "lint", everywhere: false, end: inHours(29 * 24 - 3), reason: null }],
    ["lint until fixed", { job: "lint", everywhere: false, end: { kind: "fixed" }, reason: null }],
    ["3 for 1h", { job: "3", everywhere: false, end: inHours(1), reason: null }],
    [":rspec: specs / 1 because x", { job: ":rspec: specs / 1", everywhere: false, end: inHours(1), reason: "x" }],
  ])("mute %s", (text, expected) => {
    expect(one(`/signalbox mute ${text}`)).toEqual([{ kind: "mute", ...expected }]);
  });

  it("reads a time in the commenter's time zone", () => {
    const parsed = parse("/signalbox mute lint until tomorrow", "Europe/Berlin");
    expect(parsed).toMatchObject({ commands: [{ command: { end: { at: now + 20 * hour } } }] });
  });

  it("unmute", () => {
    expect(one("/signalbox unmute unit tests")).toEqual([{ kind: "unmute", job: "unit tests" }]);
  });

  it("several, in their order", () => {
    expect(one("/signalbox mute lint\n/signalbox rerun")).toMatchObject([{ kind: "mute" }, { kind: "rerun" }]);
  });

  it("none in an ordinary comment", () => {
    expect(parse("LGTM, but see `/signalbox rerun`")).toEqual({ kind: "none" });
  });

  it("lists every mistake with what to write instead, and keeps nothing of the rest", () => {
    const body = ["rerum", "mute", "mute lint for 4 parsecs", "rerun now", "frobnicate", "rerun", "unmute"];
    expect(mistakesOf(body.map((line) => `/signalbox ${line}`).join("\n"))).toEqual([
      ["rerum", "`rerum` is no command; did you mean `/signalbox rerun`?"],
      [
        "mute",
        "Something is missing; write `/signalbox mute <job> [everywhere] [for 4h | until tomorrow | until fixed] [because …]`.",
      ],
      ["mute lint for 4 parsecs", "`4 parsecs` is not a duration; write 4h, 2d or until tomorrow."],
      ["rerun now", "`now` is more than is understood here; leave it out."],
      ["frobnicate", "`frobnicate` is no command; `/signalbox help` lists them."],
      ["unmute", "Something is missing; write `/signalbox unmute <job>`."],
    ]);
  });

  it.each<[string, string]>([
    ["mute lint whole pipeline", "A whole pipeline can be muted in Slack only; name a job here."],
    ["mute lint until fixed it is slow", "`it is slow` is more than is understood here; a reason begins with because."],
    ["mute lint for 60d", "`for 60d` is too long; a mute lasts at most 30 days, or until fixed."],
  ])("%s", (text, message) => {
    expect(mistakesOf(`/signalbox ${text}`)).toEqual([[text, message]]);
  });

  it("takes ten at most", () => {
    expect(one("/signalbox why\n".repeat(10))).toHaveLength(10);
    expect(mistakesOf("/signalbox why\n".repeat(11))).toEqual([
      [null, "These are more than 10 commands; write 10 at most in one comment."],
    ]);
  });

  it.each([`why ${"x".repeat(1500)}`, `mute \`\`\`<!---->${"y".repeat(1200)}\`\`\``])("is short: %s", (text) => {
    expect(mistakesOf(`/signalbox ${text}`)).toEqual([
      [text.slice(0, 1001), "That is too long; write 1000 characters at most."],
    ]);
  });

  it("fills no store", () => {
    expect(typedCommands(`/signalbox ${"z".repeat(1200)}\n`.repeat(50)).join("")).toBe("z".repeat(11 * 1001));
  });

  it("never throws, and never does half of what it was told", () => {
    const words = fc.constantFrom(
      "rerun",
      "mute",
      "lint",
      "for",
      "4h",
      "until",
      "because",
      "everywhere",
      "'",
      '"',
      "`",
    );
    const line = fc.array(fc.oneof(words, fc.string({ unit: anyCharacter })), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (typed) => {
        const parsed = parse(typed.map((part) => `/signalbox ${part.join(" ")}`).join("\n\n"));
        if (parsed.kind === "mistaken") expect(parsed.mistakes.length).toBeGreaterThan(0);
        if (parsed.kind === "commands") expect(parsed.commands.length).toBeLessThanOrEqual(10);
      }),
    );
  });
});
