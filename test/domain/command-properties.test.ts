import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Command, type CommandProblem, isProblem, parseCommand } from "../../src/domain/command.ts";
import { commandNames } from "../../src/domain/command-usage.ts";
import { AlertId, Organization, Pipeline } from "../../src/domain/ids.ts";
import type { MuteTarget } from "../../src/domain/mute-command.ts";
import type { Target } from "../../src/domain/target.ts";
import { day, formatSpan, minute } from "../../src/domain/time-span.ts";
import { anyCharacter } from "../harness/text.ts";

const now = Date.parse("2026-11-04T13:30:00Z");
const parse = (text: string): Command | CommandProblem => parseCommand(text, now, "Europe/Berlin");

describe("any text", () => {
  const piece = fc.oneof(
    fc.constantFrom(...commandNames, ..."for until because in on everywhere whole pipeline tomorrow fixed".split(" ")),
    fc.constantFrom(
      "3",
      "4h",
      "shop",
      "main",
      "shop#12",
      "abc123def456-12",
      '"',
      "“unit",
      "tests”",
      "'",
      "`",
      "<",
      "&lt;",
    ),
    fc.constantFrom("<https://buildkite.com/acme/shop/builds/12|x>", "job:", "only:broken", "<@U1|ada>", "<!channel>"),
    fc.string({ unit: anyCharacter, maxLength: 12 }),
  );
  const texts = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 200 }),
    fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(" ")),
  );

  it("is a command or a problem that says something; nothing is thrown, no time is nonsense", () => {
    const moment = fc.integer({ min: 0, max: Date.parse("2100-01-01") });
    const timeZone = fc.constantFrom("Europe/Berlin", "America/New_York", "nowhere", "");
    fc.assert(
      fc.property(texts, moment, timeZone, (text, at, zone) => {
        const parsed = parseCommand(text, at, zone);
        if (parsed.kind === "refused") expect(parsed.message).toMatch(/^\S.*\.$/s);
        if (parsed.kind !== "mute" || parsed.end.kind !== "at") return;
        expect(parsed.end.at).toBeGreaterThan(at);
        expect(parsed.end.at).toBeLessThanOrEqual(at + 30 * day);
      }),
      { numRuns: 500 },
    );
  });

  it("is read in a time that does not explode", () => {
    for (const text of [
      '"a '.repeat(1_300),
      "<".repeat(4_000),
      "<@".repeat(2_000),
      "1h".repeat(2_000),
      "'a \"b ".repeat(600),
    ]) {
      const [begin, command] = [performance.now(), parse(`mute ${text}`.slice(0, 4_000))];
      expect(command.kind).toBeDefined();
      expect(performance.now() - begin).toBeLessThan(1_000);
    }
  });
});

describe("a command that is written out", () => {
  const slug = fc
    .stringMatching(/^[a-z][a-z-]{0,20}[a-z]$/)
    .filter(
      (text) =>
        !/^(?:for|until|til|till|forever|in|on|because|every|all|everywhere|whole|entire|whole-pipeline)$/.test(text),
    );
  const pipeline = slug.map((text) => Pipeline.parse(text));
  const number = fc.integer({ min: 1, max: 10_000 });
  const name = fc
    .stringMatching(/^[\p{L}\p{N}:#<>&*/'’ .-]{1,30}$/u)
    .map((text) => text.trim())
    .filter((text) => text !== "" && !/\s{2}|&(?:amp|lt|gt);/.test(text));
  const target: fc.Arbitrary<Target> = fc.oneof(
    fc.record({ kind: fc.constant("listed"), number }),
    fc.record({
      kind: fc.constant("alert"),
      id: fc.stringMatching(/^[0-9a-f]{12}-[1-9]\d{0,5}$/).map((id) => AlertId.parse(id)),
    }),
    fc.record({
      kind: fc.constant("build"),
      organization: fc.option(slug.map((text) => Organization.parse(text))),
      pipeline,
      number,
    }),
    fc.record({ kind: fc.constant("branch"), pipeline, branch: slug }),
  );
  const muteTarget: fc.Arbitrary<MuteTarget> = fc.oneof(
    target,
    fc.record({ kind: fc.constant("job"), job: name, within: fc.option(target) }),
    fc.record({ kind: fc.constant("name"), name: pipeline }),
  );
  const command: fc.Arbitrary<Command> = fc.oneof(
    fc.record({ kind: fc.constant("status"), pipeline, branch: fc.option(name) }),
    fc.record({ kind: fc.constantFrom("mine", "mutes", "list", "unlink") }),
    fc.record({ kind: fc.constantFrom("ack", "unack", "takeover", "rerun", "rebuild", "why"), target }),
    fc.record({
      kind: fc.constant("mute"),
      target: muteTarget,
      scope: fc.constantFrom(null, "job", "jobEverywhere", "branch"),
      end: fc.oneof(
        fc.record({ kind: fc.constant("fixed") }),
        fc.integer({ min: 5, max: 43_200 }).map((minutes) => ({ kind: "at" as const, at: now + minutes * minute })),
      ),
      reason: fc.option(name),
    }),
    fc.record({ kind: fc.constant("unmute"), which: muteTarget }),
    fc.record({
      kind: fc.constant("subscribe"),
      pipeline: slug,
      branch: fc.option(name),
      job: fc.option(name),
      only: fc.constantFrom(null, ["broken"], ["fixed"], ["broken", "fixed"]),
    }),
    fc.record({ kind: fc.constant("notify"), where: fc.constantFrom("dm", "channel", "off") }),
    fc.record({ kind: fc.constant("help"), topic: fc.option(fc.constantFrom(...commandNames)) }),
  );

  it("is read back", () => {
    fc.assert(
      fc.property(command, (given) => {
        const text = printed(given);
        expect(parse(text), text).toEqual(given);
        expect(isProblem(parse(text))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

/** As Slack would send it. */
function printed(command: Command): string {
  return words(command)
    .join(" ")
    .replace(/[&<>]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[letter] ?? letter);
}

function words(command: Command): string[] {
  switch (command.kind) {
    case "mine":
    case "mutes":
    case "list":
    case "unlink":
      return [command.kind];
    case "status":
      return ["status", ...option("", command.pipeline), ...option("", command.branch)];
    case "ack":
    case "unack":
    case "takeover":
    case "rerun":
    case "rebuild":
    case "why":
      return [command.kind, printedTarget(command.target)];
    case "mute": {
      const scope = { job: "scope:job", jobEverywhere: "everywhere", branch: "whole pipeline" };
      const { target, end, reason } = command;
      return [
        "mute",
        printedMuteTarget(target),
        ...(command.scope === null ? [] : [scope[command.scope]]),
        end.kind === "fixed" ? "until fixed" : `for ${formatSpan(end.at - now)}`,
        ...(reason === null ? [] : ["because", reason]),
      ];
    }
    case "unmute":
      return ["unmute", printedMuteTarget(command.which)];
    case "subscribe": {
      const { pipeline, branch, job, only } = command;
      const events = only === null ? [] : [`only:${only.join(",")}`];
      return ["subscribe", pipeline, ...option("branch:", branch), ...option("job:", job), ...events];
    }
    case "unsubscribe":
      return ["unsubscribe", command.which.kind === "listed" ? `${command.which.number}` : command.which.pipeline];
    case "link":
      return ["link", command.login];
    case "notify":
      return ["notify", command.where];
    case "help":
      return ["help", ...(command.topic === null ? [] : [command.topic])];
  }
}

function option(key: string, value: string | null): string[] {
  return value === null ? [] : [`${key}“${value}”`];
}

function printedTarget(target: Target): string {
  switch (target.kind) {
    case "listed":
      return `${target.number}`;
    case "alert":
      return target.id;
    case "build": {
      const { organization, pipeline, number } = target;
      if (organization === null) return `${pipeline}#${number}`;
      return `https://buildkite.com/${organization}/${pipeline}/builds/${number}`;
    }
    case "branch":
      return target.branch === null ? target.pipeline : `${target.pipeline} ${target.branch}`;
  }
}

function printedMuteTarget(target: MuteTarget): string {
  if (target.kind === "name") return target.name;
  if (target.kind !== "job") return printedTarget(target);
  return target.within === null ? `“${target.job}”` : `“${target.job}” in ${printedTarget(target.within)}`;
}
