import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkView, type Surface } from "../../sandbox/slack/block-kit-view.ts";
import { button, muteView, option } from "./slack-app.ts";

function plain(text: string) {
  return { type: "plain_text", text };
}

function input(element: object, more: object = {}) {
  return { type: "input", label: plain("What"), element, ...more };
}

const textInput = { type: "plain_text_input", action_id: "text" };
const divider = { type: "divider" };
const radio = { type: "radio_buttons", action_id: "r", options: [option("A", "a")] };
const focused = { ...textInput, focus_on_load: true };

function found(view: unknown, surface: Surface): readonly string[] {
  return checkView(view, surface).map(({ pointer, message, error }) => `${error} ${pointer}: ${message}`);
}

describe("a view that Slack takes", () => {
  it("has no problem", () => {
    const alert = { type: "alert", text: plain("Hidden for everybody"), level: "warning" };
    expect(found({ ...muteView, blocks: [...muteView.blocks, alert] }, "modal")).toEqual([]);
    expect(found({ type: "home", blocks: Array.from({ length: 100 }, () => divider) }, "home")).toEqual([]);
  });
});

describe("a modal that Slack refuses", () => {
  const cases: readonly (readonly [name: string, change: object, problem: string])[] = [
    ["101 blocks", { blocks: Array.from({ length: 101 }, () => divider) }, "/blocks: no more than 100 items allowed"],
    ["a long title", { title: plain("x".repeat(25)) }, "/title/text: must be less than 25 characters"],
    ["a long submit button", { submit: plain("x".repeat(25)) }, "/submit/text: must be less than 25 characters"],
    ["no title", { title: undefined }, "/title: missing required field: title"],
    ["inputs that nobody can submit", { submit: undefined }, ": must define submit to have an input block"],
    ["much private metadata", { private_metadata: "x".repeat(3001) }, "/private_metadata: must be less than 3001"],
    ["a long callback id", { callback_id: "x".repeat(256) }, "/callback_id: must be less than 256 characters"],
    ["another type", { type: "home" }, '/type: must be one of "modal"'],
    [
      "markdown, which only messages have",
      { blocks: [{ type: "markdown", text: "x" }] },
      "/blocks/0/type: unsupported",
    ],
    ["a table", { blocks: [{ type: "table", rows: [] }] }, "/blocks/0/type: unsupported type: table"],
    ["a button as an input", { blocks: [input(button("Go", "go"))] }, "/blocks/0/element/type: unsupported type"],
    [
      "an input outside of an input block",
      { blocks: [{ type: "actions", elements: [textInput] }] },
      "/blocks/0/elements/0/type: unsupported type: plain_text_input",
    ],
    [
      "a blank label",
      { blocks: [input(textInput, { label: plain(" ") })] },
      "/blocks/0/label/text: must be more than 0",
    ],
    [
      "an initial option that is none of the options",
      { blocks: [input({ ...radio, initial_option: option("A!", "a") })] },
      "/blocks/0/element: initial_option must be one of the options",
    ],
    ["two that want the focus", { blocks: [input(focused), input(focused)] }, "/blocks: only one element may have"],
    [
      "a block id used twice",
      { blocks: [input(textInput, { block_id: "b" }), input(textInput, { block_id: "b" })] },
      "/blocks/1/block_id: block_id already exists",
    ],
    [
      "an action id used twice in a block",
      { blocks: [{ type: "actions", elements: [button("Go", "go"), button("Go", "go")] }] },
      "/blocks/0/elements/1/action_id: action_id already exists",
    ],
  ];
  it.each(cases)("%s", (_name, change, problem) => {
    const problems = found({ ...muteView, ...change }, "modal");
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`invalid_arguments /view${problem}`);
  });

  it("too many bytes", () => {
    const problem = "view_too_large /view: must be at most 250000 bytes";
    expect(found({ ...muteView, private_metadata: "x".repeat(250_000) }, "modal")).toEqual([problem]);
  });
});

describe("a Home tab that Slack refuses", () => {
  it.each([
    [{ title: plain("Home") }, "/view: invalid additional property: title"],
    [{ blocks: [{ type: "alert", text: plain("x") }] }, "/view/blocks/0/type: unsupported type: alert"],
    [{ blocks: undefined }, "/view/blocks: missing required field: blocks"],
  ])("%j", (change, problem) => {
    expect(found({ type: "home", blocks: [], ...change }, "home")).toEqual([`invalid_arguments ${problem}`]);
  });
});

it("answers to anything that JSON can say, and never throws", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom("modal", "home"), (value, surface) => {
      expect(Array.isArray(checkView(value, surface))).toBe(true);
      expect(Array.isArray(checkView({ ...muteView, blocks: [value] }, surface))).toBe(true);
    }),
    { numRuns: 200 },
  );
});
