import { describe, expect, it } from "vitest";
import { alertBlocks, button, startWithApp } from "./slack-app.ts";
import { ada } from "./slack-harness.ts";

const takeOver = [{ type: "actions", elements: [button("Take over", "alert.steal")] }];

/** Ada has clicked; `respond` is what the app does with the response_url. */
async function clicked(actionId = "alert.mute") {
  const it = await startWithApp();
  const { ts = "" } = await it.web.chat.postMessage({ channel: "C1", text: "red", blocks: alertBlocks });
  await it.web.apiCall("chat.postEphemeral", { channel: "C1", user: ada.id, text: "Bob has it", blocks: takeOver });
  await it.slack.as(ada.id).click("ci", actionId);
  const url = String(it.last().response_url);
  const respond = async (answer: object) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(answer) });
    const body: unknown = await response.json();
    return [response.status, body];
  };
  return { ...it, ts, respond, message: () => it.slack.channel("ci").messages[0] };
}

const done = [200, { ok: true }];

describe("a response_url", () => {
  it("speaks to the person alone, in the channel, or in a thread", async () => {
    await using it = await clicked();
    it.slack.removeBot("ci");
    expect(await it.respond({ text: "only you" })).toEqual(done);
    expect(await it.respond({ text: "all", response_type: "in_channel", thread_ts: it.ts })).toEqual(done);
    expect(it.slack.ephemerals("ci", ada.id)).toMatchObject([{ text: "Bob has it" }, { text: "only you" }]);
    expect(it.message()?.replies).toMatchObject([{ text: "all", user: "U0SIGNALBOX" }]);
    expect(it.slack.takeCalls("response_url")).toMatchObject([
      { team: "T0SANDBOX", args: { text: "only you" }, accepted: true },
      { args: { text: "all" }, accepted: true },
    ]);
  });

  it("replaces or deletes the message that was clicked", async () => {
    await using it = await clicked();
    await it.respond({ replace_original: true, text: "no longer tracked" });
    expect(it.message()).toMatchObject({ text: "no longer tracked", blocks: [], edits: 1 });
    await it.respond({ delete_original: true });
    expect(it.message()).toMatchObject({ deleted: true });
  });

  it("replaces or deletes what only the person saw", async () => {
    await using it = await clicked("alert.steal");
    await it.respond({ replace_original: true, text: "It is yours." });
    expect(it.slack.ephemerals("ci", ada.id)).toMatchObject([{ text: "It is yours.", blocks: [] }]);
    await it.respond({ delete_original: true });
    expect(it.slack.ephemerals("ci", ada.id)).toEqual([]);
    expect(it.message()).toMatchObject({ text: "red", deleted: false });
  });

  it("is good five times", async () => {
    await using it = await clicked();
    for (let use = 1; use <= 5; use++) expect(await it.respond({ text: "x" })).toEqual(done);
    expect(await it.respond({ text: "x" })).toEqual([404, { ok: false, error: "used_url" }]);
  });

  it("is good for half an hour", async () => {
    await using it = await clicked();
    it.pass(30 * 60_000);
    expect(await it.respond({ text: "x" })).toEqual(done);
    it.pass(1);
    expect(await it.respond({ text: "x" })).toEqual([404, { ok: false, error: "expired_url" }]);
  });

  it("refuses what Slack would not show, and fails on demand", async () => {
    await using it = await clicked();
    expect(await it.respond({})).toEqual([400, { ok: false, error: "no_text" }]);
    expect(await it.respond({ blocks: [{ type: "fancy" }] })).toEqual([400, { ok: false, error: "invalid_blocks" }]);
    it.slack.faults.next("response_url", { kind: "error", error: "fatal_error" });
    expect(await it.respond({ text: "x" })).toEqual([400, { ok: false, error: "fatal_error" }]);
    const nowhere = await fetch(new URL("/actions/T0SANDBOX/1/x", it.slack.url), { method: "POST" });
    expect([nowhere.status, await nowhere.json()]).toEqual([404, { ok: false, error: "no_service" }]);
  });

  it("of a command has no message to replace", async () => {
    await using it = await startWithApp();
    await it.slack.as(ada.id).command("ci", "/signalbox", "mutes");
    const url = String(it.last().response_url);
    const post = async (body: string | URLSearchParams) => (await fetch(url, { method: "POST", body })).status;
    expect(await post("None")).toBe(400);
    expect(await post(new URLSearchParams({ text: "None", replace_original: "true" }))).toBe(200);
    expect(it.slack.ephemerals("ci", ada.id)).toMatchObject([{ text: "None" }]);
  });
});
