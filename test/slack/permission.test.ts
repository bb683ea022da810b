import { describe, expect, it } from "vitest";
import { usualSettings } from "../../src/domain/policy.ts";
import { useRedis } from "../harness/redis.ts";
import { ada, called, gone, grace, onStage, owners, release } from "./people-stage.ts";

const redis = useRedis();

describe("whether a person may act", () => {
  const byGroup = { ...usualSettings.actions, acknowledge: [owners, release] };
  const linkedOnly = { ...usualSettings.actions, acknowledge: "linked" as const };
  const down = { kind: "status", status: 500 } as const;

  it("asks Slack who they are, and nothing more than the rule needs", async () => {
    await onStage(redis, {}, async ({ slack, may }) => {
      expect(await may(ada)).toEqual({ ok: true });
      expect(called(slack)).toEqual(["users.info"]);
      expect(await may(ada)).toEqual({ ok: true });
      expect(called(slack)).toEqual([]);
    });
  });

  it.each([
    ["U0GUEST", "guest"],
    ["U0BOT", "bot"],
    [gone, "deactivated"],
    ["U0ELSE", "otherWorkspace"],
    ["U0UNSEEN", "otherWorkspace"],
  ])("refuses %s as %s", async (user, why) => {
    await onStage(redis, {}, async ({ may }) => {
      expect(await may(user)).toEqual({ ok: false, why });
    });
  });

  it("wants a login that is linked, or written down by an operator", async () => {
    const map = { "grace-gh": grace, "ada@example.com": ada };
    await onStage(redis, { map }, async ({ may, link }) => {
      expect(await may(ada, { rules: linkedOnly })).toEqual({ ok: false, why: "notLinked" });
      expect(await may(grace, { rules: linkedOnly })).toEqual({ ok: true });
      await link("ada-gh", ada);
      expect(await may(ada, { rules: linkedOnly })).toEqual({ ok: true });
    });
  });

  it("wants a member of one of the groups", async () => {
    await onStage(redis, {}, async ({ slack, may }) => {
      expect(await may(ada, { rules: byGroup })).toEqual({ ok: true });
      expect(await may(grace, { rules: byGroup })).toEqual({ ok: true });
      slack.addUser({ id: "U0EVE", name: "eve" });
      expect(await may("U0EVE", { rules: byGroup })).toEqual({
        ok: false,
        why: "notInGroup",
        groups: [owners, release],
      });
    });
  });

  it("wants every action to be allowed that an attempt takes", async () => {
    await onStage(redis, {}, async ({ may, link }) => {
      expect(await may(ada, { actions: ["mute"] })).toEqual({ ok: true });
      expect(await may(ada, { actions: ["mute", "rerun"] })).toEqual({ ok: false, why: "notLinked" });
      await link("ada-gh", ada);
      expect(await may(ada, { actions: ["mute", "rerun"] })).toEqual({ ok: true });
      expect(
        await may(ada, { actions: ["mute", "rerun"], rules: { ...usualSettings.actions, mute: [release] } }),
      ).toEqual({
        ok: false,
        why: "notInGroup",
        groups: [release],
      });
    });
  });

  it("lets people of the channel through while Slack cannot be asked, unless the click is from elsewhere", async () => {
    await onStage(redis, {}, async ({ slack, may }) => {
      slack.faults.next("*", down, Number.POSITIVE_INFINITY);
      expect(await may(ada)).toEqual({ ok: true });
      expect(await may(ada, { userTeam: null })).toEqual({ ok: true });
      expect(await may(ada, { userTeam: "T0ELSE" })).toEqual({ ok: false, why: "otherWorkspace" });
    });
  });

  it("lets those whose login is known through while Slack cannot be asked: that is known here", async () => {
    await onStage(redis, {}, async ({ slack, may, link }) => {
      await link("ada-gh", ada);
      slack.faults.next("*", down, Number.POSITIVE_INFINITY);
      expect(await may(ada, { rules: linkedOnly })).toEqual({ ok: true });
      expect(await may(grace, { rules: linkedOnly })).toEqual({ ok: false, why: "notLinked" });
    });
  });

  it("cannot say who is in a group while Slack cannot be asked, unless it was asked a moment ago", async () => {
    await onStage(redis, {}, async ({ slack, may, people }) => {
      slack.faults.next("usergroups.users.list", down);
      expect(await may(ada, { rules: { ...byGroup, acknowledge: [owners] } })).toEqual({
        ok: false,
        why: "unavailable",
      });
      await people.groupMembers(owners, null);
      slack.faults.next("*", down, Number.POSITIVE_INFINITY);
      expect(await may(ada, { rules: byGroup })).toEqual({ ok: true });
      expect(await may(grace, { rules: byGroup })).toEqual({ ok: false, why: "unavailable" });
      expect(await may(grace, { rules: byGroup, userTeam: "T0ELSE" })).toEqual({ ok: false, why: "otherWorkspace" });
    });
  });

  it("does not mistake a colleague for a stranger while its own workspace is not known", async () => {
    await onStage(redis, { workspace: null }, async ({ may }) => {
      expect(await may(ada)).toEqual({ ok: true });
    });
  });
});
