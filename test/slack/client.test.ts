import type { HomeView, ModalView } from "@slack/types";
import { describe, expect, it } from "vitest";
import { SlackGroup, SlackUser } from "../../src/domain/ids.ts";
import { Later } from "../../src/later.ts";
import { SlackRefused, SlackUnclear } from "../../src/slack/call.ts";
import { directoryCalls } from "../../src/slack/directory.ts";
import { second } from "../harness/clock.ts";
import { startStage } from "./stage.ts";

const ada = SlackUser.parse("U0ADA");
const users = [
  { id: "U0ADA", name: "ada", realName: "Ada Lovelace", email: "ada@example.com", timeZone: "Europe/London" },
  { id: "U0GUEST", name: "guest", restricted: true },
  { id: "U0BOT", name: "ci", bot: true },
  { id: "U0GONE", name: "gone", deleted: true },
  { id: "U0ELSE", name: "else", teamId: "T0ELSE" },
];

const modal: ModalView = {
  type: "modal",
  title: { type: "plain_text", text: "Mute" },
  submit: { type: "plain_text", text: "Mute" },
  blocks: [{ type: "section", text: { type: "plain_text", text: "Loading…" } }],
};
const home: HomeView = { type: "home", blocks: modal.blocks };

function code(error: unknown): string {
  return error instanceof SlackRefused ? error.code : "";
}

async function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => null,
    (error: unknown) => error,
  );
}

describe("who is who", () => {
  it("says whose the token is, and what it may do", async () => {
    await using stage = await startStage({ scopes: ["chat:write", "commands"] });
    expect(await stage.client.whoAmI()).toEqual({
      team: "T0SANDBOX",
      enterprise: null,
      botId: "B0SIGNALBOX",
      botUserId: "U0SIGNALBOX",
      scopes: new Set(["chat:write", "commands"]),
    });
  });

  it("finds a member by address and by id, and says what matters of them", async () => {
    await using stage = await startStage({ users });
    const expected = {
      id: "U0ADA",
      name: "ada",
      timeZone: "Europe/London",
      isBot: false,
      isGuest: false,
      deleted: false,
      stranger: false,
      teams: ["T0SANDBOX"],
    };
    expect(await stage.client.userByEmail("ada@example.com")).toEqual(expected);
    expect(await stage.client.userInfo(ada)).toEqual(expected);
    expect(await stage.client.userByEmail("eve@example.com")).toBeNull();
    expect(await stage.client.userInfo(SlackUser.parse("U0NOBODY"))).toBeNull();
  });

  it.each([
    ["U0GUEST", { isGuest: true }],
    ["U0BOT", { isBot: true }],
    ["U0GONE", { deleted: true, timeZone: null }],
    ["U0ELSE", { teams: ["T0ELSE"] }],
  ])("tells %s from a full member", async (user, expected) => {
    await using stage = await startStage({ users });
    expect(await stage.client.userInfo(SlackUser.parse(user))).toMatchObject(expected);
  });

  it.each<[string, object, object]>([
    ["the name that they chose", { profile: { display_name: "Ada", real_name: "Ada L" }, name: "al" }, { name: "Ada" }],
    ["their full name when they chose none", { profile: { display_name: "", real_name: "Ada L" } }, { name: "Ada L" }],
    ["their id when there is no name", {}, { name: "U0ADA", timeZone: null, teams: [] }],
    ["all workspaces of a Grid", { team_id: "T1", enterprise_user: { teams: ["T1", "T2"] } }, { teams: ["T1", "T2"] }],
    ["a workflow as a bot", { is_workflow_bot: true }, { isBot: true }],
    ["Slackbot as a bot", { id: "USLACKBOT", is_bot: false }, { isBot: true }],
    ["a guest of one channel", { is_ultra_restricted: true }, { isGuest: true }],
    ["a stranger", { is_stranger: true }, { stranger: true }],
    ["an app's user as a person", { is_app_user: true }, { isBot: false }],
  ])("reads %s", async (_, user, expected) => {
    const calls = directoryCalls(async () => ({ ok: true, user: { id: "U0ADA", ...user } }));
    expect(await calls.userInfo(ada)).toMatchObject(expected);
  });

  it("lists the members of a group, and tells one that is gone from an empty one", async () => {
    const group = { name: "g", handle: "g", disabled: false };
    await using stage = await startStage({
      users,
      userGroups: [
        { ...group, id: "S0OWNERS", users: ["U0ADA"] },
        { ...group, id: "S0EMPTY", users: [] },
        { ...group, id: "S0OLD", users: ["U0ADA"], disabled: true },
      ],
    });
    const members = (id: string) => stage.client.groupMembers(SlackGroup.parse(id));
    expect(await members("S0OWNERS")).toEqual(["U0ADA"]);
    expect(await members("S0EMPTY")).toEqual([]);
    expect(await members("S0OLD")).toBeNull();
    expect(await members("S0NEVER")).toBeNull();
  });

  it("is refused without the scope, for everything that needs one", async () => {
    await using stage = await startStage({ users, scopes: ["chat:write"] });
    const { client } = stage;
    const calls = [
      client.userByEmail("ada@example.com"),
      client.userInfo(ada),
      client.groupMembers(SlackGroup.parse("S0OWNERS")),
      client.openDirectMessage("U0ADA"),
    ];
    for (const call of calls) expect(code(await failure(call))).toBe("missing_scope");
  });

  it("is unclear when Slack fails, and later when Slack says so, for that method alone", async () => {
    await using stage = await startStage({ users });
    const { slack, client, clock } = stage;
    slack.faults.next("users.info", { kind: "status", status: 500 });
    expect(await failure(client.userInfo(ada))).toBeInstanceOf(SlackUnclear);
    slack.faults.next("users.info", { kind: "rateLimited", retryAfterSeconds: 30 });
    expect(await failure(client.userInfo(ada))).toMatchObject({ name: "Later", at: clock.now() + 30 * second });
    slack.takeCalls();
    expect(await failure(client.userInfo(ada))).toBeInstanceOf(Later);
    expect(slack.calls).toEqual([]);
    expect(await client.userByEmail("ada@example.com")).toMatchObject({ id: "U0ADA" });
    clock.advance(30 * second);
    expect(await client.userInfo(ada)).toMatchObject({ id: "U0ADA" });
  });
});

describe("a rate limit without a time", () => {
  it("is one all the same: nothing was done, and half a minute is a fair wait", async () => {
    await using stage = await startStage();
    const { slack, client, clock } = stage;
    slack.faults.next("chat.postMessage", { kind: "rateLimited", retryAfterSeconds: null });
    const post = client.direct("C0ALERTS", { text: "red", blocks: [] });
    expect(await failure(post)).toMatchObject({ name: "Later", at: clock.now() + 30 * second });
  });
});

describe("what one person sees", () => {
  it("is shown in the channel or in a thread, to them alone", async () => {
    await using stage = await startStage({ users });
    const { slack, client } = stage;
    const text = "Grace acknowledged 3 min ago";
    const blocks = [{ type: "section" as const, text: { type: "mrkdwn" as const, text } }];
    const parent = slack.say("C0ALERTS", { user: "U0ADA", text: "red" });
    await client.ephemeral({ channel: "C0ALERTS", user: "U0ADA", text, blocks });
    await client.ephemeral({ channel: "C0ALERTS", user: "U0ADA", text, blocks, threadTs: parent });
    expect(slack.takeCalls("chat.postEphemeral").map(({ args, accepted }) => [args.thread_ts, accepted])).toEqual([
      [undefined, true],
      [parent, true],
    ]);
    expect(slack.ephemerals("C0ALERTS", "U0ADA")).toMatchObject([{ text }, { text, threadTs: parent }]);
    expect(slack.ephemerals("C0ALERTS", "U0GUEST")).toEqual([]);
  });

  it("cannot be shown to somebody who is not in the channel", async () => {
    await using stage = await startStage({ users, channels: [{ id: "C0ALERTS", name: "ci", people: [] }] });
    const message = { channel: "C0ALERTS", user: "U0ADA", text: "no", blocks: [] };
    expect(code(await failure(stage.client.ephemeral(message)))).toBe("user_not_in_channel");
  });

  it("may be a direct message, by the channel it is in", async () => {
    await using stage = await startStage({ users });
    const { client } = stage;
    const channel = await client.openDirectMessage("U0ADA");
    expect(channel).toMatch(/^D/);
    expect(await client.openDirectMessage("U0ADA")).toBe(channel);
    expect(code(await failure(client.openDirectMessage("U0GONE")))).toBe("user_disabled");
  });

  it("may be told without opening a channel first", async () => {
    await using stage = await startStage({ users });
    const { slack, client } = stage;
    await client.direct("U0ADA", { text: "Rerun started", blocks: [] });
    const channel = await client.openDirectMessage("U0ADA");
    expect(slack.channel(channel).messages.map(({ text }) => text)).toEqual(["Rerun started"]);
    expect(code(await failure(client.direct("U0BOT", { text: "no", blocks: [] })))).toBe("cannot_dm_bot");
  });
});

describe("a dialog", () => {
  it("opens at once and is filled in afterwards", async () => {
    await using stage = await startStage({ users });
    const { slack, client } = stage;
    const shown = await client.openView(slack.issueTrigger(), modal);
    const filled = { ...modal, callback_id: "mute.submit" };
    const updated = await client.updateView(shown.id, filled, shown.hash);
    expect(updated.id).toBe(shown.id);
    expect(updated.hash).not.toBe(shown.hash);
    expect(slack.views.map(({ view }) => view.callback_id)).toEqual(["mute.submit"]);
    expect(code(await failure(client.updateView(shown.id, modal, shown.hash)))).toBe("hash_conflict");
    expect(await client.updateView(shown.id, modal)).toMatchObject({ id: shown.id });
  });

  it("opens once per click, and only soon after it", async () => {
    await using stage = await startStage({ users });
    const { slack, client, clock } = stage;
    const used = slack.issueTrigger();
    await client.openView(used, modal);
    expect(code(await failure(client.openView(used, modal)))).toBe("exchanged_trigger_id");
    const late = slack.issueTrigger();
    clock.advance(4 * second);
    expect(code(await failure(client.openView(late, modal)))).toBe("expired_trigger_id");
  });
});

describe("a Home tab", () => {
  it("is published for one person, and not over what has changed since", async () => {
    await using stage = await startStage({ users });
    const { slack, client } = stage;
    const first = await client.publishHome("U0ADA", home);
    const second = await client.publishHome("U0ADA", { ...home, callback_id: "home" }, first.hash);
    expect(second.id).toBe(first.id);
    expect(slack.home("U0ADA")?.view.callback_id).toBe("home");
    expect(slack.home("U0GUEST")).toBeUndefined();
    expect(code(await failure(client.publishHome("U0ADA", home, first.hash)))).toBe("hash_conflict");
  });
});
