/**
 * A Slack workspace by `emulate`, an emulator that others wrote. It knows no clicks and no commands, so these are made
 * here; and it stands behind a server of its own, which also takes what is sent to response URLs.
 */
import { createEmulator } from "emulate";
import { z } from "zod";
import { startServer } from "../../sandbox/http.ts";
import { readContent } from "../../sandbox/slack/read.ts";
import { optionalScopes, requiredScopes } from "../../src/slack/manifest.ts";

interface EmulatedCall {
  readonly method: string;
  readonly args: Readonly<Record<string, string>>;
  readonly ok: boolean;
  readonly error: string | null;
}

const Message = z.looseObject({
  ts: z.string(),
  thread_ts: z.string().optional(),
  text: z.string(),
  blocks: z.array(z.unknown()).default([]),
});
export type EmulatedMessage = z.infer<typeof Message>;

const View = z.looseObject({
  id: z.string(),
  callback_id: z.string().optional(),
  private_metadata: z.string().optional(),
  hash: z.string(),
  blocks: z.array(z.unknown()),
});
export type EmulatedView = z.infer<typeof View>;

const Answer = z.looseObject({ ok: z.boolean(), error: z.string().optional(), view: View.optional() });
const Told = z.object({ text: z.string(), blocks: z.array(z.unknown()).default([]) });
export type EmulatedTold = z.infer<typeof Told>;

export interface EmulatedSlack extends AsyncDisposable {
  /** For `SLACK_API_URL`. */
  readonly apiUrl: string;
  /** Where answers to an interaction are sent. */
  readonly responseUrl: string;
  readonly token: string;
  /** What the app called, in order; not what the test itself asked. */
  readonly calls: readonly EmulatedCall[];
  /** What one person was told: at a response URL or as an ephemeral message, in order. */
  readonly told: readonly EmulatedTold[];
  /** Modals and Home tabs as they were shown last, by the method that showed them. */
  readonly shown: ReadonlyMap<string, EmulatedView>;
  user(name: string): string;
  channel(name: string): string;
  ask(method: string, args: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>>;
  messages(channel: string): Promise<EmulatedMessage[]>;
  replies(channel: string, ts: string): Promise<EmulatedMessage[]>;
}

const token = "xoxb-emulated";
/** The test's own, to look around and to tidy up as people do. */
const ownToken = "xoxp-emulated";
const scopes = [...requiredScopes, ...optionalScopes];
const people = ["signalbox", "ada", "bob"];
const channels = ["ci-alerts", "team", "closed"];

export async function startEmulatedSlack(): Promise<EmulatedSlack> {
  const emulator = await createEmulator({
    service: "slack",
    port: 0,
    seed: {
      slack: {
        team: { name: "Acme", domain: "acme" },
        users: people.map((name) => ({ name, real_name: name, email: `${name}@example.com` })),
        channels: channels.map((name) => ({ name })),
        tokens: [
          { token, user: "signalbox", scopes },
          { token: ownToken, user: "signalbox", scopes: [...scopes, "channels:manage", "im:history"] },
        ],
        strict_scopes: true,
      },
    },
  });
  const calls: EmulatedCall[] = [];
  const told: EmulatedTold[] = [];
  const shown = new Map<string, EmulatedView>();

  async function forward(path: string, headers: Record<string, string>, body: string) {
    const response = await fetch(`${emulator.url}${path}`, { method: "POST", headers, body });
    return { status: response.status, text: await response.text() };
  }

  const server = await startServer(async ({ path, headers, body }) => {
    if (path === "/response") {
      told.push(Told.parse(JSON.parse(body)));
      return { status: 200, body: "ok" };
    }
    const sent = { "content-type": headers["content-type"] ?? "", authorization: headers.authorization ?? "" };
    const { status, text } = await forward(path, sent, body);
    const method = path.slice("/api/".length);
    const args = Object.fromEntries(new URLSearchParams(body));
    const answer = Answer.safeParse(status === 200 ? JSON.parse(text) : null).data;
    calls.push({ method, args, ok: answer?.ok === true, error: answer?.error ?? null });
    if (answer?.view !== undefined) shown.set(method, answer.view);
    if (method === "chat.postEphemeral" && answer?.ok === true) {
      told.push(Told.parse({ text: args.text, blocks: JSON.parse(args.blocks ?? "[]") }));
    }
    return { status, headers: { "content-type": "application/json" }, body: text };
  });

  async function ask(method: string, args: Readonly<Record<string, string>>) {
    const headers = { "content-type": "application/x-www-form-urlencoded", authorization: `Bearer ${ownToken}` };
    const { text } = await forward(`/api/${method}`, headers, new URLSearchParams(args).toString());
    const answer: Record<string, unknown> = JSON.parse(text);
    if (answer.ok !== true) throw new Error(`Cannot ask ${method}: ${String(answer.error)}`);
    return answer;
  }

  const Named = z.array(z.looseObject({ id: z.string(), name: z.string() }));
  const users = Named.parse((await ask("users.list", {})).members);
  const places = Named.parse((await ask("conversations.list", {})).channels);
  const idIn = (all: z.infer<typeof Named>, wanted: string): string => {
    const found = all.find(({ name }) => name === wanted);
    if (found === undefined) throw new Error(`Cannot find ${wanted}: it is not in the seed`);
    return found.id;
  };

  return {
    apiUrl: `${server.url}/api/`,
    responseUrl: `${server.url}/response`,
    token,
    calls,
    told,
    shown,
    user: (name) => idIn(users, name),
    channel: (name) => idIn(places, name),
    ask,
    async messages(channel) {
      const history = z.array(Message).parse((await ask("conversations.history", { channel })).messages);
      return history.filter(({ ts, thread_ts }) => thread_ts === undefined || thread_ts === ts);
    },
    async replies(channel, ts) {
      const thread = z.array(Message).parse((await ask("conversations.replies", { channel, ts })).messages);
      return thread.filter((message) => message.ts !== ts);
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await emulator.close();
    },
  };
}

export function textOf(message: EmulatedTold | undefined): string {
  return message === undefined ? "" : readContent({ text: message.text, blocks: [...message.blocks] });
}
