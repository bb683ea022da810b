import { WebAPIHTTPError, WebAPIRateLimitedError, WebAPIRequestError, type WebClient } from "@slack/web-api";
import { createEmulator } from "emulate";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../sandbox/faults.ts";
import { blocks, clientOf, failure, metadata, refused, start, texts } from "./slack-harness.ts";

describe("what the real client makes of each fault", () => {
  async function postUnder(fault: Fault, timeout = 1000) {
    const it = await start();
    it.slack.faults.next("chat.postMessage", fault);
    const web = clientOf(it.slack.url, it.slack.token, timeout);
    const error = await failure(web.chat.postMessage({ channel: "C1", text: "x", metadata }));
    expect(it.slack.faults.pending()).toEqual([]);
    return { ...it, error };
  }

  it("429 with Retry-After tells for how long, and nothing was posted", async () => {
    await using it = await postUnder({ kind: "rateLimited", retryAfterSeconds: 7 });
    expect(it.error).toBeInstanceOf(WebAPIRateLimitedError);
    expect(it.error).toMatchObject({ retryAfter: 7 });
    expect(texts(it.slack)).toEqual([]);
    expect(it.slack.calls).toMatchObject([{ accepted: false, error: "ratelimited" }]);
  });

  it("429 without Retry-After is an error without a class", async () => {
    await using it = await postUnder({ kind: "rateLimited", retryAfterSeconds: null });
    expect(it.error).toBeInstanceOf(Error);
    expect(it.error).not.toHaveProperty("code");
    expect(texts(it.slack)).toEqual([]);
  });

  it("an error code is a refusal", async () => {
    await using it = await postUnder({ kind: "error", error: "fatal_error" });
    expect(it.error).toMatchObject({ data: { ok: false, error: "fatal_error" } });
    expect(texts(it.slack)).toEqual([]);
  });

  it.each([false, true])("500, and the message is there: %s", async (after) => {
    await using it = await postUnder({ kind: "status", status: 500, after });
    expect(it.error).toBeInstanceOf(WebAPIHTTPError);
    expect(texts(it.slack)).toEqual(after ? ["x"] : []);
    expect(it.slack.calls).toMatchObject([{ accepted: after }]);
    const history = await it.web.conversations.history({ channel: "C1", include_all_metadata: true });
    expect(history.messages?.map((message) => message.metadata)).toEqual(after ? [metadata] : []);
  });

  it.each([false, true])("a dropped connection, and the message is there: %s", async (after) => {
    await using it = await postUnder({ kind: "drop", after });
    expect(it.error).toBeInstanceOf(WebAPIRequestError);
    expect(texts(it.slack)).toEqual(after ? ["x"] : []);
  });

  it("a hang ends by the client's time limit, and may take effect long after", async () => {
    await using it = await postUnder({ kind: "hang" }, 250);
    expect(it.error).toBeInstanceOf(WebAPIRequestError);
    expect(texts(it.slack)).toEqual([]);
    it.slack.faults.release();
    await it.web.auth.test();
    expect(texts(it.slack)).toEqual(["x"]);
  });

  it("a hang after the effect leaves the message there", async () => {
    await using it = await postUnder({ kind: "hang", after: true }, 250);
    expect(it.error).toBeInstanceOf(WebAPIRequestError);
    expect(texts(it.slack)).toEqual(["x"]);
  });

  it("a delay only takes longer", async () => {
    await using it = await postUnder({ kind: "delay", ms: 5 });
    expect(it.error).toBeNull();
    expect(texts(it.slack)).toEqual(["x"]);
  });
});

describe("a stand-in that nobody here wrote", () => {
  /** Post, update, reply, and what can be read back: without ids and times, which differ. */
  async function story(web: WebClient, channel: string): Promise<unknown> {
    const post = await web.chat.postMessage({ channel, text: "red", blocks, metadata });
    const { ts = "" } = post;
    await web.chat.update({ channel, ts, text: "green", blocks: [{ type: "divider" }] });
    await web.chat.postMessage({ channel, text: "fixed by ada", thread_ts: ts });
    const second = await web.chat.postMessage({ channel, text: "with blocks", blocks });
    await web.chat.update({ channel, ts: second.ts ?? "", text: "without blocks" });
    const history = await web.conversations.history({ channel, include_all_metadata: true });
    const thread = await web.conversations.replies({ channel, ts });
    const missing = await refused(web.chat.update({ channel, ts: "1600000000.000100", text: "x" }));
    const nowhere = await refused(web.chat.postMessage({ channel: "C0NOWHERE", text: "x" }));
    const empty = await refused(web.apiCall("chat.postMessage", { channel }));
    return {
      posted: { sameChannel: post.channel === channel, ts: /^\d{10}\.\d{6}$/.test(ts), text: post.message?.text },
      history: history.messages?.map((message) => ({
        type: message.type,
        text: message.text,
        blocks: message.blocks ?? [],
        metadata: message.metadata,
        replies: message.reply_count ?? 0,
        isPost: message.ts === ts,
      })),
      has_more: history.has_more,
      thread: thread.messages?.map((message) => [message.text, message.thread_ts === ts || message.ts === ts]),
      errors: [missing, nowhere, empty],
    };
  }

  it("shows the same after the same story", async () => {
    await using it = await start();
    const ours = await story(it.web, "C1");
    const token = "xoxb-emulate-token";
    const emulator = await createEmulator({
      service: "slack",
      port: 0,
      seed: {
        slack: {
          users: [{ name: "signalbox" }],
          channels: [{ name: "ci" }],
          tokens: [{ token, user: "signalbox", scopes: ["chat:write", "channels:history", "channels:read"] }],
        },
      },
    });
    try {
      const web = clientOf(`${emulator.url}/api/`, token);
      const listed = await web.conversations.list();
      const channel = listed.channels?.find(({ name }) => name === "ci")?.id ?? "";
      expect(ours).toEqual(await story(web, channel));
    } finally {
      await emulator.close();
    }
  });
});
