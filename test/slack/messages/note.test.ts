import { describe, expect, it } from "vitest";
import { checkMessage } from "../../../sandbox/slack/block-kit.ts";
import type { Note } from "../../../src/domain/alert.ts";
import { broadcasts, noteMessage } from "../../../src/slack/messages/note.ts";
import { read } from "./reading.ts";
import { cause, failing } from "./samples.ts";

function shown(note: Note): string {
  const message = noteMessage(failing(), note);
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
