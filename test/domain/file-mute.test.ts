/** Which rules of settings files keep which failing jobs quiet. */
import { describe, expect, it } from "vitest";
import { fileMutesOf, firstEnd } from "../../src/domain/file-mute.ts";
import { mutedJobs, silenceOf } from "../../src/domain/mute.ts";
import type { Policy } from "../../src/domain/policy.ts";
import { causeOf, pipeline, verdictWith } from "../harness/facts.ts";
import { failing } from "../slack/messages/samples.ts";

const source = { file: ".github/signalbox.yml", line: 3 } as const;
const now = Date.UTC(2026, 8, 21, 12);
const later = now + 1;

function rules(over: Partial<Pick<Policy, "mutes" | "neverAlert">>): Pick<Policy, "mutes" | "neverAlert"> {
  return { mutes: [], neverAlert: [], ...over };
}

function mute(job: string, match = {}, until = later) {
  return { job, match, until, reason: "flaky", source };
}

function broken(...jobs: string[]) {
  return { pipeline, branch: "main", verdict: verdictWith({ causes: jobs.map((name) => causeOf(name)) }) };
}

describe("a rule of a file", () => {
  it.each<[what: string, rules: ReturnType<typeof rules>, muted: string[]]>([
    ["names a job", rules({ mutes: [mute("Specs")] }), ["Specs"]],
    ["names jobs by a pattern", rules({ mutes: [mute("*")] }), ["Specs", "Lint"]],
    ["names another job", rules({ mutes: [mute("Deploy")] }), []],
    ["is about this branch", rules({ mutes: [mute("Specs", { branch: "ma*" })] }), ["Specs"]],
    ["is about another branch", rules({ mutes: [mute("Specs", { branch: "release/*" })] }), []],
    ["is about this pipeline", rules({ mutes: [mute("Specs", { pipeline })] }), ["Specs"]],
    ["is about another pipeline", rules({ mutes: [mute("Specs", { pipeline: "web" })] }), []],
    ["is over", rules({ mutes: [mute("Specs", {}, now)] }), []],
    ["says that it never alerts", rules({ neverAlert: [{ job: "Li*", source }] }), ["Lint"]],
  ])("that %s", (_, given, muted) => {
    const names = fileMutesOf(broken("Specs", "Lint"), given, now).map(({ scope }) => "name" in scope && scope.name);
    expect(names).toEqual(muted);
  });

  it("ends at its date, or never", () => {
    const given = rules({
      mutes: [mute("Specs", {}, now + 9), mute("Lint", {}, now + 5)],
      neverAlert: [{ job: "*", source }],
    });
    expect(firstEnd(fileMutesOf(broken("Specs", "Lint"), given, now))).toBe(now + 5);
    expect(firstEnd(fileMutesOf(broken("Deploy"), given, now))).toBeNull();
    expect(firstEnd([])).toBeNull();
  });
});

describe("an alert", () => {
  const alert = { ...failing(), verdict: verdictWith({ causes: [causeOf("Specs"), causeOf("Lint")], failedJobs: 2 }) };
  const both = rules({ mutes: [mute("Specs")], neverAlert: [{ job: "Lint", source }] });

  it("is silent when rules of files cover all that fails", () => {
    expect(silenceOf(alert, fileMutesOf(alert, both, now), now)).toHaveLength(2);
    expect(silenceOf(alert, fileMutesOf(alert, both, later), later)).toBeNull();
  });

  it("marks those that are covered when others are not", () => {
    const some = fileMutesOf(alert, rules({ neverAlert: [{ job: "Lint", source }] }), now);
    expect(silenceOf(alert, some, now)).toBeNull();
    expect([...mutedJobs(alert, some, now)]).toEqual([causeOf("Lint").key]);
  });
});
