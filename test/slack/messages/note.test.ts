import { describe, expect, it } from "vitest";
import { checkMessage } from "../../../sandbox/slack/block-kit.ts";
import type { Note } from "../../../src/domain/alert.ts";
import { Actor } from "../../../src/domain/handling.ts";
import { SlackGroup } from "../../../src/domain/ids.ts";
import { MuteScope } from "../../../src/domain/mute.ts";
import { broadcasts, noteMessage } from "../../../src/slack/messages/note.ts";
import { buttonsOf, read } from "./reading.ts";
import { ada, bob, brokeAt, cause, failing } from "./samples.ts";

function shown(note: Note): string {
  const message = noteMessage(failing(), note, 7);
  expect(checkMessage(message)).toEqual([]);
  return read(message);
}

const fixed = {
  kind: "fixed",
  by: "build",
  build: 1044,
  person: "Grace Hopper",
  recovered: [],
  after: 43 * 60_000,
} as const satisfies Note;

describe("a note in the thread", () => {
  it("tells of more broken jobs", () => {
    expect(shown({ kind: "alsoBroken", build: 1043, jobs: [":rubocop: Lint", "Types"] })).toMatchInlineSnapshot(`
      "[Also broken since #1043: Lint, Types]
      ----
      Also broken since <https://buildkite.com/acme-inc/payments-api/builds/1043|#1043>: :rubocop: Lint, Types"
    `);
  });

  it("tells of a long streak", () => {
    expect(shown({ kind: "stillFailing", build: 1051, streak: 10 })).toMatchInlineSnapshot(`
      "[Still failing: 10 builds in a row, newest #1051]
      ----
      Still failing: 10 builds in a row, newest <https://buildkite.com/acme-inc/payments-api/builds/1051|#1051>"
    `);
  });

  it("tells of a fix by a build", () => {
    expect(shown(fixed)).toMatchInlineSnapshot(`
      "[Fixed by #1044 (Grace Hopper) after 43 min]
      ----
      :large_green_circle: Fixed by <https://buildkite.com/acme-inc/payments-api/builds/1044|#1044> (Grace Hopper) after 43 min"
    `);
  });

  it("tells of a fix by a retry", () => {
    expect(shown({ ...fixed, by: "retry", build: 1042, recovered: ["Specs", "Lint"] })).toMatchInlineSnapshot(`
      "[Build #1042 passed on retry after 43 min: Specs, Lint — possibly flaky]
      ----
      :large_green_circle: <https://buildkite.com/acme-inc/payments-api/builds/1042|Build #1042> passed on retry after 43 min: Specs, Lint — possibly flaky"
    `);
    expect(shown({ ...fixed, by: "retry", build: 1042, after: 0 })).toContain(
      "#1042> passed on retry — possibly flaky",
    );
  });

  it("tells of a red build that was withdrawn", () => {
    expect(shown({ ...fixed, by: "withdrawn", build: 1043, person: null })).toMatchInlineSnapshot(`
      "[#1043 was canceled before it finished; nothing newer is red]
      ----
      :white_circle: <https://buildkite.com/acme-inc/payments-api/builds/1043|#1043> was canceled before it finished; nothing newer is red"
    `);
  });

  it("tells the channel too when the branch breaks again, so it says which branch", () => {
    const note = { kind: "brokeAgain", build: 1045, person: "Ada Lovelace", timesBroken: 2 } as const;
    expect(shown(note)).toMatchInlineSnapshot(`
      "[main broke again (2nd time) · Payments API: build #1045, change by Ada Lovelace]
      ----
      :red_circle: *\`main\` broke again* (2nd time) · Payments API: <https://buildkite.com/acme-inc/payments-api/builds/1045|build #1045>, change by Ada Lovelace"
    `);
    expect(broadcasts(note)).toBe(true);
    expect(broadcasts(fixed)).toBe(false);
  });
});

const log = { kind: "log", build: 1042, jobId: cause("Specs").jobId } as const;

describe("the note with the end of a log", () => {
  it("shows the lines as they were", () => {
    const lines = ["Failures:", "  1) rounds <half> & even", "\tgot: `0.5`", "", "exit 1"];
    expect(shown({ ...log, job: ":rspec: Specs", lines })).toMatchInlineSnapshot(`
      "[Last lines of Specs]
      ----
      Last lines of *<https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|:rspec: Specs>*
      ----
      Failures:
        1) rounds <half> & even
        got: \`0.5\`

      exit 1"
    `);
  });

  it("drops lines from the front when there are too many, and the end of a line that is too long", () => {
    const lines = [...Array.from({ length: 100 }, (_, index) => `${index} ${"x".repeat(60)}`), "y".repeat(9_000)];
    const text = shown({ ...log, job: "Specs", lines }).split("\n");
    expect(text.filter((line) => line.startsWith("99 x"))).toHaveLength(1);
    expect(text).not.toContain(lines[0]);
    expect(text.at(-1)).toBe(`${"y".repeat(499)}…`);
    expect(text.slice(text.findIndex((line) => line.endsWith("x"))).join("\n").length).toBeLessThanOrEqual(2_800);
  });

  it("removes what cannot be seen", () => {
    expect(shown({ ...log, job: "Specs", lines: ["a\u202eb\u0007c\u200bd"] })).toContain("\nabcd");
  });

  it("says so when there is nothing to show", () => {
    expect(shown({ ...log, job: "Gone", lines: [" ", ""] })).toMatchInlineSnapshot(`
      "[The log of Gone is empty]
      ----
      The log of <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|Gone> is empty"
    `);
  });
});

const job: MuteScope = MuteScope.parse({
  kind: "job",
  pipeline: "payments-api",
  branch: "main",
  job: "specs",
  name: ":rspec: Specs",
});
const value = "0123456789ab-1042:7";

function lineOf(note: Note): string {
  return shown(note).split("\n----\n")[1] ?? "";
}

describe("a note of what somebody did", () => {
  it("names who acknowledged, and pings nobody", () => {
    expect(lineOf({ kind: "acknowledged", by: ada, over: null })).toBe(":eyes: *Ada* acknowledged");
    expect(lineOf({ kind: "acknowledged", by: ada, over: bob })).toBe(":eyes: *Ada* took over from Bob");
  });

  it("pings whom it was taken from, unless they did it themselves", () => {
    expect(lineOf({ kind: "released", by: ada, was: ada })).toBe("*Ada* is not on it any more: nobody is");
    expect(lineOf({ kind: "released", by: ada, was: bob })).toBe(
      "*Ada* took the acknowledgement of <@U0BOB> back: nobody is on it any more",
    );
    expect(lineOf({ kind: "released", by: null, was: bob })).toBe(
      "<@U0BOB> did not answer, so nobody is on it any more",
    );
  });

  it("tells what was muted, until when and why", () => {
    expect(lineOf({ kind: "muted", by: ada, scope: job, until: brokeAt, reason: "flaky" })).toBe(
      ":no_bell: *Ada* muted *:rspec: Specs* on `main` until <!date^1789984980^{date_short_pretty} {time}|2026-09-21 10:03 UTC>: flaky",
    );
    const everywhere = MuteScope.parse({ ...job, kind: "jobEverywhere" });
    expect(lineOf({ kind: "muted", by: ada, scope: everywhere, until: null, reason: null })).toBe(
      ":no_bell: *Ada* muted *:rspec: Specs* on every branch of payments-api until it is fixed",
    );
    const branch = MuteScope.parse({ ...job, kind: "branch" });
    expect(lineOf({ kind: "unmuted", by: bob, scope: branch })).toBe(
      ":bell: *Bob* unmuted everything of payments-api on `main`",
    );
  });

  it("tells whoever muted that it is over", () => {
    // Nobody of Slack to ping.
    expect(lineOf({ kind: "muteEnded", by: Actor.parse({ login: "ada" }), scope: job })).toContain(
      "is still red. ada (GitHub)",
    );
    expect(lineOf({ kind: "muteEnded", by: ada, scope: job })).toBe(
      ":bell: The mute of *:rspec: Specs* on `main` has ended, and `main` is still red. <@U0ADA>",
    );
  });

  it("tells who ran it again", () => {
    const number = "<https://buildkite.com/acme-inc/payments-api/builds/1042|build #1042>";
    expect(lineOf({ kind: "rerun", by: ada, what: "retry", build: 1042 })).toBe(
      `:arrows_counterclockwise: *Ada* reran the failed jobs of ${number}`,
    );
    expect(lineOf({ kind: "rerun", by: ada, what: "rebuild", build: 1042 })).toBe(
      `:arrows_counterclockwise: *Ada* started a rebuild: ${number}`,
    );
  });
});

describe("a note that asks for somebody", () => {
  it("reminds the thread, and at last the owners and the channel", () => {
    const quiet = { kind: "reminder", since: brokeAt, owners: null } as const;
    const loud = { ...quiet, owners: SlackGroup.parse("S0OWNERS") };
    expect(lineOf(quiet)).toBe(
      ":bell: `main` has been red since <!date^1789984980^{date_short_pretty} {time}|2026-09-21 10:03 UTC>, and nobody is on it · Payments API",
    );
    expect(lineOf(loud)).toMatch(/ <!subteam\^S0OWNERS>$/);
    expect([broadcasts(quiet), broadcasts(loud)]).toEqual([false, true]);
    expect(buttonsOf(noteMessage(failing(), quiet, 7))).toEqual([["Acknowledge", "alert.acknowledge", value]]);
  });

  it("asks whoever is on it whether they still are, also where only the text is shown", () => {
    const note = { kind: "stillOnIt", who: ada, since: brokeAt } as const;
    expect(lineOf(note)).toBe(
      ":eyes: <@U0ADA>, are you still on it? You took it <!date^1789984980^{date_short_pretty} {time}|2026-09-21 10:03 UTC>. `main` is still red.",
    );
    const message = noteMessage(failing(), note, 7);
    expect(message.text).toContain("<@U0ADA>");
    expect(buttonsOf(message)).toEqual([
      ["Yes, I am on it", "alert.confirm", value],
      ["Hand back", "alert.hand_back", value],
    ]);
  });
});
