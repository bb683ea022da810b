import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type DerivedType, derivedProblems } from "../../sandbox/slack/block-kit-derived.ts";
import { deriveLimits, limitsFile } from "../../scripts/block-kit-schema.ts";
import { limitsIn } from "../../scripts/stated-limits.ts";

const plain = (text: string) => ({ type: "plain_text", text });
const button = { type: "button", action_id: "a", text: plain("Go"), value: "1" };
const options = (number: number) =>
  Array.from({ length: number }, (_, index) => ({ text: plain("x"), value: `${index}` }));

function found(value: unknown, type: DerivedType = "KnownBlock"): string[] {
  return derivedProblems(type, value, "", "").map(({ pointer, message }) => `${pointer} ${message}`);
}

const section = (accessory: object) => ({ type: "section", text: plain("x"), accessory });
const actions = (...elements: object[]) => ({ type: "actions", elements });

describe("the limits that are derived from Slack's types", () => {
  it("are up to date: run scripts/block-kit-schema.ts", () => {
    expect(readFileSync(limitsFile, "utf8")).toBe(deriveLimits());
  });

  it("are many", () => {
    const limits = deriveLimits().match(/"(?:item)?(?:max|min)(?:Length|Items)"/gi) ?? [];
    expect(limits.length).toBeGreaterThan(130);
  });

  it.each([
    [{ type: "section", text: plain("x".repeat(3001)) }, "/text must be less than 3001 characters"],
    [{ type: "section", text: plain("") }, "/text/text must be more than 0 characters"],
    [{ type: "section", fields: Array(11).fill(plain("x")) }, "/fields no more than 10 items allowed"],
    [{ type: "section", fields: [plain("x".repeat(2001))] }, "/fields/0 must be less than 2001 characters"],
    [{ type: "header", text: plain("x".repeat(151)) }, "/text must be less than 151 characters"],
    [{ type: "header", text: { type: "mrkdwn", text: "x" } }, '/text/type must be "plain_text"'],
    [{ type: "context", elements: Array(11).fill(plain("x")) }, "/elements no more than 10 items allowed"],
    [{ type: "divider", block_id: "x".repeat(256) }, "/block_id must be less than 256 characters"],
    [actions(...Array(26).fill(button)), "/elements no more than 25 items allowed"],
    [actions({ ...button, text: plain("x".repeat(76)) }), "/elements/0/text must be less than 76 characters"],
    [actions({ ...button, value: "x".repeat(2001) }), "/elements/0/value must be less than 2001 characters"],
    [actions({ ...button, action_id: "x".repeat(256) }), "/elements/0/action_id must be less than 256 characters"],
    [actions({ ...button, style: "default" }), '/elements/0/style must be "primary"'],
    [
      actions({ ...button, confirm: { text: plain("x".repeat(301)) } }),
      "/elements/0/confirm/text must be less than 301 characters",
    ],
    [actions({ ...button, confirm: {} }), "/elements/0/confirm missing required field: text"],
    [actions({ type: "button", text: 1 }), "/elements/0/text must provide an object"],
    [section({ type: "overflow", options: options(6) }), "/accessory/options no more than 5 items allowed"],
    [section({ type: "radio_buttons", options: options(11) }), "/accessory/options no more than 10 items allowed"],
    [section({ type: "static_select", options: options(101) }), "/accessory/options no more than 100 items allowed"],
    [
      section({ type: "overflow", options: [{ text: plain("x"), value: "x".repeat(76) }] }),
      "/accessory/options/0/value must be less than 76 characters",
    ],
    [{ type: "image", image_url: "https://x.example/a.png" }, " missing required field: alt_text"],
    [
      { type: "table", rows: [Array(21).fill({ type: "raw_text", text: "x" })] },
      "/rows/0 no more than 20 items allowed",
    ],
    [
      { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text" }] }] },
      "/elements/0/elements/0 missing required field: text",
    ],
    [{ type: "context", elements: "x" }, "/elements must provide an array"],
  ])("catch what is wrong: case %#", (block, problem) => {
    expect(found(block)).toContain(problem);
  });

  it("catch what is wrong with views", () => {
    const modal = { type: "modal", title: plain("Mute"), blocks: [{ type: "divider" }] };
    expect(found(modal, "ModalView")).toEqual([]);
    expect(found({ ...modal, title: plain("x".repeat(25)) }, "ModalView")).toEqual([
      "/title must be less than 25 characters",
    ]);
    expect(found({ ...modal, private_metadata: "x".repeat(3001) }, "ModalView")).toEqual([
      "/private_metadata must be less than 3001 characters",
    ]);
    expect(found({ type: "home", blocks: Array(101).fill({ type: "divider" }) }, "HomeView")).toEqual([
      "/blocks no more than 100 items allowed",
    ]);
  });

  it("let pass what is right", () => {
    expect(found(actions(button, { type: "static_select", options: options(100) }))).toEqual([]);
    expect(found(section({ type: "overflow", options: options(5) }))).toEqual([]);
    expect(found({ type: "image", slack_file: { id: "F1" }, alt_text: "x" })).toEqual([]);
  });
});

describe("a limit stated in a comment", () => {
  it.each([
    ["Maximum length for this field is 255 characters.", { maxLength: 255 }],
    [
      "Minimum length for the `text` in this field is 1 and maximum length is 3000 characters.",
      { minLength: 1, maxLength: 3000 },
    ],
    ["Limit 12,000 characters max.", { maxLength: 12_000 }],
    ["Must be less than 50 characters.", { maxLength: 49 }],
    ["An array of up to 5 {@link PlainTextOption} to display in the menu.", { maxItems: 5 }],
    ["Maximum number of option groups is 100.", { maxItems: 100 }],
    ["Minimum 1, maximum 10 cards.", { minItems: 1, maxItems: 10 }],
    ["`text` may truncate with ~30 characters.", {}],
  ])("is read: %s", (comment, limits) => expect(limitsIn(comment)).toEqual(limits));
});
