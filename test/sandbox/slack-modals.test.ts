import { describe, expect, it } from "vitest";
import { readView } from "../../sandbox/slack/read.ts";
import { alertBlocks, bob, muteView, startWithApp } from "./slack-app.ts";
import { ada, failure, refused } from "./slack-harness.ts";

/** Ada has pressed Mute…, and the app has opened the dialog. */
async function withModal(view: object = muteView) {
  const it = await startWithApp();
  await it.web.apiCall("chat.postMessage", { channel: "C1", text: "red", blocks: alertBlocks });
  const person = it.slack.as(ada.id);
  await person.click("ci", "alert.mute");
  await it.web.apiCall("views.open", { trigger_id: it.last().trigger_id, view });
  return { ...it, person };
}

async function message(call: Promise<unknown>): Promise<string> {
  return String(await failure(call));
}

describe("submitting a modal", () => {
  it("sends what was entered, with what was there from the start, and closes it", async () => {
    await using it = await withModal();
    const { id } = it.person.view() ?? {};
    const values = { "mute.until": "1h", reason: "flaky", "mute.day": "2026-11-22" };
    expect(await it.person.submit("mute.submit", values)).toMatchObject({ status: 200 });
    expect(it.last()).toMatchObject({
      type: "view_submission",
      user: { id: ada.id },
      response_urls: [],
      view: {
        id,
        type: "modal",
        callback_id: "mute.submit",
        private_metadata: "a1",
        root_view_id: id,
        previous_view_id: null,
        app_installed_team_id: "T0SANDBOX",
        state: {
          values: {
            scope: { "mute.scope": { type: "radio_buttons", selected_option: { value: "job" } } },
            until: { "mute.until": { type: "static_select", selected_option: { value: "1h" } } },
            reason: { "mute.reason": { type: "plain_text_input", value: "flaky" } },
            day: { "mute.day": { type: "datepicker", selected_date: "2026-11-22" } },
          },
        },
      },
    });
    for (const absent of ["container", "channel", "response_url"]) expect(it.last()).not.toHaveProperty(absent);
    expect(it.person.view()).toBeUndefined();
    expect(await refused(it.web.apiCall("views.update", { view_id: id, view: muteView }))).toBe("not_found");
  });

  it.each([
    [{}, '"Until" (mute.until) is empty and required'],
    [{ "mute.until": "1h", "mute.scope": null }, '"What" (mute.scope) is empty and required'],
    [{ "mute.until": "2h" }, "the options are 1h, fixed"],
    [{ "mute.until": "1h", "mute.reason": "no" }, "it takes 3 to 3000 characters"],
    [{ "mute.until": "1h", "mute.day": "tomorrow" }, "it takes a date"],
    [{ "mute.untill": "1h" }, "the view has only mute.scope, mute.until, mute.reason, mute.day"],
  ])("is refused by Slack itself for %j", async (values, problem) => {
    await using it = await withModal();
    const before = it.received.length;
    expect(await message(it.person.submit("mute.submit", values))).toContain(problem);
    expect(it.received).toHaveLength(before);
  });

  it("is for the modal that is open, and for the person who has it", async () => {
    await using it = await withModal();
    expect(await message(it.person.submit("link.submit"))).toContain("the open modal is mute.submit");
    expect(await message(it.slack.as(bob.id).submit("mute.submit"))).toContain("no modal is open");
  });

  it("keeps it open with the errors that the app answers", async () => {
    await using it = await withModal();
    it.answers.push({ status: 200, body: { response_action: "errors", errors: { reason: "Say why." } } });
    await it.person.submit("mute.submit", { "mute.until": "fixed" });
    expect(it.person.view()?.errors).toEqual({ reason: "Say why." });
    expect(readView(it.person.view() ?? expect.fail("it was closed"))).toBe(
      [
        "== Mute ==",
        "What: (•) This job here  ( ) The whole pipeline",
        "Until: [Until fixed ▾]",
        "Reason: []",
        "  ! Say why.",
        "Day: []",
        "[Preview]",
        "[Cancel] [Mute]",
      ].join("\n"),
    );
    await it.person.submit("mute.submit", { "mute.reason": "flaky" });
    expect(it.person.view()).toBeUndefined();
  });

  it("keeps it open when the app fails", async () => {
    await using it = await withModal();
    it.answers.push({ status: 500 });
    expect(await it.person.submit("mute.submit", { "mute.until": "1h" })).toMatchObject({ status: 500 });
    expect(it.person.view()).toBeDefined();
  });

  it("may change it, put another on top, or close them all", async () => {
    await using it = await withModal();
    const next = { ...muteView, callback_id: "mute.confirm" };
    it.answers.push({ status: 200, body: { response_action: "push", view: next } });
    await it.person.submit("mute.submit", { "mute.until": "1h" });
    const [root] = it.slack.views;
    expect(it.person.view()).toMatchObject({ rootId: root?.id, previousId: root?.id, view: next });
    it.answers.push({ status: 200, body: { response_action: "update", view: { ...next, callback_id: "mute.third" } } });
    await it.person.submit("mute.confirm", { "mute.until": "fixed" });
    expect(it.person.view()?.view.callback_id).toBe("mute.third");
    await it.person.submit("mute.third");
    expect(it.person.view()?.id).toBe(root?.id);
    it.answers.push({ status: 200, body: { response_action: "clear" } });
    await it.person.submit("mute.submit");
    expect(it.slack.views).toEqual([]);
  });

  it.each([
    [{ response_action: "errors", errors: { more: "x" } }, "it is no input block"],
    [{ response_action: "update", view: { type: "modal", blocks: [] } }, "/view/title: missing required field: title"],
    [{ response_action: "close" }, "Cannot take the answer to the submission"],
  ])("fails loudly when the app answers %j", async (body, problem) => {
    await using it = await withModal();
    it.answers.push({ status: 200, body });
    expect(await message(it.person.submit("mute.submit", { "mute.until": "1h" }))).toContain(problem);
  });
});

describe("acting in a modal", () => {
  it("tells the app what was chosen where it asked to be told, and keeps it through an update", async () => {
    await using it = await withModal();
    await it.person.clickView("mute.until", { value: "fixed" });
    const { id, hash } = it.person.view() ?? {};
    expect(it.last()).toMatchObject({
      type: "block_actions",
      container: { type: "view", view_id: id },
      view: { hash, state: { values: { until: { "mute.until": { selected_option: { value: "fixed" } } } } } },
      actions: [{ type: "static_select", block_id: "until", selected_option: { value: "fixed" } }],
    });
    await it.web.apiCall("views.update", { view_id: id, hash, view: { ...muteView, private_metadata: "a2" } });
    await it.person.submit("mute.submit");
    expect(it.last()).toMatchObject({
      view: {
        private_metadata: "a2",
        state: { values: { until: { "mute.until": { selected_option: { value: "fixed" } } } } },
      },
    });
  });

  it("presses buttons, and inputs only where they report", async () => {
    await using it = await withModal();
    await it.person.clickView("mute.preview");
    expect(it.last()).toMatchObject({ actions: [{ action_id: "mute.preview", block_id: "more" }] });
    expect(await message(it.person.clickView("mute.scope", { value: "job" }))).toContain(
      "the view has only mute.until, mute.preview",
    );
    expect(await message(it.slack.as(bob.id).clickView("mute.preview"))).toContain("nothing is open there");
  });

  it("opens up to three, one on top of the other", async () => {
    await using it = await withModal();
    const push = async (trigger_id: unknown) => it.web.apiCall("views.push", { trigger_id, view: muteView });
    for (const expected of [2, 3]) {
      await it.person.clickView("mute.preview");
      await push(it.last().trigger_id);
      expect(it.slack.views).toHaveLength(expected);
    }
    await it.person.clickView("mute.preview");
    expect(await refused(push(it.last().trigger_id))).toBe("push_limit_reached");
    await it.person.click("ci", "alert.mute");
    expect(await refused(push(it.last().trigger_id))).toBe("invalid_trigger_id");
  });

  it("closes it, and tells the app that wants to know", async () => {
    await using it = await withModal({ ...muteView, notify_on_close: true });
    await it.person.closeView();
    expect(it.last()).toMatchObject({ type: "view_closed", is_cleared: false, view: { callback_id: "mute.submit" } });
    expect(await message(it.person.closeView())).toContain("none is open");
    await using quiet = await withModal();
    expect(await quiet.person.closeView()).toBeNull();
    expect(quiet.last()).toMatchObject({ type: "block_actions" });
  });
});

it("a trigger opens one modal, within three seconds, and replaces what was open", async () => {
  await using it = await withModal();
  const open = (trigger_id: unknown) => it.web.apiCall("views.open", { trigger_id, view: muteView });
  expect(await refused(open(it.last().trigger_id))).toBe("exchanged_trigger_id");
  await it.person.command("ci", "/signalbox", "mute");
  it.pass(3_001);
  expect(await refused(open(it.last().trigger_id))).toBe("expired_trigger_id");
  await it.person.command("ci", "/signalbox", "mute");
  await open(it.last().trigger_id);
  expect(it.slack.views).toHaveLength(1);
});
