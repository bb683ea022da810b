/** Who is believed to be Slack, and what is read of what it sends. */
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { json, type Reply, text } from "../../src/ingress/route.ts";
import { type SlackRequest, slackEvents } from "../../src/ingress/slack.ts";
import { TestLog } from "../harness/log.ts";

const now = Date.UTC(2026, 8, 21, 10);
const secret = "slack-signing-secret";
const form = "application/x-www-form-urlencoded";

interface Sent {
  readonly body: string;
  readonly type?: string;
  readonly key?: string;
  readonly timestamp?: string;
  /** Instead of the right ones. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

async function send({ body, type = form, key = secret, timestamp = String(now / 1000), headers = {} }: Sent) {
  const received: SlackRequest[] = [];
  const log = new TestLog();
  const handle = slackEvents({
    signingSecrets: [secret, "the-next-secret"],
    clock: { now: () => now },
    receive: async (request) => {
      received.push(request);
      return text(200, "");
    },
    log: log.logger,
  });
  const signature = `v0=${createHmac("sha256", key).update(`v0:${timestamp}:${body}`).digest("hex")}`;
  const all: Record<string, string | readonly string[]> = {
    "content-type": type,
    "x-slack-signature": signature,
    "x-slack-request-timestamp": timestamp,
    ...headers,
  };
  const reply: Reply = await handle({
    path: "/slack/events",
    query: "",
    header: (name) => [all[name] ?? []].flat(),
    body: Buffer.from(body),
  });
  return { reply, received, reasons: log.lines.map(({ reason }) => reason), warnings: log.take() };
}

describe("a request to Slack's address", () => {
  it.each<[string, Partial<Sent>, string]>([
    ["without a signature", { headers: { "x-slack-signature": [] } }, "missing"],
    ["without a time", { headers: { "x-slack-request-timestamp": [] } }, "missing"],
    ["with two signatures", { headers: { "x-slack-signature": ["v0=0", "v0=1"] } }, "missing"],
    ["with a signature of another form", { headers: { "x-slack-signature": `v1=${"0".repeat(64)}` } }, "malformed"],
    ["with a signature in capitals", { headers: { "x-slack-signature": `v0=${"A".repeat(64)}` } }, "malformed"],
    ["with a time that is none", { timestamp: "1e9" }, "malformed"],
    ["with a negative time", { timestamp: "-1" }, "malformed"],
    ["signed with another secret", { key: "another" }, "bad_signature"],
    ["of another time than was signed", { headers: { "x-slack-request-timestamp": "1" } }, "bad_signature"],
    ["that is five minutes and a second old", { timestamp: String(now / 1000 - 301) }, "stale"],
    ["that is five minutes and a second ahead", { timestamp: String(now / 1000 + 301) }, "stale"],
  ])("is refused %s", async (_, sent, reason) => {
    const { reply, received, reasons } = await send({ body: "payload=%7B%7D", ...sent });
    expect([reply.status, received, reasons]).toEqual([401, [], [reason]]);
  });

  it.each([
    {},
    { key: "the-next-secret" },
    { timestamp: String(now / 1000 - 300) },
    { timestamp: String(now / 1000 + 300) },
  ])("is taken when it is signed as it should be: %j", async (sent) => {
    const { reply, received } = await send({ body: "command=%2Fsb&text=status", ...sent });
    expect(reply.status).toBe(200);
    expect(received.map(({ body }) => body)).toEqual([{ command: "/sb", text: "status" }]);
  });

  it("is read as what it is: a form, JSON in a form, or JSON", async () => {
    const clicked = JSON.stringify({ type: "block_actions" });
    const bodies = [
      await send({ body: `payload=${encodeURIComponent(clicked)}`, type: `${form}; charset=utf-8` }),
      await send({ body: clicked, type: "application/json" }),
    ];
    expect(bodies.map(({ received }) => received[0]?.body)).toEqual([
      { type: "block_actions" },
      { type: "block_actions" },
    ]);
  });

  it.each([
    ["payload=%7B", form],
    ["payload=%5B%5D", form],
    ["null", "application/json"],
    ["", "application/json"],
  ])("is refused when it is neither: %j", async (body, type) => {
    const { reply, received, warnings } = await send({ body, type });
    expect([reply.status, received]).toEqual([400, []]);
    expect(warnings).toEqual(["Cannot read a request from Slack"]);
  });

  it("tells of a repetition, and why it came", async () => {
    const headers = { "x-slack-retry-num": "2", "x-slack-retry-reason": "http_timeout" };
    const { received } = await send({ body: "{}", type: "application/json", headers });
    expect(received[0]?.retry).toEqual({ number: 2, reason: "http_timeout" });
    expect((await send({ body: "{}", type: "application/json" })).received[0]?.retry).toBeNull();
  });

  it("is answered by itself when Slack only looks whether somebody is there", async () => {
    const unsigned = { "x-slack-signature": [] };
    const checks = [await send({ body: "ssl_check=1", headers: unsigned }), await send({ body: "ssl_check=1" })];
    expect(checks.map(({ reply, received }) => [reply.status, received])).toEqual([
      [200, []],
      [200, []],
    ]);
    const challenge = JSON.stringify({ type: "url_verification", challenge: "c" });
    expect((await send({ body: challenge, type: "application/json" })).reply).toEqual(json(200, { challenge: "c" }));
    expect((await send({ body: challenge, type: "application/json", headers: unsigned })).reply.status).toBe(401);
  });
});

it("no address is opened that anybody could sign for", () => {
  const options = { clock: { now: () => now }, receive: async () => text(200, ""), log: new TestLog().logger };
  for (const signingSecrets of [[], [""], [secret, ""]]) {
    expect(() => slackEvents({ ...options, signingSecrets })).toThrow(/set SLACK_SIGNING_SECRET/);
  }
});
