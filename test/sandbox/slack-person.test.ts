import { describe, expect, it } from "vitest";
import { signSlackRequest } from "../../sandbox/slack/app-connection.ts";
import { alertBlocks, bob, button, startWithApp } from "./slack-app.ts";
import { ada, clientOf, failure, metadata, start } from "./slack-harness.ts";

async function withAlert() {
  const it = await startWithApp();
  const { ts = "" } = await it.web.chat.postMessage({ channel: "C1", text: "red", blocks: alertBlocks, metadata });
  return { ...it, ts };
}

async function message(call: Promise<unknown>): Promise<string> {
  return String(await failure(call));
}

describe("a signed request", () => {
  it("has the signature that Slack publishes for its example", () => {
    const body =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    expect(signSlackRequest("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body)).toBe(
      "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    );
  });

  it("is a form without a charset, and JSON for an event", async () => {
    await using it = await withAlert();
    await it.slack.as(ada.id).click("ci", "alert.mute");
    await it.slack.as(ada.id).command("ci", "/signalbox", "help");
    await it.slack.as(ada.id).openHome();
    expect(it.requests.map(({ path, headers }) => [path, headers["content-type"]])).toEqual([
      ["/slack/events", "application/x-www-form-urlencoded"],
      ["/slack/events", "application/x-www-form-urlencoded"],
      ["/slack/events", "application/json"],
    ]);
  });

  it("can name another moment, and can be sent twice", async () => {
    await using it = await withAlert();
    const late = it.slack.as(ada.id, { signedAt: 1_700_000_000_000 - 301_000 });
    expect((await late.click("ci", "alert.mute")).status).toBe(401);
    const { status, request } = await it.slack.as(ada.id).click("ci", "alert.mute");
    expect(status).toBe(200);
    expect((await it.slack.resend(request)).status).toBe(200);
    expect(it.received[1]).toEqual(it.received[0]);
  });

  it("is given up when the app gives no answer", async () => {
    await using it = await startWithApp({}, { timeoutMs: 50 });
    it.hang();
    expect(await message(it.slack.as(ada.id).openHome())).toContain("the app gave no answer within 50 ms");
  });
});

describe("a click", () => {
  it("tells who pressed what, where, and what the message says", async () => {
    await using it = await withAlert();
    const answer = await it.slack.as(ada.id).click("ci", "alert.acknowledge");
    expect(answer).toMatchObject({ status: 200, body: null, confirmed: null });
    expect(it.last()).toMatchObject({
      type: "block_actions",
      user: { id: ada.id, username: "ada", team_id: "T0SANDBOX" },
      api_app_id: "A0SIGNALBOX",
      team: { id: "T0SANDBOX", domain: "sandbox" },
      enterprise: null,
      is_enterprise_install: false,
      container: { type: "message", message_ts: it.ts, channel_id: "C1", is_ephemeral: false },
      channel: { id: "C1", name: "ci" },
      message: { type: "message", ts: it.ts, bot_id: "B0SIGNALBOX", text: "red", metadata },
      state: { values: {} },
      actions: [
        {
          type: "button",
          action_id: "alert.acknowledge",
          block_id: "a.1",
          value: "a1:1",
          style: "primary",
          text: { text: "Acknowledge" },
        },
      ],
    });
    expect(it.last()).toHaveProperty("message.blocks.0.block_id");
    expect(it.last()).toHaveProperty("trigger_id");
  });

  it("says yes to a confirm dialog", async () => {
    await using it = await withAlert();
    expect(await it.slack.as(ada.id).click("ci", "alert.rerun")).toMatchObject({ confirmed: "2 jobs run again." });
    expect(it.last()).toHaveProperty("actions.0.confirm");
  });

  it("finds an option of an overflow menu by the action that its value begins with", async () => {
    await using it = await withAlert();
    await it.slack.as(ada.id).click("ci", "alert.take_over");
    expect(it.last()).toMatchObject({
      actions: [{ type: "overflow", action_id: "alert.more", selected_option: { value: "alert.take_over:a1:1" } }],
    });
    expect(await message(it.slack.as(ada.id).click("ci", "alert.take"))).toContain(
      "#ci shows alert.acknowledge, alert.rerun, alert.mute, alert.rebuild:a1:1, alert.take_over:a1:1",
    );
  });

  it("goes to the newest message that shows the action, unless told which", async () => {
    await using it = await withAlert();
    const second = await it.web.chat.postMessage({ channel: "C1", text: "red", blocks: alertBlocks });
    const blocks = [{ type: "actions", elements: [button("Confirm", "alert.confirm", { value: "a1" })] }];
    await it.web.apiCall("chat.postMessage", { channel: "C1", text: "still on it?", thread_ts: it.ts, blocks });
    await it.slack.as(ada.id).click("C1", "alert.mute");
    expect(it.last()).toMatchObject({ container: { message_ts: second.ts } });
    await it.slack.as(ada.id).click("C1", "alert.mute", { ts: it.ts });
    expect(it.last()).toMatchObject({ container: { message_ts: it.ts } });
    await it.slack.as(ada.id).click("C1", "alert.confirm", { value: "a1" });
    expect(it.last()).toMatchObject({ container: { thread_ts: it.ts }, actions: [{ value: "a1" }] });
    expect(await message(it.slack.as(ada.id).click("C1", "alert.confirm", { value: "a2" }))).toContain("Cannot press");
    it.slack.deleteMessage("ci", second.ts ?? "");
    await it.slack.as(ada.id).click("C1", "alert.mute");
    expect(it.last()).toMatchObject({ container: { message_ts: it.ts } });
  });

  it("on an ephemeral message is for its reader, and does not tell what it said", async () => {
    await using it = await withAlert();
    const blocks = [{ type: "actions", elements: [button("Take over", "alert.steal")] }];
    await it.web.apiCall("chat.postEphemeral", { channel: "C1", user: ada.id, text: "Bob has it", blocks });
    await it.slack.as(ada.id).click("ci", "alert.steal");
    expect(it.last()).toMatchObject({ container: { is_ephemeral: true } });
    expect(it.last()).not.toHaveProperty("message");
    expect(await message(it.slack.as(bob.id).click("ci", "alert.steal"))).toContain("Cannot press alert.steal");
    expect(it.slack.ephemerals("ci", ada.id)).toMatchObject([{ text: "Bob has it" }]);
    expect(it.slack.ephemerals("ci", bob.id)).toEqual([]);
  });

  it("may come late, with the value of a button that is gone by now", async () => {
    await using it = await withAlert();
    const seen = it.slack.as(bob.id).button("ci", "alert.acknowledge");
    await it.web.chat.update({ channel: "C1", ts: it.ts, text: "acknowledged by Ada", blocks: [{ type: "divider" }] });
    expect(await seen.press()).toMatchObject({ status: 200 });
    expect(it.last()).toMatchObject({
      message: { text: "acknowledged by Ada", blocks: [{ type: "divider" }] },
      actions: [{ action_id: "alert.acknowledge", value: "a1:1" }],
    });
    expect(await message(it.slack.as(bob.id).click("ci", "alert.acknowledge"))).toContain("#ci shows no buttons");
  });

  it("is possible for those who see the message only", async () => {
    await using it = await withAlert();
    it.slack.addChannel({ id: "C2", name: "secret", private: true, people: [bob.id] });
    await it.web.apiCall("chat.postMessage", { channel: "C2", text: "red", blocks: alertBlocks });
    expect(await message(it.slack.as(ada.id).click("secret", "alert.mute"))).toContain("it is private");
    await it.slack.as(bob.id).click("secret", "alert.mute");
    expect(it.last()).toMatchObject({ channel: { id: "C2", name: "privategroup" } });
    await it.web.apiCall("chat.postMessage", { channel: bob.id, text: "red", blocks: alertBlocks });
    expect(it.slack.as(bob.id).directMessages()).toMatchObject([{ text: "red" }]);
    expect(it.slack.as(ada.id).directMessages()).toEqual([]);
    await it.slack.as(bob.id).click(bob.id, "alert.mute");
    expect(it.last()).toMatchObject({ channel: { name: "directmessage" } });
    it.slack.addUser({ ...bob, deleted: true });
    expect(() => it.slack.as(bob.id)).toThrow("they were deactivated");
    expect(() => it.slack.as("U0EVE")).toThrow("there is no such person");
  });
});

describe("a command", () => {
  it("is a form with ids for names and brackets around links", async () => {
    await using it = await startWithApp();
    it.slack.addChannel({ id: "C2", name: "secret", private: true });
    await it.slack.as(ada.id).command("ci", "/signalbox", "mute @bob #ci #secret @nobody https://example.com/1 for 4h");
    expect(it.last()).toMatchObject({
      command: "/signalbox",
      text: "mute <@U0BOB|bob> <#C1|ci> <#C2|> @nobody <https://example.com/1> for 4h",
      user_id: ada.id,
      user_name: "ada",
      channel_id: "C1",
      channel_name: "ci",
      team_id: "T0SANDBOX",
      is_enterprise_install: "false",
    });
  });

  it("shows what the app answers at once", async () => {
    await using it = await startWithApp();
    it.answers.push({ status: 200, body: "Nothing is red." });
    await it.slack.as(ada.id).command("ci", "/signalbox", "status");
    it.answers.push({ status: 200, body: { response_type: "in_channel", text: "All green" } });
    await it.slack.as(ada.id).command("ci", "/signalbox", "status");
    await it.slack.as(ada.id).command("ci", "/signalbox");
    expect(it.slack.ephemerals("ci", ada.id)).toMatchObject([{ text: "Nothing is red." }]);
    expect(it.slack.channel("ci").messages).toMatchObject([{ user: "U0SIGNALBOX", text: "All green" }]);
  });
});

describe("a message shortcut", () => {
  it("brings the message, and opens a modal", async () => {
    await using it = await withAlert();
    await it.slack.as(ada.id).messageShortcut("ci", it.ts, "shortcut.mute");
    expect(it.last()).toMatchObject({
      type: "message_action",
      callback_id: "shortcut.mute",
      message_ts: it.ts,
      message: { metadata },
      channel: { id: "C1" },
    });
    const missing = it.slack.as(ada.id).messageShortcut("ci", "1600000000.000100", "shortcut.mute");
    expect(await message(missing)).toContain("no such message");
  });
});

describe("an event", () => {
  it("of a Home tab that is opened has a channel of its own, and later the view", async () => {
    await using it = await startWithApp();
    const person = it.slack.as(ada.id);
    await person.openHome();
    expect(it.last()).toMatchObject({
      type: "event_callback",
      team_id: "T0SANDBOX",
      event: { type: "app_home_opened", user: ada.id, tab: "home" },
      authorizations: [{ team_id: "T0SANDBOX", is_bot: true }],
    });
    expect(it.last()).not.toHaveProperty("event.view");
    const actions = { type: "actions", block_id: "b", elements: [button("Refresh", "home.refresh", { value: "2" })] };
    const view = { type: "home", blocks: [actions] };
    await it.web.apiCall("views.publish", { user_id: ada.id, view });
    await person.openHome();
    expect(it.last()).toHaveProperty("event.view.hash", person.home()?.hash);
    await person.clickHome("home.refresh");
    expect(it.last()).toMatchObject({
      type: "block_actions",
      container: { type: "view", view_id: person.home()?.id },
      view: { type: "home", hash: person.home()?.hash },
      actions: [{ action_id: "home.refresh", value: "2" }],
    });
    for (const absent of ["channel", "message", "response_url"]) expect(it.last()).not.toHaveProperty(absent);
    expect(new Set(it.received.slice(0, 2).map((each) => each.event_id)).size).toBe(2);
  });

  it("of a mention is a message too", async () => {
    await using it = await withAlert();
    await it.slack.as(ada.id).mention("ci", "ack", it.ts);
    const event = { type: "app_mention", user: ada.id, text: "<@U0SIGNALBOX> ack", channel: "C1", thread_ts: it.ts };
    expect(it.last()).toMatchObject({ event, is_ext_shared_channel: false });
    expect(it.slack.channel("ci").messages[0]?.replies).toMatchObject([{ user: ada.id, text: "<@U0SIGNALBOX> ack" }]);
  });

  it("asks for its challenge when the request URL is saved", async () => {
    await using it = await startWithApp();
    it.answers.push({ status: 200, body: { challenge: "c1" } });
    expect(await it.slack.verifyUrl("c1")).toMatchObject({ status: 200, body: { challenge: "c1" } });
    expect(it.last()).toMatchObject({ type: "url_verification", challenge: "c1" });
  });

  it("may be delivered again, with Slack's headers", async () => {
    await using it = await startWithApp();
    const event = { type: "channel_archive", channel: "C1", user: ada.id };
    await it.slack.sendEvent(event, { eventId: "Ev1", retry: { number: 1, reason: "http_timeout" } });
    expect(it.last()).toMatchObject({ event_id: "Ev1", event });
    expect(it.requests[0]?.headers).toMatchObject({
      "x-slack-retry-num": "1",
      "x-slack-retry-reason": "http_timeout",
    });
  });
});

describe("somebody of another workspace", () => {
  it("acts under their own team, in a channel that is marked as shared", async () => {
    await using it = await withAlert();
    const eve = { id: "U0EVE", name: "eve", teamId: "T0OTHER", email: "eve@example.org" };
    it.slack.addUser(eve);
    const info = async () => (await it.web.users.info({ user: eve.id })).user;
    expect(await info()).toMatchObject({ team_id: "T0OTHER", is_stranger: true });
    it.slack.addChannel({ id: "C2", name: "shared" });
    expect(await info()).toMatchObject({ team_id: "T0OTHER", is_stranger: false });
    expect((await it.web.conversations.info({ channel: "C2" })).channel).toMatchObject({ is_ext_shared: true });
    await it.web.apiCall("chat.postMessage", { channel: "C2", text: "red", blocks: alertBlocks });
    await it.slack.as(eve.id).click("shared", "alert.acknowledge");
    expect(it.last()).toMatchObject({ team: { id: "T0SANDBOX" }, user: { team_id: "T0OTHER" } });
    await it.slack.as(eve.id).mention("shared", "ack");
    expect(it.last()).toMatchObject({ is_ext_shared_channel: true, event: { user_team: "T0OTHER" } });
  });
});

it("people of each workspace act in their own", async () => {
  await using it = await startWithApp();
  const other = it.slack.addTeam({ id: "T2", name: "other", token: "xoxb-other", users: [ada] });
  expect(await clientOf(it.slack.url, other.token).auth.test()).toMatchObject({ team_id: "T2", user_id: "U2BOT" });
  expect((await other.as(ada.id).openHome()).status).toBe(200);
  expect(it.last()).toMatchObject({ team_id: "T2" });
});

it("nobody can act before the app is connected", async () => {
  await using it = await start();
  expect(await message(it.slack.as(ada.id).openHome())).toContain("call connect() first");
});
