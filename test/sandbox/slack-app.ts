/** The smallest app that Slack could talk to: records what comes, checks the signatures, answers as it is told. */
import { isValidSlackRequest } from "@slack/bolt";
import { type HttpAnswer, type HttpRequest, startServer } from "../../sandbox/http.ts";
import type { SlackOptions } from "../../sandbox/slack/index.ts";
import { ada, start } from "./slack-harness.ts";

const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5";
export const bob = { id: "U0BOB", name: "bob", timeZone: "Europe/Berlin" };

/** The payload of an interaction, the fields of a command, or the envelope of an event. */
export type Received = Readonly<Record<string, unknown>>;

/** A workspace with two people, a client, and an app that is connected to it. */
export async function startWithApp(options: SlackOptions = {}, appOptions: { readonly timeoutMs?: number } = {}) {
  const received: Received[] = [];
  const requests: HttpRequest[] = [];
  const answers: HttpAnswer[] = [];
  let hanging = false;
  let now = 1_700_000_000_000;
  const clock = { now: () => now };

  const app = await startServer((request) => {
    requests.push(request);
    const headers = {
      "x-slack-signature": String(request.headers["x-slack-signature"]),
      "x-slack-request-timestamp": Number(request.headers["x-slack-request-timestamp"]),
    };
    const { body } = request;
    if (!isValidSlackRequest({ signingSecret, body, headers, nowMilliseconds: now })) return { status: 401 };
    received.push(read(request));
    return hanging ? new Promise<never>(() => {}) : (answers.shift() ?? { status: 200 });
  });
  const slack = await start({ users: [ada, bob], clock, ...options });
  slack.slack.connect({ url: `${app.url}/slack/events`, signingSecret, ...appOptions });

  return {
    ...slack,
    received,
    requests,
    /** What it answers next, in order; afterwards 200 without a body. */
    answers,
    last: () => received.at(-1) ?? {},
    hang() {
      hanging = true;
    },
    pass(ms: number) {
      now += ms;
    },
    async [Symbol.asyncDispose]() {
      await slack.slack.stop();
      await app.stop();
    },
  };
}

function read({ body, headers }: HttpRequest): Received {
  if (headers["content-type"] === "application/json") return JSON.parse(body);
  const form = new URLSearchParams(body);
  const payload = form.get("payload");
  return payload === null ? Object.fromEntries(form) : JSON.parse(payload);
}

function plain(text: string) {
  return { type: "plain_text", text };
}

export function button(text: string, actionId: string, more: object = {}) {
  return { type: "button", text: plain(text), action_id: actionId, ...more };
}

export function option(text: string, value: string) {
  return { text: plain(text), value };
}

/** As an alert has them. */
export const alertBlocks = [
  { type: "section", text: { type: "mrkdwn", text: "*Build #1* failed" } },
  {
    type: "actions",
    block_id: "a.1",
    elements: [
      button("Acknowledge", "alert.acknowledge", { value: "a1:1", style: "primary" }),
      button("Rerun failed jobs", "alert.rerun", { value: "a1:1", confirm: { text: plain("2 jobs run again.") } }),
      button("Mute…", "alert.mute", { value: "a1:1" }),
      {
        type: "overflow",
        action_id: "alert.more",
        options: [option("Rebuild", "alert.rebuild:a1:1"), option("Take over", "alert.take_over:a1:1")],
      },
    ],
  },
];

export const muteView = {
  type: "modal",
  callback_id: "mute.submit",
  private_metadata: "a1",
  title: plain("Mute"),
  submit: plain("Mute"),
  close: plain("Cancel"),
  blocks: [
    {
      type: "input",
      block_id: "scope",
      label: plain("What"),
      element: {
        type: "radio_buttons",
        action_id: "mute.scope",
        options: [option("This job here", "job"), option("The whole pipeline", "pipeline")],
        initial_option: option("This job here", "job"),
      },
    },
    {
      type: "input",
      block_id: "until",
      dispatch_action: true,
      label: plain("Until"),
      element: {
        type: "static_select",
        action_id: "mute.until",
        placeholder: plain("Choose"),
        options: [option("1 hour", "1h"), option("Until fixed", "fixed")],
      },
    },
    {
      type: "input",
      block_id: "reason",
      optional: true,
      label: plain("Reason"),
      element: { type: "plain_text_input", action_id: "mute.reason", min_length: 3 },
    },
    {
      type: "input",
      block_id: "day",
      optional: true,
      label: plain("Day"),
      element: { type: "datepicker", action_id: "mute.day" },
    },
    { type: "actions", block_id: "more", elements: [button("Preview", "mute.preview")] },
  ],
};
