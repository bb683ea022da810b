/** Which of two files is asked first, setting by setting. */
import { describe, expect, it } from "vitest";
import { Channel, Pipeline } from "../../src/domain/ids.ts";
import { channelFor, explain, isTracked, type Policy, settingsFor, usualSettings } from "../../src/domain/policy.ts";
import { mergePolicy } from "../../src/domain/policy-merge.ts";
import { readOperatorFile, readRepositoryFile } from "../../src/policy/read.ts";
import { hour, minute } from "../harness/clock.ts";
import { mainBranch } from "../harness/facts.ts";

const main = { pipeline: "payments-api", branch: "main" };
const release = { pipeline: "payments-api", branch: "release/1" };
const operatorAt = (line: number) => ({ file: "signalbox.yml", line });
const repositoryAt = (line: number) => ({ file: ".github/signalbox.yml", line });

function merged(operator: string, repository: string | null): Policy {
  const theirs = readOperatorFile(operator);
  if (!theirs.ok) throw new Error(`Cannot read the operator's file: ${theirs.mistakes[0]?.message}`);
  const own = repository === null ? null : readRepositoryFile(repository);
  if (own?.ok === false) throw new Error(`Cannot read the repository's file: ${own.mistakes[0]?.message}`);
  return mergePolicy(
    { ...theirs.rules, defaultChannel: Channel.parse("C0DEFAULT") },
    own === null ? null : { rules: own.rules, repository: { name: "acme/payments-api", problem: null } },
  );
}

describe("a single value", () => {
  it.each<[what: string, operator: string, repository: string, owners: string | null, source: object | undefined]>([
    ["is the operator's", "owners: S0OPERATOR", "owners: S0REPOSITORY", "S0OPERATOR", operatorAt(1)],
    [
      "is the repository's where the operator says nothing",
      "",
      "\nowners: S0REPOSITORY",
      "S0REPOSITORY",
      repositoryAt(2),
    ],
    ["is the default where both say nothing", "", "", null, undefined],
    [
      "is that of the operator's route first",
      "owners: S0OPERATOR\nroutes: [{ channel: C0A, owners: S0ROUTE }]",
      "owners: S0REPOSITORY",
      "S0ROUTE",
      operatorAt(2),
    ],
    [
      "is the operator's before that of the repository's route",
      "owners: S0OPERATOR",
      "routes: [{ channel: C0A, owners: S0ROUTE }]",
      "S0OPERATOR",
      operatorAt(1),
    ],
    [
      "is that of the repository's route before the rest of its file",
      "",
      "owners: S0REPOSITORY\nroutes: [{ channel: C0A, owners: S0ROUTE }]",
      "S0ROUTE",
      repositoryAt(2),
    ],
    [
      "is the repository's where the operator's route leaves it out",
      "routes: [{ channel: C0A }]",
      "owners: S0REPOSITORY",
      "S0REPOSITORY",
      repositoryAt(1),
    ],
    [
      "is not that of a repository's route that is not asked, for the operator's matched",
      "routes: [{ channel: C0A }]",
      "routes: [{ channel: C0B, owners: S0ROUTE }]",
      null,
      undefined,
    ],
  ])("%s", (_, operator, repository, owners, source) => {
    const { settings } = explain(merged(operator, repository), main);
    expect(settings.owners).toBe(owners);
    expect(settings.sources.owners).toEqual(source);
  });

  it("is decided action by action", () => {
    const policy = merged("actions: { rerun: [S0RELEASERS] }", "actions: { rerun: channel, mute: linked }");
    const { actions, sources } = settingsFor(policy, main);
    expect(actions).toEqual({ acknowledge: "channel", mute: "linked", rerun: ["S0RELEASERS"] });
    expect(sources).toEqual({ rerun: operatorAt(1), mute: repositoryAt(1) });
  });

  it("of the reminders is decided part by part", () => {
    const policy = merged(
      "reminders: { still_on_it_after: off }",
      "reminders: { unacknowledged: [10m], still_on_it_after: 1h }",
    );
    expect(settingsFor(policy, main).reminders).toEqual({
      unacknowledged: [10 * minute],
      stillOnIt: null,
      handBack: hour,
    });
    expect(settingsFor(merged("reminders: off", "reminders: { unacknowledged: [10m] }"), main).reminders).toBeNull();
    expect(settingsFor(merged("reminders: { hand_back_after: 2h }", "reminders: off"), main).reminders).toEqual({
      ...usualSettings.reminders,
      handBack: 2 * hour,
    });
  });

  it("says when an alert reopens", () => {
    const of = (operator: string, repository: string) => merged(operator, repository).reopenWithin / minute;
    const [ten, twenty] = [10, 20].map((n) => `alerts: { reopen_within_minutes: ${n} }`);
    expect([of(ten ?? "", twenty ?? ""), of("", twenty ?? ""), of("", ""), of("alerts: {}", ten ?? "")]).toEqual([
      10, 20, 120, 10,
    ]);
  });
});

describe("routes", () => {
  const operator = "routes: [{ match: { branch: main }, channel: C0OPERATOR }]";
  const repository =
    "routes: [{ match: { branch: main }, channel: C0MINE }, { match: { branch: 'release/*' }, channel: C0RELEASES }]";

  it("of the operator are asked first, then the repository's, then there is the default", () => {
    const policy = merged(operator, repository);
    expect(channelFor(policy, main)).toBe("C0OPERATOR");
    expect(channelFor(policy, release)).toBe("C0RELEASES");
    expect(channelFor(policy, { ...main, branch: "x" })).toBe("C0DEFAULT");
    expect(explain(policy, release).route?.source).toEqual(repositoryAt(1));
    expect(explain(policy, main).route?.source).toEqual(operatorAt(1));
  });
});

describe("lists", () => {
  it("of both files hold together", () => {
    const mute = (job: string) => `mutes: [{ job: ${job}, until: 2027-01-01, reason: x }]`;
    const policy = merged(
      `track: [{ branch: beta }]\nnever_alert: [A]\n${mute("C")}\nteams: { '@a/x': S0ONE }`,
      `track: [{ branch: 'release/*' }]\nnever_alert: [B]\n${mute("D")}\nteams: { '@a/x': S0TWO, '@a/y': U0ADA }`,
    );
    expect(policy.neverAlert.map(({ job }) => job)).toEqual(["A", "B"]);
    expect(policy.mutes.map(({ job }) => job)).toEqual(["C", "D"]);
    expect(Object.fromEntries(policy.teams)).toEqual({ "@a/x": "S0ONE", "@a/y": "U0ADA" });
    for (const branch of ["beta", "release/1"]) expect(isTracked(policy, { ...mainBranch, branch }, "main")).toBe(true);
    expect(isTracked(policy, { ...mainBranch, branch: "other" }, "main")).toBe(false);
  });
});

describe("what only the operator says", () => {
  it("is what it was", () => {
    const alone = merged("people: { ada: U0ADA }\nfollow_up: { pipeline: analytics }", null);
    const policy = merged("people: { ada: U0ADA }\nfollow_up: { pipeline: analytics }", "never_alert: [x]");
    expect(policy.people).toEqual(alone.people);
    expect(policy.followUp).toEqual(alone.followUp);
    expect(alone.repository).toBeNull();
    expect(policy.repository?.name).toBe("acme/payments-api");
    expect(
      isTracked(
        merged("follow_up: { pipeline: analytics }", "track: [{}]"),
        { ...mainBranch, pipeline: Pipeline.parse("analytics") },
        "main",
      ),
    ).toBe(false);
  });
});
