import { describe, expect, it } from "vitest";
import { SlackGroup, SlackUser } from "../../src/domain/ids.ts";
import { actionsOfMute, mayAct, type PermissionContext } from "../../src/domain/permission.ts";
import type { SlackPerson } from "../../src/domain/person.ts";
import type { Allowed } from "../../src/domain/policy.ts";
import { hour } from "../harness/clock.ts";

const owners = SlackGroup.parse("S0OWNERS");
const release = SlackGroup.parse("S0RELEASE");
const ada: SlackPerson = {
  id: SlackUser.parse("U0ADA"),
  name: "Ada",
  timeZone: "Europe/London",
  isBot: false,
  isGuest: false,
  deleted: false,
  stranger: false,
  teams: ["T1"],
};

function decide(allowed: Allowed, person: Partial<SlackPerson> = {}, context: Partial<PermissionContext> = {}) {
  const rules = { acknowledge: allowed, mute: "channel", rerun: "channel" } as const;
  const usual = { workspaceTeam: "T1", linked: false, groups: new Set<SlackGroup>() };
  return mayAct("acknowledge", rules, { ...ada, ...person }, { ...usual, ...context });
}

describe("who may act", () => {
  it.each<[string, Allowed, Partial<PermissionContext>]>([
    ["everybody in the channel", "channel", {}],
    ["somebody whose login is known", "linked", { linked: true }],
    ["a member of the group", [owners], { groups: new Set([owners]) }],
    ["a member of one of the groups", [owners, release], { groups: new Set([release]) }],
    ["anybody while the workspace is not known", "channel", { workspaceTeam: null }],
  ])("%s", (_, allowed, context) => {
    expect(decide(allowed, {}, context)).toEqual({ ok: true });
  });

  it("people of several workspaces of an Enterprise Grid, and those of whom Slack does not say where they are", () => {
    expect(decide("channel", { teams: ["T2", "T1"] })).toEqual({ ok: true });
    expect(decide("channel", { teams: [] })).toEqual({ ok: true });
  });

  it.each<[string, Partial<SlackPerson>]>([
    ["deactivated", { deleted: true }],
    ["bot", { isBot: true }],
    ["guest", { isGuest: true }],
    ["otherWorkspace", { teams: ["T2"] }],
    ["otherWorkspace", { stranger: true, teams: [] }],
    // The reason that would stay if the others went.
    ["otherWorkspace", { isGuest: true, teams: ["T2"] }],
    ["deactivated", { deleted: true, isGuest: true }],
  ])("not whoever is %s, whatever the rules say", (why, person) => {
    const known = { linked: true, groups: new Set([owners]) };
    for (const allowed of ["channel", "linked", [owners]] as const) {
      expect(decide(allowed, person, known)).toEqual({ ok: false, why });
    }
  });

  it("not somebody whose login is not known, where it must be", () => {
    expect(decide("linked", {}, { groups: new Set([owners]) })).toEqual({ ok: false, why: "notLinked" });
  });

  it("not somebody who is in none of the groups, and it says which they are", () => {
    expect(decide([owners, release], {}, { linked: true })).toEqual({
      ok: false,
      why: "notInGroup",
      groups: [owners, release],
    });
  });

  it("as the rule of this action says, and of no other", () => {
    const rules = { acknowledge: "channel", mute: "linked", rerun: [owners] } as const;
    const context = { workspaceTeam: "T1", linked: true, groups: new Set<SlackGroup>() };
    expect(mayAct("acknowledge", rules, ada, { ...context, linked: false })).toEqual({ ok: true });
    expect(mayAct("mute", rules, ada, context)).toEqual({ ok: true });
    expect(mayAct("rerun", rules, ada, context)).toMatchObject({ why: "notInGroup" });
  });
});

describe("what a mute takes", () => {
  const now = 1_000_000;
  it.each([
    ["job", now + hour, ["mute"]],
    ["jobEverywhere", now + 24 * hour, ["mute"]],
    ["job", now + 24 * hour + 1, ["mute", "rerun"]],
    ["job", null, ["mute"]],
    ["branch", now + hour, ["mute", "rerun"]],
    ["branch", null, ["mute", "rerun"]],
  ] as const)("of %s until %s: %j", (scope, until, expected) => {
    expect(actionsOfMute(scope, until, now)).toEqual(expected);
  });
});
