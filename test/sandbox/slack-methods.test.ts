import { WebClient } from "@slack/web-api";
import { describe, expect, it } from "vitest";
import { ada, blocks, clientOf, refusal, refused, silent, start, texts } from "./slack-harness.ts";

describe("the other methods", () => {
  it("auth.test names the bot and tells its scopes", async () => {
    await using it = await start({ scopes: ["chat:write", "commands"] });
    const answer = await it.web.auth.test();
    expect(answer).toMatchObject({ team_id: "T0SANDBOX", user_id: "U0SIGNALBOX", bot_id: "B0SIGNALBOX" });
    expect(answer.response_metadata?.scopes).toEqual(["chat:write", "commands"]);
  });

  it("chat.delete, chat.getPermalink and reactions.add work on a message", async () => {
    await using it = await start();
    const { ts = "" } = await it.web.chat.postMessage({ channel: "C1", text: "x" });
    const link = await it.web.chat.getPermalink({ channel: "C1", message_ts: ts });
    expect(link.permalink).toBe(`https://sandbox.slack.com/archives/C1/p${ts.replace(".", "")}`);
    const react = () => it.web.reactions.add({ channel: "C1", timestamp: ts, name: "white_check_mark" });
    await react();
    expect(await refused(react())).toBe("already_reacted");
    expect(it.slack.channel("ci").messages[0]?.reactions).toEqual(["white_check_mark"]);
    await it.web.chat.delete({ channel: "C1", ts });
    expect(await refused(it.web.chat.delete({ channel: "C1", ts }))).toBe("message_not_found");
    expect(it.slack.channel("ci").messages).toMatchObject([{ deleted: true }]);
  });

  it("chat.postEphemeral reaches people of the channel only", async () => {
    await using it = await start();
    await it.web.chat.postEphemeral({ channel: "C1", user: ada.id, text: "only you" });
    expect(it.slack.channel("ci").ephemerals).toMatchObject([{ user: ada.id, text: "only you" }]);
    expect(texts(it.slack)).toEqual([]);
    const stranger = it.web.chat.postEphemeral({ channel: "C1", user: "U0EVE", text: "x" });
    expect(await refused(stranger)).toBe("user_not_in_channel");
  });

  it("conversations.info tells whether it is archived and whether the bot is in", async () => {
    await using it = await start();
    expect((await it.web.conversations.info({ channel: "C1" })).channel).toMatchObject({
      id: "C1",
      name: "ci",
      is_archived: false,
      is_member: true,
    });
    it.slack.archive("ci");
    expect((await it.web.conversations.info({ channel: "C1" })).channel).toMatchObject({ is_archived: true });
    expect(await refused(it.web.conversations.join({ channel: "C1" }))).toBe("is_archived");
  });

  it("users are found by id and by e-mail, but not by e-mail once deactivated", async () => {
    await using it = await start();
    const byEmail = await it.web.users.lookupByEmail({ email: "ada@EXAMPLE.com" });
    expect(byEmail.user).toMatchObject({ id: ada.id, profile: { email: ada.email } });
    it.slack.addUser({ ...ada, deleted: true });
    expect(await refused(it.web.users.lookupByEmail({ email: ada.email }))).toBe("users_not_found");
    expect((await it.web.users.info({ user: ada.id })).user).toMatchObject({ deleted: true });
    expect(await refused(it.web.users.info({ user: "U0EVE" }))).toBe("user_not_found");
    expect(await refused(it.web.conversations.open({ users: "U0EVE" }))).toBe("user_not_found");
    expect(await refused(it.web.conversations.open({ users: ada.id }))).toBe("user_disabled");
  });

  it("user groups are listed, disabled ones on request", async () => {
    const owners = { id: "S1", handle: "owners", name: "Owners", users: [ada.id], disabled: false };
    await using it = await start({ userGroups: [owners, { ...owners, id: "S2", handle: "gone", disabled: true }] });
    const listed = await it.web.usergroups.list({ include_users: true });
    expect(listed.usergroups).toMatchObject([{ id: "S1", handle: "owners", users: [ada.id] }]);
    expect((await it.web.usergroups.list({ include_disabled: true })).usergroups).toHaveLength(2);
    expect((await it.web.usergroups.users.list({ usergroup: "S1" })).users).toEqual([ada.id]);
    expect(await refused(it.web.usergroups.users.list({ usergroup: "S2" }))).toBe("no_such_subteam");
    const disabled = await it.web.usergroups.users.list({ usergroup: "S2", include_disabled: true });
    expect(disabled.users).toEqual([ada.id]);
  });

  it("users.info tells time zone and rights", async () => {
    await using it = await start();
    const info = async (user: string) => (await it.web.users.info({ user })).user;
    it.slack.addUser({ id: "U1", name: "kolkata", timeZone: "Asia/Kolkata", restricted: true });
    it.slack.addUser({ id: "U2", name: "york", timeZone: "America/New_York", ultraRestricted: true });
    it.slack.addUser({ id: "U3", name: "robot", bot: true });
    expect(await info("U1")).toMatchObject({ tz: "Asia/Kolkata", tz_offset: 19_800, is_restricted: true });
    expect(await info("U2")).toMatchObject({ tz_offset: -18_000, is_restricted: true, is_ultra_restricted: true });
    expect(await info("U3")).toMatchObject({ tz: "Etc/UTC", tz_offset: 0, is_bot: true, is_restricted: false });
    expect(await info(ada.id)).toMatchObject({ team_id: "T0SANDBOX", deleted: false, is_bot: false });
    expect(await refused(it.web.conversations.open({ users: "U3" }))).toBe("cannot_dm_bot");
    expect(await refused(it.web.chat.postMessage({ channel: "U3", text: "x" }))).toBe("cannot_dm_bot");
  });

  it("a modal opens once for each trigger, within three seconds, and is updated by hash", async () => {
    let now = 1_700_000_000_000;
    await using it = await start({ clock: { now: () => now } });
    const view = { type: "modal", title: { type: "plain_text", text: "Mute" }, blocks: [] };
    const open = (trigger_id: string) => it.web.apiCall("views.open", { trigger_id, view });
    expect(await refused(open("nonsense"))).toBe("invalid_trigger_id");
    const trigger = it.slack.issueTrigger();
    await open(trigger);
    const [opened] = it.slack.views;
    expect(await refused(open(trigger))).toBe("exchanged_trigger_id");
    const late = it.slack.issueTrigger();
    now += 3_001;
    expect(await refused(open(late))).toBe("expired_trigger_id");
    const update = () => it.web.apiCall("views.update", { view_id: opened?.id, hash: opened?.hash, view });
    await update();
    expect(await refused(update())).toBe("hash_conflict");
    expect(await refused(it.web.apiCall("views.update", { view_id: "V9", view }))).toBe("not_found");
    expect(it.slack.views).toMatchObject([{ id: opened?.id, user: null, view }]);
  });

  it("a Home tab is published for a person", async () => {
    await using it = await start();
    const publish = (view: object) => it.web.apiCall("views.publish", { user_id: ada.id, view });
    await publish({ type: "home", blocks });
    await publish({ type: "home", blocks: [] });
    expect(it.slack.home(ada.id)?.view).toEqual({ type: "home", blocks: [] });
    expect(it.slack.views).toHaveLength(1);
    expect(await refused(publish({ type: "modal", blocks }))).toBe("invalid_arguments");
    const large = { type: "home", blocks: [], private_metadata: "x".repeat(250_000) };
    expect(await refused(publish(large))).toBe("view_too_large");
  });
});

describe("the front door", () => {
  it("knows its own token only", async () => {
    await using it = await start();
    expect(await refused(clientOf(it.slack.url, "xoxb-wrong").auth.test())).toBe("invalid_auth");
    expect(await refused(new WebClient(undefined, { slackApiUrl: it.slack.url, logger: silent }).auth.test())).toBe(
      "not_authed",
    );
  });

  it("refuses what the token has no scope for", async () => {
    await using it = await start({ scopes: ["commands"] });
    expect(await refusal(it.web.chat.postMessage({ channel: "C1", text: "x" }))).toMatchObject({
      error: "missing_scope",
      needed: "chat:write",
      provided: "commands",
    });
  });

  it("answers an unknown method as Slack does, and remembers it", async () => {
    await using it = await start();
    expect(await refused(it.web.apiCall("chat.postMesage", { channel: "C1" }))).toBe("unknown_method");
    expect(await refused(it.web.apiCall("toString"))).toBe("unknown_method");
    expect(it.slack.unknownMethods).toEqual(["chat.postMesage", "toString"]);
    expect((await fetch(new URL("/", it.slack.url))).status).toBe(404);
  });

  it("takes JSON and queries too, with the token as an argument", async () => {
    await using it = await start();
    const post = async (type: string, body: string) => {
      const headers = { "content-type": type, authorization: `Bearer ${it.slack.token}` };
      const answer = await fetch(`${it.slack.url}chat.postMessage`, { method: "POST", headers, body });
      return (await answer.json()) as { ok: boolean; error?: string };
    };
    const sent = await post("application/json; charset=utf-8", JSON.stringify({ channel: "C1", text: "x", blocks }));
    expect(sent.ok).toBe(true);
    expect(it.slack.channel("ci").messages[0]?.blocks).toEqual(blocks);
    expect((await post("application/json", "{")).error).toBe("invalid_json");
    expect((await post("application/json", "[]")).error).toBe("json_not_object");
    expect((await post("text/xml", "<a/>")).error).toBe("invalid_post_type");
    const asked = await fetch(`${it.slack.url}auth.test?token=${it.slack.token}`);
    expect(await asked.json()).toMatchObject({ ok: true });
  });

  it("records each call, decoded and without the token", async () => {
    const seen: string[] = [];
    await using it = await start({ onCall: ({ method, accepted }) => seen.push(`${method} ${accepted}`) });
    await it.web.chat.postMessage({ channel: "C1", text: "x", blocks, token: it.slack.token });
    await refused(it.web.chat.postMessage({ channel: "C9", text: "x" }));
    await it.web.auth.test();
    expect(seen).toEqual(["chat.postMessage true", "chat.postMessage false", "auth.test true"]);
    expect(JSON.stringify(it.slack.calls)).not.toContain(it.slack.token);
    expect(it.slack.takeCalls("chat.postMessage")).toMatchObject([
      { method: "chat.postMessage", args: { channel: "C1", text: "x", blocks }, accepted: true, error: null },
      { method: "chat.postMessage", accepted: false, error: "channel_not_found" },
    ]);
    expect(it.slack.calls.map(({ method }) => method)).toEqual(["auth.test"]);
    it.slack.takeCalls();
    expect(it.slack.calls).toEqual([]);
  });
});
