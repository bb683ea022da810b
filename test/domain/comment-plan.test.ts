import { describe, expect, it } from "vitest";
import { effectOfRequest } from "../../src/domain/check-request.ts";
import { type CommentCommand, parseCommands, typedCommands } from "../../src/domain/comment-command.ts";
import { type CommitBuild, failureOf, type PlanFacts, planOf } from "../../src/domain/comment-plan.ts";
import { mayAsk } from "../../src/domain/comment-rights.ts";
import { Actor } from "../../src/domain/handling.ts";
import { AlertId, Pipeline } from "../../src/domain/ids.ts";
import { Mute, type MuteScope } from "../../src/domain/mute.ts";
import { day, hour } from "../../src/domain/time-span.ts";
import type { Verdict } from "../../src/domain/verdict.ts";
import { at, buildFacts, buildRef, causeOf, organization, pipeline, verdictWith } from "../harness/facts.ts";

const now = at(hour);
const alert = AlertId.parse("0123456789ab-1");
const docs = Pipeline.parse("docs");

function build(over: Partial<Verdict> = {}, more: Partial<CommitBuild> = {}): CommitBuild {
  const causes = over.causes ?? [causeOf(":rspec: Specs"), causeOf("Lint")];
  const verdict = verdictWith({ outcome: "failed", at: at(1), causes, failedJobs: causes.length, ...over });
  return { facts: buildFacts({ branch: "change-1" }), verdict, alert: null, ...more };
}

function plan(text: string, over: Partial<PlanFacts> = {}) {
  const parsed = parseCommands(typedCommands(text), now, "UTC");
  if (parsed.kind !== "commands") throw new Error(`Cannot read the commands of the test: ${text}`);
  return planOf(parsed.commands, { builds: [build()], mutes: [], canRerun: true, fork: false, now, ...over });
}

const effects = (text: string, over: Partial<PlanFacts> = {}) => {
  const planned = plan(text, over);
  return planned.kind === "plan" ? planned.effects : planned.mistakes.map(({ message }) => message);
};

const rerun = { kind: "rerun", ...buildRef(), branch: "change-1", what: "retry", failure: `42-${at(1)}` };

describe("rerun and rebuild", () => {
  it.each<[string, Partial<PlanFacts>, readonly unknown[]]>([
    ["rerun", {}, [rerun]],
    ["rebuild", {}, [{ ...rerun, what: "rebuild" }]],
    ["rerun", { builds: [build({ retrying: true })] }, []],
    ["rebuild", { builds: [build({ outcome: "canceled" })] }, [{ failure: `42-${at(1)}-canceled` }]],
    [
      "rerun",
      { builds: [build({ outcome: "canceled" })] },
      ["No build of this commit has failed, so there is nothing to run again."],
    ],
    [
      "rerun",
      { builds: [build({ outcome: "passed" })] },
      ["No build of this commit has failed, so there is nothing to run again."],
    ],
    ["rerun", { builds: [build({ outcome: "passed" }), build({ outcome: "failing" })] }, [rerun]],
    ["rerun", { builds: [] }, ["Signalbox knows no build of this commit yet."]],
    ["rerun", { canRerun: false }, ["Signalbox has no Buildkite API token, so it cannot run builds again."]],
  ])("%s", (text, facts, expected) => {
    expect(effects(`/signalbox ${text}`, facts)).toMatchObject(expected);
    expect(effects(`/signalbox ${text}`, facts)).toHaveLength(expected.length);
  });

  it("names a failure by its build and its time: two of one build are two", () => {
    const { verdict } = build();
    expect(failureOf(buildRef(), verdict)).not.toBe(failureOf(buildRef(), { ...verdict, at: at(2) }));
    expect(failureOf(buildRef(1), verdict)).not.toBe(failureOf(buildRef(2), verdict));
  });
});

const scope = { kind: "job", pipeline, branch: "change-1", job: ":rspec: Specs", name: ":rspec: Specs" } as const;
const everywhere = { kind: "jobEverywhere", pipeline, job: ":rspec: Specs", name: ":rspec: Specs" } as const;

describe("mute", () => {
  it.each(["specs", "Specs", ":rspec: specs", "`:rspec: Specs`"])("knows the job as %s", (typed) => {
    expect(effects(`/signalbox mute ${typed} for 4h`)).toEqual([
      { kind: "mute", organization, scope, until: now + 4 * hour, reason: null, alert: null },
    ]);
  });

  it.each<[string, unknown]>([
    ["mute specs everywhere", { scope: everywhere, until: now + hour }],
    ["mute specs for 3 days because of the upgrade", { scope, until: now + 3 * day, reason: "of the upgrade" }],
    ["mute specs for 3 days", "A mute this long needs a reason; add because and why."],
    ["mute specs everywhere until fixed", "A mute this long needs a reason; add because and why."],
    ["mute specs until fixed", "This branch has no alert that could be fixed; write for how long, such as for 4h."],
    ["mute spec", "`spec` has not failed here; did you mean `:rspec: Specs`?"],
    ["mute docs", "`docs` has not failed here; what failed is `:rspec: Specs`, `Lint`."],
  ])("%s", (text, expected) => {
    expect(effects(`/signalbox ${text}`)).toEqual([
      typeof expected === "string" ? expected : expect.objectContaining(expected),
    ]);
  });

  it("until fixed belongs to the alert of the branch", () => {
    const builds = [build({}, { alert })];
    expect(effects("/signalbox mute specs until fixed", { builds })).toMatchObject([{ until: null, alert }]);
  });

  it("means the job in each pipeline where it failed", () => {
    const other = build({}, { facts: buildFacts({ branch: "change-1", ref: { ...buildRef(), pipeline: docs } }) });
    expect(effects("/signalbox mute lint", { builds: [build(), other] })).toMatchObject([
      { scope: { pipeline } },
      { scope: { pipeline: docs } },
    ]);
  });

  it("says so when nothing has failed", () => {
    expect(effects("/signalbox mute lint", { builds: [build({ outcome: "passed", causes: [] })] })).toEqual([
      "`lint` has not failed here: no job of this commit is known to have.",
    ]);
  });
});

describe("of a fork", () => {
  const refusal = "This comes from a fork, whose branch is called like the default branch here; nothing was muted.";
  const onMain = build({ causes: [causeOf("Lint")] }, { facts: buildFacts({ branch: "main", defaultBranch: "main" }) });

  it("a job is muted on its branch only", () => {
    expect(effects("/signalbox mute specs", { fork: true })).toMatchObject([{ scope }]);
    expect(effects("/signalbox mute specs everywhere", { fork: true })).toEqual([
      "This comes from a fork, which names its jobs itself, so they are muted on its branch only.",
    ]);
    const alone = build({ causes: [causeOf("Lint")] });
    expect(effectOfRequest("mute", alone, 12, true, now)).toMatchObject({ scope: { kind: "job", branch: "change-1" } });
  });

  it("nothing is muted on a branch that is called like ours", () => {
    expect(effects("/signalbox mute lint", { fork: true, builds: [onMain] })).toEqual([refusal]);
    expect(effectOfRequest("mute", onMain, 12, true, now)).toMatchObject({ kind: "refused", message: refusal });
    expect(effectOfRequest("mute", onMain, 12, false, now)).toMatchObject({ scope: { kind: "jobEverywhere" } });
  });
});

describe("unmute", () => {
  const mute = (id: string, of: MuteScope, until = now + hour): Mute =>
    Mute.parse({
      id,
      organization,
      scope: of,
      by: { login: "ada" },
      at: 0,
      until,
      reason: null,
      alert: null,
      ended: null,
    });

  it("ends the mutes of the job that are in force on this branch", () => {
    const mutes = [
      mute("0000000001", scope),
      mute("0000000002", everywhere),
      mute("0000000003", { ...scope, branch: "main" }),
      mute("0000000004", scope, now),
      mute("0000000005", { kind: "branch", pipeline, branch: "change-1" }),
    ];
    expect(effects("/signalbox unmute specs", { mutes })).toMatchObject([
      { kind: "unmute", mute: "0000000001" },
      { kind: "unmute", mute: "0000000002" },
    ]);
    expect(effects("/signalbox unmute lint", { mutes })).toEqual([
      "`lint` is not muted here; muted are `:rspec: Specs`, `:rspec: Specs`.",
    ]);
    expect(effects("/signalbox unmute lint")).toEqual(["`lint` is not muted here; no job is muted."]);
  });
});

describe("several", () => {
  it("are none when one is a mistake", () => {
    expect(plan("/signalbox rerun\n/signalbox mute docs")).toMatchObject({
      kind: "mistaken",
      mistakes: [{ typed: "mute docs" }],
    });
  });

  it("are told once what they ask for twice", () => {
    expect(plan("/signalbox why\n/signalbox status\n/signalbox why")).toMatchObject({ tellings: ["why", "status"] });
  });
});

describe("rights", () => {
  const typed = (...kinds: ("rerun" | "rebuild" | "status")[]) =>
    kinds.map((kind) => ({ typed: kind, command: { kind } satisfies CommentCommand }));

  it.each<[Parameters<typeof mayAsk>, boolean]>([
    [[typed("rerun", "status"), "write"], true],
    [[typed("status"), "read"], true],
    [[typed("status"), "none"], false],
    [[typed("rerun", "status"), "read"], false],
    [[typed("rerun", "rebuild", "rerun"), "none"], false],
    [[typed(), "read"], true],
  ])("%#", ([commands, right], may) => {
    expect(mayAsk(commands, right)).toBe(may);
  });
});

describe("a button of a check", () => {
  it.each<["rerun" | "rerunSuite" | "mute", CommitBuild, object | null]>([
    ["rerun", build(), { what: "retry" }],
    ["rerun", build({ retrying: true }), null],
    ["rerun", build({ outcome: "passed" }), { what: "rebuild" }],
    ["rerun", build({ outcome: "canceled" }), { what: "rebuild" }],
    ["rerun", build({ outcome: "running" }), null],
    ["rerun", build({ outcome: "blocked" }), null],
    ["rerunSuite", build(), { what: "retry" }],
    ["rerunSuite", build({ outcome: "passed" }), null],
    [
      "mute",
      build({ causes: [causeOf("Lint")] }),
      { scope: { kind: "jobEverywhere", name: "Lint" }, until: now + 4 * hour },
    ],
    ["mute", build(), { kind: "refused" }],
    ["mute", build({ causes: [] }), { kind: "refused" }],
    ["mute", build({ causes: [causeOf("Lint")], failedJobs: 2 }), { kind: "refused" }],
    ["mute", build({ causes: [causeOf("Lint", { shards: [1, 2], shardsTotal: 4 })], failedJobs: 2 }), { kind: "mute" }],
  ])("%s %#", (what, red, expected) => {
    const effect = effectOfRequest(what, red, 12, false, now);
    if (expected === null) expect(effect).toBeNull();
    else expect(effect).toMatchObject(expected);
  });

  it("gives itself as the reason of a mute", () => {
    const red = build({ causes: [causeOf("Lint")] });
    expect(effectOfRequest("mute", red, 12, false, now)).toMatchObject({ reason: "from the check run on #12" });
    expect(effectOfRequest("mute", red, null, false, now)).toMatchObject({ reason: "from the check run" });
  });
});

it("reads who acted as it was stored before GitHub's people could", () => {
  expect(Actor.parse({ user: "U0ADA", name: "Ada" })).toEqual({ user: "U0ADA", name: "Ada" });
  expect(Actor.parse({ login: "Ada" })).toEqual({ login: "ada" });
  expect(() => Actor.parse({ name: "Ada" })).toThrow();
});
