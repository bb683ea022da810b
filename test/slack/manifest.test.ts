/** slack.yml is what Slack accepts, and asks for what the code uses: all of it, and nothing more. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import {
  eventScopes,
  messageShortcuts,
  methodScopes,
  optionalScopes,
  requiredScopes,
  slashCommands,
} from "../../src/slack/manifest.ts";

const root = join(import.meta.dirname, "..", "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

const Manifest = z.object({
  features: z.object({
    shortcuts: z.array(z.object({ type: z.string(), callback_id: z.string() })),
    slash_commands: z.array(z.object({ command: z.string(), url: z.string(), should_escape: z.boolean() })),
  }),
  oauth_config: z.object({
    redirect_urls: z.array(z.string()),
    scopes: z.strictObject({ bot: z.array(z.string()), bot_optional: z.array(z.string()) }),
  }),
  settings: z.object({
    event_subscriptions: z.object({ request_url: z.string(), bot_events: z.array(z.string()) }),
    interactivity: z.object({ is_enabled: z.boolean(), request_url: z.string() }),
    token_rotation_enabled: z.boolean(),
  }),
});
const content: unknown = parse(read("slack.yml"));
const manifest = Manifest.parse(content);
const { features, oauth_config: oauth, settings } = manifest;

describe("slack.yml", () => {
  // Not strict: the schema has notes of its authors. "uri", the one format, is for `$schema`, which slack.yml has not.
  const accepts = new Ajv({ allErrors: true, strict: false, formats: { uri: true } }).compile(
    JSON.parse(read("test/fixtures/slack/manifest.schema.1.0.0.json")),
  );

  it("is valid against Slack's schema", () => {
    accepts(content);
    expect(accepts.errors ?? []).toEqual([]);
  });

  it.each([
    ["a field that Slack does not know", { features: { ...features, buttons: [] } }],
    ["a shortcut's name that is too long", { features: { shortcuts: [{ ...shortcut("x".repeat(25)) }] } }],
    ["a command without a slash", { features: { slash_commands: [{ command: "signalbox", description: "x" }] } }],
    ["a scope that is no text", { oauth_config: { scopes: { bot: [1] } } }],
  ])("would not be with %s", (_, change) => {
    expect(accepts({ display_information: { name: "Signalbox" }, ...change })).toBe(false);
  });

  it("has every command and every shortcut that is handled, and no other", () => {
    expect(features.slash_commands.map(({ command }) => command)).toEqual([...slashCommands]);
    expect(features.shortcuts.map(({ callback_id }) => callback_id)).toEqual([...messageShortcuts]);
    expect(features.shortcuts.every(({ type }) => type === "message")).toBe(true);
    // Without it a mention is a name, which more than one person may have.
    expect(features.slash_commands.every(({ should_escape }) => should_escape)).toBe(true);
  });

  it("subscribes to every event that is handled, and to no other", () => {
    expect(settings.event_subscriptions.bot_events.toSorted()).toEqual(Object.keys(eventScopes).toSorted());
  });

  it("asks for the scopes of what is called, and for no other", () => {
    expect(oauth.scopes.bot).toEqual(requiredScopes);
    expect(oauth.scopes.bot_optional).toEqual(optionalScopes.filter((scope) => !requiredScopes.includes(scope)));
  });

  it("sends everything to the routes that are there", () => {
    const paths = [
      ...features.slash_commands.map(({ url }) => url),
      settings.event_subscriptions.request_url,
      settings.interactivity.request_url,
    ].map((url) => new URL(url).pathname);
    expect(new Set(paths)).toEqual(new Set(["/slack/events"]));
    expect(settings.interactivity.is_enabled).toBe(true);
    expect(oauth.redirect_urls.map((url) => new URL(url).pathname)).toEqual(["/slack/oauth_redirect"]);
    const hosts = read("slack.yml").match(/https:\/\/[^/\s]+(?=\/slack)/g);
    expect(new Set(hosts)).toEqual(new Set(["https://signalbox.example.com"]));
  });

  it("does not let tokens end by themselves", () => {
    expect(settings.token_rotation_enabled).toBe(false);
  });
});

describe("the table of methods", () => {
  it("has every method of the Web API that src/slack calls, and no other", () => {
    expect(calledMethods()).toEqual(Object.keys(methodScopes).toSorted());
  });
});

/** Methods by name, as in `call("chat.update")`, and as the SDK spells them, as in `client.chat.update(`. */
const families =
  "(?:api|auth|bookmarks|bots|chat|conversations|dnd|files|oauth|pins|reactions|team|usergroups|users|views)";
const spelled = new RegExp(
  String.raw`"(${families}\.[a-z][\w.]*)"|\b(?:client|web)\.(${families}\.[a-z][\w.]*)\(`,
  "g",
);

function calledMethods(): readonly string[] {
  const files = readdirSync(join(root, "src/slack"), { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => file.endsWith(".ts") && file !== "manifest.ts");
  const found = sources.flatMap((file) =>
    [...read(join("src/slack", file)).matchAll(spelled)].map(([, named, called]) => named ?? called ?? ""),
  );
  return [...new Set(found)].toSorted();
}

function shortcut(name: string): Readonly<Record<string, string>> {
  return { name, type: "message", callback_id: "x", description: "x" };
}
