/** app.yml asks for what the code uses: all of it, and nothing more. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import {
  callPermissions,
  eventPermissions,
  permissions,
  queryPermissions,
  unaskedEvents,
  unsubscribedEvents,
} from "../../src/github/manifest.ts";
import { readEvents } from "../../src/ingress/github-payload.ts";

const root = join(import.meta.dirname, "..", "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

const Manifest = z.strictObject({
  name: z.string().max(34),
  description: z.string(),
  url: z.url(),
  hook_attributes: z.strictObject({ url: z.url(), active: z.literal(true) }),
  public: z.literal(false),
  default_permissions: z.record(z.string(), z.enum(["read", "write"])),
  default_events: z.array(z.string()),
});
const manifest = Manifest.parse(parse(read("app.yml")));

describe("app.yml", () => {
  it("asks for the permissions of what is called and told of, and for no other", () => {
    expect(manifest.default_permissions).toEqual(permissions);
  });

  it("can only write what people asked Signalbox to write", () => {
    const writable = Object.entries(permissions).filter(([, access]) => access === "write");
    expect(writable.map(([name]) => name)).toEqual(["checks", "pull_requests"]);
  });

  it("subscribes to every event that is read, and to no other", () => {
    const subscribed = Object.keys(eventPermissions);
    expect(manifest.default_events).toEqual(subscribed);
    expect([...subscribed, ...unaskedEvents, ...unsubscribedEvents].toSorted()).toEqual(readEvents.toSorted());
  });

  it("says why for each of them", () => {
    const lines = read("app.yml").split("\n");
    const from = lines.indexOf("default_permissions:");
    const entries = lines.flatMap((line, i) => (i > from && /^ {2}(?:\w+: |- )/.test(line) ? [i] : []));
    expect(entries).toHaveLength(Object.keys(permissions).length + manifest.default_events.length);
    expect(entries.filter((i) => !/^ {2}# ./.test(lines[i - 1] ?? ""))).toEqual([]);
  });

  it("sends everything to the route that is there", () => {
    expect(new URL(manifest.hook_attributes.url).pathname).toBe("/github/webhooks");
  });
});

describe("the table of calls", () => {
  it("has every call to GitHub's API, and no other", () => {
    expect(called(spelledCall)).toEqual(Object.keys(callPermissions).toSorted());
  });

  it("has every query of GraphQL, and no other", () => {
    expect(called(spelledQuery)).toEqual(Object.keys(queryPermissions).toSorted());
  });
});

const spelledCall = /"((?:actions|apps|checks|git|issues|orgs|pulls|reactions|repos|search|teams)\.[a-z]\w*)"/g;
const spelledQuery = /\.graphql\((?:\w+, )?"(\w+)"/g;

function called(spelled: RegExp): readonly string[] {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => file.endsWith(".ts") && file !== join("github", "manifest.ts"));
  const found = sources.flatMap((file) => [...read(join("src", file)).matchAll(spelled)].map(([, name]) => name ?? ""));
  return [...new Set(found)].toSorted();
}
