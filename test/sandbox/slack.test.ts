import type { KnownBlock } from "@slack/types";
import { describe, expect, it } from "vitest";
import { ALL_SCOPES, type SlackOptions } from "../../sandbox/slack/index.ts";
import { ada, blocks, metadata, refusal, refused, start, texts } from "./slack-harness.ts";

describe("posting", () => {
  it("keeps text, blocks and metadata, and tells where", async () => {
    await using it = await start();
    const posted = await it.web.chat.postMessage({ channel: "#ci", text: "Build #1 failed", blocks, metadata });
    expect(posted).toMatchObject({ ok: true, channel: "C1", message: { bot_id: "B0SIGNALBOX", metadata } });
    expect(it.slack.channel("ci").messages).toEqual([
      {
        ts: posted.ts,
        threadTs: null,
        user: "U0SIGNALBOX",
        text: "Build #1 failed",
        blocks,
        attachments: [],
        metadata,
        edits: 0,
        deleted: false,
        broadcast: false,
        reactions: [],
        replies: [],
      },
    ]);
  });

  it("gives every message a later ts, also while the clock stands still", async () => {
    await using it = await start({ clock: { now: () => 1_700_000_000_000 } });
    const first = await it.web.chat.postMessage({ channel: "C1", text: "1" });
    const second = await it.web.chat.postMessage({ channel: "C1", text: "2" });
    expect([first.ts, second.ts]).toEqual(["1700000000.000100", "1700000000.000200"]);
  });

  it("puts a reply in its thread, and in the channel too when it is broadcast", async () => {
    await using it = await start();
    const { ts = "" } = await it.web.chat.postMessage({ channel: "C1", text: "parent" });
    await it.web.chat.postMessage({ channel: "C1", text: "reply", thread_ts: ts });
    await it.web.chat.postMessage({ channel: "C1", text: "loud", thread_ts: ts, reply_broadcast: true });
    const [parent] = it.slack.channel("ci").messages;
    expect(parent?.replies.map(({ text, broadcast }) => [text, broadcast])).toEqual([
      ["reply", false],
      ["loud", true],
    ]);
    const history = await it.web.conversations.history({ channel: "C1" });
    expect(history.messages?.map(({ text, subtype }) => [text, subtype])).toEqual([
      ["loud", "thread_broadcast"],
      ["parent", undefined],
    ]);
    expect(history.messages?.[1]).toMatchObject({ reply_count: 2, thread_ts: ts });
    const thread = await it.web.conversations.replies({ channel: "C1", ts });
    expect(thread.messages?.map(({ text }) => text)).toEqual(["parent", "reply", "loud"]);
  });

  it("goes to a person as direct messages, in a channel of their own", async () => {
    await using it = await start();
    const posted = await it.web.chat.postMessage({ channel: ada.id, text: "psst" });
    expect(posted.channel).toMatch(/^D/);
    const opened = await it.web.conversations.open({ users: ada.id });
    expect(opened.channel?.id).toBe(posted.channel);
    expect(texts(it.slack, posted.channel)).toEqual(["psst"]);
  });

  it("cuts a text that is too long, and says so", async () => {
    await using it = await start();
    const posted = await it.web.chat.postMessage({ channel: "C1", text: "x".repeat(40_001) });
    expect(posted.response_metadata?.warnings).toEqual(["message_truncated"]);
    expect(texts(it.slack)[0]).toHaveLength(40_000);
  });

  it("is refused for bad content, with pointers to it, and leaves nothing behind", async () => {
    await using it = await start();
    const bad = [{ type: "section", text: { type: "mrkdwn", text: "x".repeat(3001) } }];
    const answer = await refusal(it.web.chat.postMessage({ channel: "C1", text: "x", blocks: bad }));
    expect(answer).toMatchObject({
      error: "invalid_blocks",
      errors: ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"],
      response_metadata: { messages: ["[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"] },
    });
    const post = (more: object) => refused(it.web.apiCall("chat.postMessage", { channel: "C1", ...more }));
    expect(await post({})).toBe("no_text");
    expect(await post({ text: "x", blocks: "[{" })).toBe("invalid_blocks_format");
    expect(await post({ text: "x", blocks: { blocks: [] } })).toBe("invalid_blocks_format");
    expect(await post({ text: "x", metadata: { event_type: "a" } })).toBe("invalid_metadata_format");
    expect(await post({ text: "x", metadata: { ...metadata, event_payload: { a: "x".repeat(2000) } } })).toBe(
      "metadata_too_large",
    );
    expect(await post({ text: "x", thread_ts: "1600000000.000100" })).toBe("cannot_reply_to_message");
    expect(texts(it.slack)).toEqual([]);
  });

  it("is refused where the bot cannot post", async () => {
    await using it = await start({ scopes: ALL_SCOPES.filter((scope) => scope !== "chat:write.public") });
    it.slack.addChannel({ id: "C2", name: "old" });
    it.slack.archive("old");
    it.slack.addChannel({ id: "C3", name: "elsewhere", member: false });
    it.slack.addChannel({ id: "C4", name: "secret", member: false, private: true });
    const post = (channel: string) => it.web.chat.postMessage({ channel, text: "x" });
    expect(await refused(post("C9"))).toBe("channel_not_found");
    expect(await refused(post("C2"))).toBe("is_archived");
    expect(await refused(post("C3"))).toBe("not_in_channel");
    expect(await refused(post("C4"))).toBe("channel_not_found");
    await it.web.conversations.join({ channel: "C3" });
    await post("C3");
    it.slack.removeBot("C3");
    expect(await refused(post("C3"))).toBe("not_in_channel");
  });
});

describe("a reply to a message that is gone", () => {
  it.each([
    ["refuse", "cannot_reply_to_message", 0],
    ["top-level", null, 1],
  ] as const)("%s", async (orphanReplies, error, shown) => {
    await using it = await start({ orphanReplies });
    const { ts = "" } = await it.web.chat.postMessage({ channel: "C1", text: "parent" });
    it.slack.deleteMessage("ci", ts);
    const reply = it.web.chat.postMessage({ channel: "C1", text: "reply", thread_ts: ts });
    if (error === null) await reply;
    else expect(await refused(reply)).toBe(error);
    const left = it.slack.channel("ci").messages.filter((message) => !message.deleted);
    expect(left).toHaveLength(shown);
    expect(await refused(it.web.conversations.replies({ channel: "C1", ts }))).toBe("thread_not_found");
  });
});

describe("updating", () => {
  async function posted(options: SlackOptions = {}) {
    const it = await start(options);
    const { ts = "" } = await it.web.chat.postMessage({ channel: "C1", text: "old", blocks, metadata });
    const update = (more: object) => it.web.apiCall("chat.update", { channel: "C1", ts, ...more });
    return { ...it, ts, update, message: () => it.slack.channel("ci").messages[0] };
  }

  it("replaces text and blocks in place and keeps metadata that is not sent", async () => {
    await using it = await posted();
    const green = [{ type: "section", text: { type: "mrkdwn", text: "fixed" } }];
    const answer = await it.update({ text: "new", blocks: green });
    expect(answer).toMatchObject({ channel: "C1", ts: it.ts, text: "new" });
    expect(it.message()).toMatchObject({ text: "new", blocks: green, metadata, edits: 1 });
    expect(answer).not.toHaveProperty("message.edited");
  });

  it("takes the blocks away when only text is sent", async () => {
    await using it = await posted();
    const answer = await it.update({ text: "new" });
    expect(it.message()).toMatchObject({ text: "new", blocks: [], metadata });
    expect(answer).toHaveProperty("message.edited");
  });

  it("keeps attachments until they are sent, and the text when only blocks are", async () => {
    await using it = await posted();
    await it.update({ attachments: [{ color: "#a30200", text: "bar" }] });
    await it.update({ blocks });
    expect(it.message()).toMatchObject({ text: "old", attachments: [{ text: "bar" }], edits: 2 });
    await it.update({ blocks, attachments: [] });
    expect(it.message()?.attachments).toEqual([]);
  });

  it("changes metadata that is sent, and an empty object takes it away", async () => {
    await using it = await posted();
    const next = { event_type: "signalbox_alert", event_payload: { alert: "a1", v: 2 } };
    await it.update({ text: "new", metadata: next });
    expect(it.message()?.metadata).toEqual(next);
    await it.update({ text: "new", metadata: {} });
    expect(it.message()?.metadata).toBeNull();
  });

  it("is refused for what cannot be edited", async () => {
    let now = 1_700_000_000_000;
    await using it = await posted({ editWindowSeconds: 60, clock: { now: () => now } });
    expect(await refused(it.update({}))).toBe("no_text");
    expect(await refused(it.update({ text: "x".repeat(4001) }))).toBe("msg_too_long");
    expect(await refused(it.update({ ts: "1600000000.000100", text: "x" }))).toBe("message_not_found");
    expect(await refused(it.update({ channel: "#ci", text: "x" }))).toBe("channel_not_found");
    const theirs = it.slack.say("ci", { user: ada.id, text: "hello" });
    expect(await refused(it.update({ ts: theirs, text: "x" }))).toBe("cant_update_message");
    expect(await refused(it.web.chat.delete({ channel: "C1", ts: theirs }))).toBe("cant_delete_message");
    now += 61_000;
    expect(await refused(it.update({ text: "x" }))).toBe("edit_window_closed");
    it.slack.archive("ci");
    expect(await refused(it.update({ text: "x" }))).toBe("is_inactive");
    it.slack.unarchive("ci");
    it.slack.deleteMessage("ci", it.ts);
    expect(await refused(it.update({ text: "x" }))).toBe("message_not_found");
    expect(it.message()).toMatchObject({ text: "old", deleted: true, edits: 0 });
  });

  it("does not turn rich text into other blocks", async () => {
    await using it = await start();
    const rich: KnownBlock[] = [{ type: "rich_text", elements: [{ type: "rich_text_section", elements: [] }] }];
    const { ts } = await it.web.chat.postMessage({ channel: "C1", text: "x", blocks: rich });
    expect(await refused(it.web.apiCall("chat.update", { channel: "C1", ts, text: "x", blocks }))).toBe(
      "block_mismatch",
    );
  });
});

describe("history", () => {
  async function withMessages(count: number) {
    const it = await start();
    const all: string[] = [];
    for (let n = 1; n <= count; n++) {
      const { ts = "" } = await it.web.chat.postMessage({ channel: "C1", text: `${n}`, metadata });
      all.push(ts);
    }
    const read = (more: object = {}) => it.web.conversations.history({ channel: "C1", ...more });
    return {
      ...it,
      all,
      read,
      shown: async (more: object = {}) => (await read(more)).messages?.map(({ text }) => text),
    };
  }

  it("is newest first and shows metadata only when asked", async () => {
    await using it = await withMessages(2);
    const asked = await it.read({ include_all_metadata: true });
    expect(asked.messages?.map(({ text, metadata: found }) => [text, found])).toEqual([
      ["2", metadata],
      ["1", metadata],
    ]);
    expect((await it.read()).messages?.[0]).not.toHaveProperty("metadata");
    it.slack.deleteMessage("ci", it.all[0] ?? "");
    expect(await it.shown()).toEqual(["2"]);
  });

  it("comes in pages", async () => {
    await using it = await withMessages(5);
    const first = await it.read({ limit: 2 });
    expect(first).toMatchObject({ has_more: true, messages: [{ text: "5" }, { text: "4" }] });
    const second = await it.read({ limit: 2, cursor: first.response_metadata?.next_cursor });
    expect(second).toMatchObject({ has_more: true, messages: [{ text: "3" }, { text: "2" }] });
    const third = await it.read({ limit: 2, cursor: second.response_metadata?.next_cursor });
    expect(third).toMatchObject({ has_more: false, messages: [{ text: "1" }] });
    expect(await refused(it.read({ cursor: "nonsense" }))).toBe("invalid_cursor");
  });

  it("keeps to oldest and latest, which count only when inclusive", async () => {
    await using it = await withMessages(4);
    const [, oldest, , latest] = it.all;
    expect(await it.shown({ oldest, latest })).toEqual(["3"]);
    expect(await it.shown({ oldest, latest, inclusive: true })).toEqual(["4", "3", "2"]);
    expect(await it.shown({ oldest: "1600000000" })).toEqual(["4", "3", "2", "1"]);
    expect(await it.shown({ oldest, latest, limit: 1, inclusive: true })).toEqual(["4"]);
    expect(await refused(it.read({ oldest: "yesterday" }))).toBe("invalid_ts_oldest");
  });

  it("with oldest alone, gives the messages nearest to it and pages forward", async () => {
    await using it = await withMessages(5);
    const first = await it.read({ oldest: it.all[0], limit: 2 });
    expect(first).toMatchObject({ has_more: true, messages: [{ text: "3" }, { text: "2" }] });
    const cursor = first.response_metadata?.next_cursor;
    expect(await it.shown({ oldest: it.all[0], limit: 2, cursor })).toEqual(["5", "4"]);
  });

  it("is for members with the scope", async () => {
    await using it = await start({ scopes: ["chat:write", "channels:history"] });
    it.slack.addChannel({ id: "C2", name: "open", member: false });
    it.slack.addChannel({ id: "C3", name: "closed", private: true });
    expect(await refused(it.web.conversations.history({ channel: "C2" }))).toBe("not_in_channel");
    expect(await refusal(it.web.conversations.history({ channel: "C3" }))).toMatchObject({
      error: "missing_scope",
      needed: "groups:history",
      provided: "chat:write,channels:history",
    });
  });
});
