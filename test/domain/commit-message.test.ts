import { describe, expect, it } from "vitest";
import { queuedPull, readCommitMessage } from "../../src/domain/commit-message.ts";

const sha = "6ae04f7a2dd6b4a1b3a5d7bb1b1ad2e9d3b4f5c6";

describe("what a commit says of its pull request", () => {
  it.each<[string, string, { title: string; pull: number | null; by?: string }]>([
    ["nothing", "Fix rounding", { title: "Fix rounding", pull: null }],
    ["a squash", "Fix rounding (#12)\n\n* one\n* two (#9)", { title: "Fix rounding", pull: 12, by: "squash" }],
    [
      "a merge",
      "Merge pull request #12 from ada/rounding\n\nFix rounding",
      { title: "Fix rounding", pull: 12, by: "merge" },
    ],
    [
      "a merge without a title",
      "Merge pull request #12 from ada/rounding",
      { title: "Merge pull request #12 from ada/rounding", pull: 12, by: "merge" },
    ],
    [
      "with Windows line ends",
      "Merge pull request #12 from a/b\r\n\r\nFix\r\n",
      { title: "Fix", pull: 12, by: "merge" },
    ],
    ["the last of several numbers", "Backport fix (#12) (#20)", { title: "Backport fix (#12)", pull: 20 }],
    ["not an issue within the line", "Fix (#12) for good", { title: "Fix (#12) for good", pull: null }],
    ["not an issue in its text", "Fix rounding\n\nCloses (#12)", { title: "Fix rounding", pull: null }],
    ["a back-merge", "Merge branch 'main' into rounding", { title: "Merge branch 'main' into rounding", pull: null }],
    ["a copy", `Fix (#12)\n\n(cherry picked from commit ${sha})`, { title: "Fix (#12)", pull: null }],
    [
      "a copy with a pull request of its own",
      `Fix (#12) (#20)\n\n(cherry picked from commit ${sha})`,
      { title: "Fix (#12)", pull: 20 },
    ],
    [
      "a revert that was pushed",
      `Revert "Fix (#12)"\n\nThis reverts commit ${sha}.`,
      { title: 'Revert "Fix (#12)"', pull: null },
    ],
    ["a revert", 'Revert "Fix (#12)" (#13)', { title: 'Revert "Fix (#12)"', pull: 13 }],
    [
      "a revert in own words",
      `Undo the fix (#12)\n\nThis reverts commit ${sha}.`,
      { title: "Undo the fix (#12)", pull: null },
    ],
    ["no number that is none", "Fix (#12345678901)", { title: "Fix (#12345678901)", pull: null }],
    ["nothing at all", "", { title: "", pull: null }],
  ])("%s", (_, message, { title, pull, by }) => {
    const read = readCommitMessage(message);
    expect([read.title, read.pull?.number ?? null]).toEqual([title, pull]);
    if (by !== undefined) expect(read.pull?.by).toBe(by);
  });
});

describe("what a commit takes back or copies", () => {
  it.each<[string, ReturnType<typeof readCommitMessage>["reverts"]]>([
    [`Revert "Fix (#12)" (#13)\n\nThis reverts commit ${sha}.`, { commit: sha, pull: 12 }],
    [`Revert "Fix"\n\nThis reverts commit ${sha.slice(0, 10)}.`, { commit: sha.slice(0, 10), pull: null }],
    ['Revert "Fix" (#13)\n\nReverts acme/payments-api#12', { commit: null, pull: 12 }],
    ['Revert "Revert "Fix (#1)" (#2)" (#3)', { commit: null, pull: 2 }],
    ['Merge pull request #13 from acme/revert-12\n\nRevert "Fix (#12)"', { commit: null, pull: 12 }],
    ["Reverting to the old way (#13)", null],
  ])("%j", (message, reverts) => {
    expect(readCommitMessage(message).reverts).toEqual(reverts);
  });

  it("names the commit that was copied last", () => {
    const message = `Fix\n\n(cherry picked from commit ${sha})\n(Cherry picked from commit ${"b".repeat(40)})`;
    expect(readCommitMessage(message).cherryPickedFrom).toBe("b".repeat(40));
    expect(readCommitMessage("Fix").cherryPickedFrom).toBeNull();
  });
});

describe("co-authors", () => {
  it("are people, each once, however they are written", () => {
    const message = [
      "Fix rounding (#12)",
      "",
      "Co-authored-by: Grace Hopper <Grace@Example.com>",
      "co-authored-by: Grace <grace@example.com>",
      "CO-AUTHORED-BY: Bob <42+bob@users.noreply.github.com>",
      "Co-authored-by: Robert <bob@users.noreply.github.com>",
      "Co-authored-by: dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
      "Co-authored-by: Helper <noreply@example.com>",
      "Co-authored-by: <@U0ADA>",
      "Co-authored-by: nobody",
      "  Co-authored-by: Quoted <quoted@example.com>",
    ].join("\n");
    expect(readCommitMessage(message).coAuthors).toEqual([
      { name: "Grace Hopper", email: "grace@example.com", username: null },
      { name: "Bob", email: "42+bob@users.noreply.github.com", username: "bob" },
    ]);
  });

  it("are few, and found at the end of a long text", () => {
    const many = Array.from({ length: 50 }, (_, i) => `Co-authored-by: P <p${i}@example.com>`).join("\n");
    const message = `Fix (#12)\n${"x ".repeat(1_000_000)}\n${many}`;
    const read = readCommitMessage(message);
    expect([read.title, read.pull?.number, read.coAuthors.length]).toEqual(["Fix", 12, 10]);
  });
});

describe("a branch of the merge queue", () => {
  it.each([
    [`gh-readonly-queue/main/pr-12-${sha}`, { base: "main", number: 12 }],
    [`gh-readonly-queue/release/1.x/pr-7-${sha}`, { base: "release/1.x", number: 7 }],
    ["main", null],
    ["gh-readonly-queue/main/pr-12", null],
    [`ada/gh-readonly-queue/main/pr-12-${sha}`, null],
  ])("%s", (branch, expected) => {
    expect(queuedPull(branch)).toEqual(expected);
  });
});
