/** What a settings file says, and what is wrong with it, line by line. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readOperatorFile, readRepositoryFile } from "../../src/policy/read.ts";

function mistakes(text: string): string[] {
  const read = readRepositoryFile(text);
  return read.ok ? [] : read.mistakes.map(({ line, message }) => `${line}: ${message}`);
}

describe("a repository's file", () => {
  it("says where each of its rules is written", () => {
    const read = readRepositoryFile(`
# Ours
owners: S0PAYMENTS
routes:
  - match: { branch: "release/*" }
    channel: "#releases"
    actions:
      rerun: [S0RELEASERS]
track:
  - branch: "release/*"
mutes:
  - job: "Flaky *"
    branch: main
    until: 2027-03-31
    reason: "#512"
never_alert:
  - Nightly *
teams:
  "@Acme/Payments": S0PAYMENTS
  "@ada": U0ADA
alerts: { reopen_within_minutes: 30 }
reminders: off
`);
    const file = ".github/signalbox.yml";
    expect(read).toEqual({
      ok: true,
      rules: {
        settings: {
          owners: { value: "S0PAYMENTS", source: { file, line: 3 } },
          actions: {},
          reminders: { value: "off", source: { file, line: 22 } },
        },
        routes: [
          {
            match: { branch: "release/*" },
            channel: "#releases",
            settings: { actions: { rerun: { value: ["S0RELEASERS"], source: { file, line: 8 } } } },
            source: { file, line: 5 },
          },
        ],
        track: [{ branch: "release/*", source: { file, line: 10 } }],
        mutes: [
          {
            job: "Flaky *",
            match: { branch: "main" },
            until: Date.UTC(2027, 3, 1),
            reason: "#512",
            source: { file, line: 12 },
          },
        ],
        neverAlert: [{ job: "Nightly *", source: { file, line: 17 } }],
        teams: new Map([
          ["@acme/payments", "S0PAYMENTS"],
          ["@ada", "U0ADA"],
        ]),
        reopenWithin: 30 * 60_000,
      },
    });
  });

  it.each(["", "# nothing", "---", "{}", "routes: []"])("may say nothing: %j", (text) => {
    expect(mistakes(text)).toEqual([]);
  });

  it.each<[text: string, ...told: string[]]>([
    ["mutess: []", '1: top level: unknown key "mutess"; write mutes'],
    [
      "people:\n  octocat: U0ADA\nfollow_up:\n  pipeline: x",
      '1: top level: "people" is for the operator\'s signalbox.yml only; remove it here',
      '3: top level: "follow_up" is for the operator\'s signalbox.yml only; remove it here',
    ],
    ["mutes:\n- job: Specs\n  until: 2027-01-01", "2: mutes.0.reason: it is missing; write why it is muted"],
    [
      "mutes:\n- job: Specs\n  reason: x",
      "2: mutes.0.until: it is missing; write a date like 2027-03-31, or with a time in UTC: 2027-03-31T12:00Z",
    ],
    [
      "mutes:\n- job: Specs\n  reason: x\n  until: tomorrow",
      "4: mutes.0.until: write a date like 2027-03-31, or with a time in UTC: 2027-03-31T12:00Z",
    ],
    [
      "mutes:\n- job: Specs\n  reason: x\n  until: 2027-02-31",
      "4: mutes.0.until: write a date like 2027-03-31, or with a time in UTC: 2027-03-31T12:00Z",
    ],
    ["never_alert: Specs", "1: never_alert: write a list of patterns for jobs"],
    ["never_alert:\n- Specs\n- 5", '3: never_alert.1: write a pattern for jobs, with * for any text, in quotes: "5"'],
    [
      "reminders:\n  unacknowledged: [30m]\n  still_on_it: 4h",
      '3: reminders: unknown key "still_on_it"; write still_on_it_after',
    ],
    [
      "reminders:\n  unacknowledged:\n  - 30m\n  - soon",
      "4: reminders.unacknowledged.1: write a time like 30m, 2h or 1d",
    ],
    [
      "reminders: sometimes",
      "1: reminders: write off, or unacknowledged, still_on_it_after and hand_back_after with times like 30m, 2h or 1d",
    ],
    ["actions:\n  rerun: everybody", "2: actions.rerun: write channel, linked, or a list of user group ids (S…)"],
    ["actions:\n  rerun:\n  - U0ADA", "3: actions.rerun.0: not a Slack user group: use its id (S…)"],
    [
      "teams:\n  acme: S0TEAM",
      '2: teams.acme: write an owner as CODEOWNERS names it, in quotes: "@org/team", "@login" or an e-mail address',
    ],
    ['teams:\n  "@acme/x": C0TEAM', "2: teams.@acme/x: write the id of a Slack user group (S…) or user (U…)"],
    ["routes:\n- match: {}", "2: routes.0.channel: it is missing; write the id of a Slack channel (C…), or its #name"],
    ["owners: 5", "1: owners: write the id of a Slack user group (S…)"],
    [
      "5",
      "1: top level: write settings here, by name: owners, actions, reminders, routes, track, alerts, mutes, never_alert, teams",
    ],
    ["track:\n\t- x", "2: this is not YAML: Tabs are not allowed as indentation"],
    ["track: *nowhere", "1: this is not YAML: Unresolved alias (the anchor must be set before the alias): nowhere"],
    ["- 1\n---\n- 2", "2: this is not YAML: Source contains multiple documents; please use YAML.parseAllDocuments()"],
  ])("%j is told with its line and what to write", (text, ...told) => {
    expect(mistakes(text).map((mistake) => mistake.replace(/^(\d+: .*(?:indentation|documents.*)).*$/s, "$1"))).toEqual(
      expect.arrayContaining(told),
    );
    expect(mistakes(text)).toHaveLength(told.length);
  });

  it("tells all that is wrong at once, in the order of the file", () => {
    expect(mistakes("trakc: []\nowners: 5\nroutes: [{}]").map((mistake) => mistake.split(":")[0])).toEqual([
      "1",
      "2",
      "3",
    ]);
  });
});

describe("the operator's file", () => {
  it("may say the same, and who people are", () => {
    const read = readOperatorFile(
      "people: { Octocat: U0ADA }\nnever_alert: [x]\nfollow_up: { pipeline: analytics }\nteams: { '@a/b': S0AB }",
    );
    expect(read).toMatchObject({
      ok: true,
      rules: {
        people: new Map([["octocat", "U0ADA"]]),
        neverAlert: [{ job: "x", source: { file: "signalbox.yml", line: 2 } }],
        followUp: { pipeline: "analytics", branch: "main", commit: "HEAD" },
      },
    });
  });
});

describe("YAML that somebody thought out", () => {
  const wide = (line: string, times: number) => line.repeat(times);
  it.each<[what: string, text: string, told: RegExp]>([
    ["too long", `# ${"x".repeat(70_000)}`, /longer than 64 KB/],
    ["nested in brackets", "[".repeat(60_000), /nested too deep/],
    ["nested in mappings", "{a: ".repeat(15_000), /nested too deep/],
    ["nested in one line", "- ".repeat(30_000), /nested too deep/],
    [
      "nested by indentation",
      Array.from({ length: 200 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
      /nested too deep/,
    ],
    ["keys of keys", "? ".repeat(20_000), /without `\?`/],
    ["many keys", wide("a: 1\n", 9_000), /holds too much|too long/],
    ["many anchors", wide("&a ", 20_000), /holds too much/],
    ["a long folded text", `--- >\n${wide(" a\n\n", 16_000)}`, /too long/],
    [
      "a billion laughs",
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefghi"].map((l, i) => `${l}: &${l} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`).join("\n")}`,
      /Excessive alias count/,
    ],
    ["itself", "track: &a [*a]", /track/],
    ["a program", "owners: !!js/function 'function () {}'", /owners/],
    ["prototypes", "__proto__: { x: 1 }\nconstructor: 1", /__proto__/],
    ["a merge", "<<: { owners: S0A }", /unknown key "<<"/],
    ["no text at all", "\0\uFEFF\u{1F4A9}\uD800: [", /not YAML|unknown key|top level/],
  ])("is refused in no time: %s", (_, text, told) => {
    const begin = performance.now();
    expect(mistakes(text).join("\n")).toMatch(told);
    expect(performance.now() - begin).toBeLessThan(3_000);
  });

  it("never throws, and never takes what it does not know", () => {
    const words = fc.constantFrom(
      "routes",
      "track",
      "mutes",
      ":",
      "- ",
      "\n",
      "  ",
      "[",
      "]",
      "{",
      "}",
      "*a",
      "&a ",
      "!x ",
    );
    const more = fc.constantFrom(
      "'",
      '"',
      "|",
      ">",
      "#",
      "? ",
      "%YAML 1.1\n",
      "---\n",
      "...\n",
      "5",
      "~",
      "<<",
      "\t",
      "until",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, more), { maxLength: 60 }), (parts) => {
        const read = readRepositoryFile(parts.join(""));
        if (!read.ok) expect(read.mistakes.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
