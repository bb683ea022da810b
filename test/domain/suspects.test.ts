import { describe, expect, it } from "vitest";
import type { Person } from "../../src/domain/build.ts";
import type { AssociatedPull, CommitFacts } from "../../src/domain/changes.ts";
import { findSuspects } from "../../src/domain/find-suspects.ts";
import { blamed, culpritIn, responsibleFor, type Suspect } from "../../src/domain/suspects.ts";

function person(username: string | null, name: string | null = null, email: string | null = null): Person {
  return { name, email, username };
}
const ada = person("ada", "Ada Lovelace", "ada@example.com");
const grace = person("grace", "Grace Hopper", "grace@example.com");
const bob = person("bob", "Bob", "bob@example.com");
const webFlow = person("web-flow", "GitHub", "noreply@github.com");
const renovate = person("renovate[bot]");

function sha(name: string): string {
  return Buffer.from(name).toString("hex").padEnd(40, "0");
}

/** By default each has the one before it for its only parent, and GitHub says that it has no pull request. */
interface Given extends Partial<Omit<CommitFacts, "sha" | "parents">> {
  readonly parents?: readonly string[];
}

function commits(given: Readonly<Record<string, Given>>): CommitFacts[] {
  let before = "base";
  return Object.entries(given).map(([name, { parents = [before], ...rest }]) => {
    before = name;
    return {
      message: `Change ${name}`,
      author: ada,
      committer: rest.author ?? ada,
      pulls: [],
      ...rest,
      sha: sha(name),
      parents: parents.map(sha),
    };
  });
}

function pull(number: number, over: Partial<AssociatedPull> = {}): AssociatedPull {
  return {
    number,
    title: `Title ${number}`,
    base: "main",
    mergedAt: number * 1000,
    mergeCommit: null,
    author: person("ada"),
    mergedBy: person("grace"),
    ...over,
  };
}

function found(given: Readonly<Record<string, Given>>, branch = "main") {
  return findSuspects(commits(given), branch, false);
}

/** "#12 ada", "a ada" for a commit; then what else is special about it. */
function named(suspect: Suspect): string {
  const what =
    suspect.kind === "pull" ? `#${suspect.number}` : Buffer.from(suspect.sha, "hex").toString().replaceAll("\0", "");
  const { reverts, coAuthors } = suspect;
  const parts = [
    what,
    responsibleFor(suspect)?.username ?? "nobody",
    ...(reverts === null ? [] : [`reverts ${reverts.pull ?? reverts.commit}`]),
    ...(coAuthors.length === 0 ? [] : [`with ${coAuthors.map(({ username, email }) => username ?? email).join(",")}`]),
  ];
  return parts.join(" ");
}

interface Row {
  readonly commits: Readonly<Record<string, Given>>;
  readonly branch?: string;
  readonly expected: readonly string[];
}

const rows: Readonly<Record<string, Row>> = {
  "a merge, told by GitHub: the author of the pull request and not who merged": {
    commits: {
      a: { pulls: [pull(12)] },
      b: { pulls: [pull(12)] },
      m: { parents: ["base", "b"], author: grace, message: "Merge pull request #12 from ada/x", pulls: [pull(12)] },
    },
    expected: ["#12 ada"],
  },
  "a merge, told by its text alone": {
    commits: {
      a: { pulls: null },
      b: { pulls: null },
      m: { parents: ["base", "b"], author: grace, message: "Merge pull request #12 from ada/x\n\nFix", pulls: null },
    },
    expected: ["#12 ada"],
  },
  "a squash, told by GitHub": { commits: { a: { message: "Fix (#12)", pulls: [pull(12)] } }, expected: ["#12 ada"] },
  "a squash, told by its text alone": {
    commits: { a: { message: "Fix (#12)", author: grace, committer: webFlow, pulls: null } },
    expected: ["#12 grace"],
  },
  "a number that GitHub knows nothing of: an issue's": {
    commits: { a: { message: "Fix (#12)", pulls: [] } },
    expected: ["a ada"],
  },
  "a number that GitHub contradicts": {
    commits: { a: { message: "Fix (#12)", pulls: [pull(13)] } },
    expected: ["#13 ada"],
  },
  "a rebase: several commits of one pull request": {
    commits: {
      a: { pulls: [pull(12)] },
      b: { pulls: [pull(12)] },
      c: { pulls: [pull(13, { author: person("bob") })] },
    },
    expected: ["#13 bob", "#12 ada"],
  },
  "a merge queue that squashes": {
    commits: {
      a: {
        message: "Fix (#12)",
        author: ada,
        committer: webFlow,
        pulls: [pull(12, { mergedBy: person("github-merge-queue[bot]") })],
      },
    },
    expected: ["#12 ada"],
  },
  "a merge queue that merges, told by its text": {
    commits: {
      a: { author: grace, pulls: null },
      m: {
        parents: ["base", "a"],
        author: person("github-merge-queue[bot]"),
        committer: webFlow,
        message: "Merge pull request #12 from x/y",
        pulls: null,
      },
    },
    expected: ["#12 grace"],
  },
  "a merge queue's own branch, where nothing is merged yet": {
    branch: `gh-readonly-queue/main/pr-12-${sha("base")}`,
    commits: {
      a: { message: "First (#11)", author: bob, pulls: [pull(11, { mergedAt: null, author: person("bob") })] },
      b: { message: "Fix (#12)", author: grace, pulls: [pull(12, { mergedAt: null, author: person("grace") })] },
    },
    expected: ["#12 grace", "#11 bob"],
  },
  "a revert with a pull request is a suspect by itself": {
    commits: { a: { message: 'Revert "Fix (#12)" (#13)', pulls: [pull(13, { title: 'Revert "Fix (#12)"' })] } },
    expected: ["#13 ada reverts 12"],
  },
  "a revert by its title alone": {
    commits: { a: { message: 'Revert "Fix (#12)" (#13)', pulls: null } },
    expected: ["#13 ada reverts 12"],
  },
  "a revert that was pushed": {
    commits: { a: { message: `Revert "Fix (#12)"\n\nThis reverts commit ${sha("x")}.`, author: grace, pulls: null } },
    expected: ["a grace reverts 12"],
  },
  "a cherry-pick: the pull request that brought it here": {
    branch: "release/1.x",
    commits: {
      a: {
        message: `Fix (#12)\n\n(cherry picked from commit ${sha("x")})`,
        pulls: [pull(12), pull(20, { base: "release/1.x", author: person("grace") })],
      },
    },
    expected: ["#20 grace"],
  },
  "a cherry-pick that was pushed": {
    branch: "release/1.x",
    commits: { a: { message: `Fix (#12)\n\n(cherry picked from commit ${sha("x")})`, committer: bob, pulls: null } },
    expected: ["a ada"],
  },
  "a direct push": { commits: { a: { author: grace } }, expected: ["a grace"] },
  "several pull requests for a commit: the one merged here": {
    commits: {
      a: {
        pulls: [
          pull(9, { base: "next", author: person("bob") }),
          pull(12, { author: person("grace") }),
          pull(10, { mergedAt: null }),
        ],
      },
    },
    expected: ["#12 grace"],
  },
  "several merged here: the one whose merge it is": {
    commits: { a: { pulls: [pull(11), pull(12, { mergeCommit: sha("a"), author: person("bob") })] } },
    expected: ["#12 bob"],
  },
  "several merged elsewhere: the earliest": {
    commits: { a: { pulls: [pull(14, { base: "next" }), pull(13, { base: "old", author: person("bob") })] } },
    expected: ["#13 bob"],
  },
  "one that is open is none": {
    commits: { a: { author: grace, pulls: [pull(12, { mergedAt: null })] } },
    expected: ["a grace"],
  },
  "a fork: the author, whoever pushed": {
    commits: { a: { author: grace, committer: bob, pulls: [pull(12, { author: person("contributor") })] } },
    expected: ["#12 contributor"],
  },
  "co-authors, without the author": {
    commits: {
      a: {
        message:
          "Fix (#12)\n\nCo-authored-by: Ada <ADA@example.com>\nco-authored-by: B <1+bob@users.noreply.github.com>",
        pulls: [pull(12)],
      },
    },
    expected: ["#12 ada with bob"],
  },
  "a bot's: who merged it": {
    commits: { a: { author: renovate, pulls: [pull(12, { author: renovate })] } },
    expected: ["#12 grace"],
  },
  "a bot's that a bot merged: nobody": {
    commits: { a: { author: renovate, pulls: [pull(12, { author: renovate, mergedBy: person("mergify[bot]") })] } },
    expected: ["#12 nobody"],
  },
  "a bot's push: nobody": { commits: { a: { author: renovate, committer: webFlow } }, expected: ["a nobody"] },
  "a bot's commit that a person put there": {
    commits: { a: { author: renovate, committer: grace } },
    expected: ["a grace"],
  },
  "an author who left GitHub: who merged it": {
    commits: { a: { author: null, pulls: [pull(12, { author: null })] } },
    expected: ["#12 grace"],
  },
  "a pull request into which main was merged back": {
    commits: {
      x: { pulls: [pull(11, { author: person("bob") })] },
      a: { parents: ["base"], pulls: [pull(12)] },
      back: { parents: ["a", "x"], message: "Merge branch 'main' into x", pulls: [pull(12)] },
      m: { parents: ["x", "back"], author: grace, message: "Merge pull request #12 from ada/x", pulls: [pull(12)] },
    },
    expected: ["#12 ada", "#11 bob"],
  },
  "the same, told by texts alone": {
    commits: {
      x: { message: "Other (#11)", author: bob, pulls: null },
      a: { parents: ["base"], pulls: null },
      back: { parents: ["a", "x"], message: "Merge branch 'main' into x", pulls: null },
      m: { parents: ["x", "back"], author: grace, message: "Merge pull request #12 from ada/x", pulls: null },
    },
    expected: ["#12 ada", "#11 bob"],
  },
  "main merged into a release branch by hand: what it brought, not the merge": {
    branch: "release/1.x",
    commits: {
      x: { pulls: [pull(11, { author: person("bob") })] },
      y: { pulls: [pull(12)] },
      m: { parents: ["base", "y"], author: grace, message: "Merge branch 'main' into release/1.x" },
    },
    expected: ["#12 ada", "#11 bob"],
  },
  "main merged into a release branch by a pull request: that one": {
    branch: "release/1.x",
    commits: {
      x: { pulls: [pull(11), pull(30, { base: "release/1.x", author: person("grace") })] },
      y: { pulls: [pull(12)] },
      m: { parents: ["base", "y"], author: grace, pulls: [pull(30, { base: "release/1.x", author: person("grace") })] },
    },
    expected: ["#30 grace"],
  },
  "a pull that joined main to what was to be pushed": {
    commits: {
      x: { pulls: [pull(11, { author: person("bob") })] },
      mine: { parents: ["base"], author: grace },
      m: { parents: ["mine", "x"], author: grace, message: "Merge branch 'main' of github.com:acme/x" },
    },
    expected: ["mine grace", "#11 bob"],
  },
  "an octopus": {
    commits: {
      a: { author: ada },
      b: { parents: ["base"], author: bob },
      c: { parents: ["base"], pulls: [pull(12, { author: person("grace") })] },
      m: { parents: ["base", "a", "b", "c"], author: grace, message: "Merge branches 'a', 'b' and 'c'" },
    },
    expected: ["#12 grace", "b bob", "a ada"],
  },
  "a merge that brought nothing new is its author's": {
    commits: { m: { parents: ["base", "older"], author: grace, message: "Merge branch 'x'" } },
    expected: ["m grace"],
  },
  "stacked pull requests: the one that reached main": {
    commits: {
      a: { pulls: [pull(10, { base: "stack" }), pull(11, { author: person("grace") })] },
      m: { parents: ["base", "a"], author: grace, pulls: [pull(11, { author: person("grace") })] },
    },
    expected: ["#11 grace"],
  },
  "a branch that was pushed over: what is ahead, whose parent nobody knows": {
    commits: { a: { parents: ["lost"], author: bob }, b: { pulls: [pull(12)] } },
    expected: ["#12 ada", "a bob"],
  },
  "commits that claim to be their own ancestors": {
    commits: { a: { parents: ["b"] }, b: { parents: ["a"] } },
    expected: ["b ada", "a ada"],
  },
  "only the first red commit, when no green one is known": {
    commits: { a: { pulls: [pull(12)] } },
    expected: ["#12 ada"],
  },
  "nothing new: nobody": { commits: {}, expected: [] },
};

describe("suspects", () => {
  it.each(Object.entries(rows))("%s", (_, { commits: given, branch, expected }) => {
    expect(found(given, branch).list.map(named)).toEqual(expected);
  });

  it("are at most five, newest first, and all are counted", () => {
    const given = Array.from({ length: 8 }, (_, i) => [`c${i}`, { pulls: [pull(i + 1)] }] as const);
    const suspects = found(Object.fromEntries(given));
    expect(suspects.list.map(named)).toEqual(["#8 ada", "#7 ada", "#6 ada", "#5 ada", "#4 ada"]);
    expect([suspects.total, culpritIn(suspects)]).toEqual([8, null]);
  });

  it("have the title of the pull request, cut, and all that is known of its author", () => {
    const title = `${"long ".repeat(100)}title`;
    const [suspect] = found({ a: { message: "Fix (#12)", pulls: [pull(12, { title })] } }).list;
    expect(suspect?.title).toHaveLength(250);
    expect(suspect?.author).toEqual(ada);
  });

  it("know of who merged a bot's what they wrote elsewhere", () => {
    const { list } = found({ a: { author: grace }, b: { author: renovate, pulls: [pull(12, { author: renovate })] } });
    expect(list.map(responsibleFor)).toEqual([grace, grace]);
  });
});

describe("whom an alert may address", () => {
  const one = found({ a: { pulls: [pull(12, { author: person("grace") })] } });
  const two = found({ a: { author: grace }, b: { author: bob } });

  it("the only suspect's author, whoever made the build's commit", () => {
    expect(culpritIn(one)).toMatchObject({ number: 12 });
    expect(blamed(one, [bob])).toMatchObject([{ username: "grace" }]);
  });

  it("of one that is known and others that nobody has looked at, only who wrote the first red commit", () => {
    const suspects = { ...one, truncated: true };
    expect(culpritIn(suspects)).toBeNull();
    expect(blamed(suspects, [])).toEqual([]);
    expect(blamed(suspects, [bob])).toEqual([]);
    expect(blamed(suspects, [grace])).toEqual([grace]);
  });

  it("of several, who wrote the first red commit, when they are one of them", () => {
    expect(blamed(two, [person(null, "B.", "BOB@example.com")])).toMatchObject([{ email: "BOB@example.com" }]);
    expect(blamed(two, [ada])).toEqual([]);
    expect(blamed(two, [])).toEqual([]);
  });

  it("nobody, when nothing changed", () => {
    expect(blamed(found({}), [ada])).toEqual([]);
  });
});
