import type { KnownBlock } from "@slack/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkMessage } from "../../sandbox/slack/block-kit.ts";

const accepted: readonly KnownBlock[] = [
  { type: "header", text: { type: "plain_text", text: "Build failed", emoji: true } },
  {
    type: "section",
    block_id: "title",
    text: { type: "mrkdwn", text: ":red_circle: *Build #812* failed on `main`", verbatim: true },
    fields: [
      { type: "mrkdwn", text: "*Newly broken*\n2 of 14 jobs" },
      { type: "plain_text", text: "since 10:42" },
    ],
    accessory: {
      type: "overflow",
      action_id: "alert.more",
      options: [
        { text: { type: "plain_text", text: "Take over" }, value: "alert.take_over:a1:7" },
        { text: { type: "plain_text", text: "Open" }, url: "https://example.com/1" },
      ],
    },
  },
  { type: "divider" },
  {
    type: "context",
    elements: [
      { type: "mrkdwn", text: "nobody is on it yet" },
      { type: "image", image_url: "https://example.com/a.png", alt_text: "Ada" },
    ],
  },
  {
    type: "actions",
    block_id: "buttons",
    elements: [
      {
        type: "button",
        action_id: "alert.acknowledge",
        text: { type: "plain_text", text: "Acknowledge" },
        value: "a1:7",
        style: "primary",
      },
      {
        type: "button",
        action_id: "alert.rerun",
        text: { type: "plain_text", text: "Rerun failed" },
        confirm: {
          title: { type: "plain_text", text: "Rerun?" },
          text: { type: "mrkdwn", text: "2 jobs run again." },
          confirm: { type: "plain_text", text: "Rerun" },
          deny: { type: "plain_text", text: "Cancel" },
        },
      },
      { type: "button", text: { type: "plain_text", text: "View log" }, url: "https://example.com/log" },
      {
        type: "static_select",
        action_id: "duration",
        placeholder: { type: "plain_text", text: "For how long?" },
        options: [{ text: { type: "plain_text", text: "1 hour" }, value: "1h" }],
      },
    ],
  },
  {
    type: "rich_text",
    elements: [
      {
        type: "rich_text_section",
        elements: [
          { type: "text", text: "First failing lines of ", style: { bold: true } },
          { type: "link", url: "https://example.com/log", text: "unit-tests" },
          { type: "user", user_id: "U1" },
        ],
      },
      { type: "rich_text_preformatted", elements: [{ type: "text", text: "panic: oh no\n" }], border: 0 },
      {
        type: "rich_text_list",
        style: "bullet",
        elements: [{ type: "rich_text_section", elements: [{ type: "emoji", name: "wave" }] }],
      },
      { type: "rich_text_quote", elements: [{ type: "text", text: "quoted" }] },
    ],
  },
  { type: "markdown", text: "**bold**" },
  { type: "table", rows: [[{ type: "raw_text", text: "job" }], [{ type: "raw_number", value: 1, text: "1" }]] },
  { type: "image", image_url: "https://example.com/a.png", alt_text: "a picture" },
];

function plain(text: string) {
  return { type: "plain_text", text };
}

function button(more: object = {}) {
  return { type: "button", text: plain("Go"), ...more };
}

function section(text: string) {
  return { type: "section", text: { type: "mrkdwn", text } };
}

function actions(...elements: readonly object[]) {
  return { type: "actions", elements };
}

function menu(...options: readonly object[]) {
  return actions({ type: "overflow", options });
}

function preformatted(...elements: readonly object[]) {
  return { type: "rich_text", elements: [{ type: "rich_text_preformatted", elements }] };
}

function many<T>(count: number, item: T): T[] {
  return Array.from({ length: count }, () => item);
}

function found(message: Parameters<typeof checkMessage>[0], method?: Parameters<typeof checkMessage>[1]) {
  return checkMessage(message, method).map(({ pointer, message: text, error }) => `${error} ${pointer}: ${text}`);
}

describe("a message that Slack takes", () => {
  it("has no problem", () => {
    const metadata = { event_type: "signalbox_alert", event_payload: { alert: "a1", v: 7, more: [{ a: true }] } };
    expect(found({ text: "Build failed", blocks: accepted, metadata })).toEqual([]);
  });

  it("may fill every limit to the brim", () => {
    const blocks = [
      section("x".repeat(3000)),
      { type: "header", text: plain("x".repeat(150)) },
      { type: "section", fields: many(10, plain("x")) },
      { type: "section", fields: [plain("x".repeat(2000))] },
      { type: "context", elements: many(10, plain("x")) },
      actions(...many(25, button())),
      actions(button({ text: plain("x".repeat(75)), value: "x".repeat(2000), action_id: "x".repeat(255) })),
      menu(...many(5, { text: plain("x".repeat(75)), value: "x".repeat(75) })),
      ...many(42, { type: "divider" }),
    ];
    expect(found({ text: "x".repeat(40_000), blocks })).toEqual([]);
  });
});

describe("a block that Slack refuses", () => {
  const cases: readonly (readonly [name: string, block: unknown, problem: string])[] = [
    ["a type nobody knows", { type: "fancy" }, "/type: unsupported type: fancy"],
    ["no type", { text: "x" }, "/type: missing required field: type"],
    ["not an object", "divider", ": must provide an object"],
    ["an alert, which only modals have", { type: "alert", text: plain("x") }, "/type: unsupported type: alert"],
    ["an unknown key", { type: "divider", color: "red" }, ": invalid additional property: color"],
    ["a long block id", { type: "divider", block_id: "x".repeat(256) }, "/block_id: must be less than 256 characters"],
    ["an empty section", { type: "section" }, ": must define text or fields"],
    ["an empty text", section(""), "/text/text: must be more than 0 characters"],
    ["a blank text", section(" \n"), "/text/text: must be more than 0 characters"],
    ["a long text", section("x".repeat(3001)), "/text/text: must be less than 3001 characters"],
    ["a bare string as text", { type: "section", text: "x" }, "/text: must provide an object"],
    ["eleven fields", { type: "section", fields: many(11, plain("x")) }, "/fields: no more than 10 items allowed"],
    ["a long field", { type: "section", fields: [plain("x".repeat(2001))] }, "/fields/0/text: must be less than 2001"],
    ["a long header", { type: "header", text: plain("x".repeat(151)) }, "/text/text: must be less than 151 characters"],
    [
      "markdown in a header",
      { type: "header", text: { type: "mrkdwn", text: "x" } },
      '/text/type: must be one of "plain',
    ],
    [
      "an emoji flag on markdown",
      { type: "context", elements: [{ type: "mrkdwn", text: "x", emoji: true }] },
      "/elements/0: invalid additional property: emoji",
    ],
    [
      "eleven in a context",
      { type: "context", elements: many(11, plain("x")) },
      "/elements: no more than 10 items allowed",
    ],
    ["a button in a context", { type: "context", elements: [button()] }, "/elements/0/type: unsupported type: button"],
    ["no actions", actions(), "/elements: no fewer than 1 items allowed"],
    ["26 actions", actions(...many(26, button())), "/elements: no more than 25 items allowed"],
    ["a long button", actions(button({ text: plain("x".repeat(76)) })), "/elements/0/text/text: must be less than 76"],
    ["a long value", actions(button({ value: "x".repeat(2001) })), "/elements/0/value: must be less than 2001"],
    ["an empty value", actions(button({ value: "" })), "/elements/0/value: must be more than 0 characters"],
    [
      "a long url",
      actions(button({ url: `https://a.b/${"x".repeat(3000)}` })),
      "/elements/0/url: must be less than 3001",
    ],
    ["a url that is none", actions(button({ url: "buildkite.com" })), "/elements/0/url: must be a valid URL"],
    ["a script as url", actions(button({ url: "javascript:alert(1)" })), "/elements/0/url: must be a valid URL"],
    [
      "a long action id",
      actions(button({ action_id: "x".repeat(256) })),
      "/elements/0/action_id: must be less than 256",
    ],
    [
      "a style that is none",
      actions(button({ style: "default" })),
      '/elements/0/style: must be one of "primary", "danger"',
    ],
    [
      "an action id used twice",
      actions(button({ action_id: "a" }), button({ action_id: "a" })),
      "/elements/1/action_id: action_id already exists",
    ],
    [
      "a confirm without text",
      actions(button({ confirm: { title: plain("x") } })),
      "/elements/0/confirm/text: missing required field: text",
    ],
    [
      "a long confirm title",
      actions(button({ confirm: { text: plain("x"), title: plain("x".repeat(101)) } })),
      "/elements/0/confirm/title/text: must be less than 101",
    ],
    [
      "a long confirm text",
      actions(button({ confirm: { text: plain("x".repeat(301)) } })),
      "/elements/0/confirm/text/text: must be less than 301",
    ],
    [
      "a long confirm button",
      actions(button({ confirm: { text: plain("x"), deny: plain("x".repeat(31)) } })),
      "/elements/0/confirm/deny/text: must be less than 31",
    ],
    ["an empty menu", menu(), "/elements/0/options: no fewer than 1 items allowed"],
    [
      "a menu of six",
      menu(...many(6, { text: plain("x"), value: "x" })),
      "/elements/0/options: no more than 5 items allowed",
    ],
    [
      "a long option",
      menu({ text: plain("x".repeat(76)), value: "x" }),
      "/elements/0/options/0/text/text: must be less than 76",
    ],
    [
      "a long option value",
      menu({ text: plain("x"), value: "x".repeat(76) }),
      "/elements/0/options/0/value: must be less than 76",
    ],
    [
      "a select without options",
      actions({ type: "static_select" }),
      "/elements/0: needs options or option_groups, and not both",
    ],
    [
      "a list that is indented too far",
      {
        type: "rich_text",
        elements: [
          {
            type: "rich_text_list",
            style: "bullet",
            indent: 9,
            elements: [{ type: "rich_text_section", elements: [] }],
          },
        ],
      },
      "/elements/0/indent: must be at most 8",
    ],
    ["an empty rich text", { type: "rich_text", elements: [] }, "/elements: no fewer than 1 items allowed"],
    [
      "a user in preformatted text",
      preformatted({ type: "user", user_id: "U1" }),
      "/elements/0/elements/0/type: unsupported type: user",
    ],
    [
      "an empty string in rich text",
      preformatted({ type: "text", text: "" }),
      "/elements/0/elements/0/text: must be more than 0",
    ],
    [
      "a table that is too wide",
      { type: "table", rows: [many(21, { type: "raw_text", text: "x" })] },
      "/rows/0: no more than 20 items",
    ],
    [
      "an image without a text",
      { type: "image", image_url: "https://a.b/c.png" },
      "/alt_text: missing required field: alt_text",
    ],
  ];
  it.each(cases)("%s", (_name, block, problem) => {
    const problems = found({ text: "x", blocks: [{ type: "divider" }, block] });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`invalid_blocks /blocks/1${problem}`);
  });
});

describe("blocks that Slack refuses together", () => {
  const cases: readonly (readonly [name: string, blocks: unknown, problem: string])[] = [
    ["not a list", { type: "divider" }, "invalid_blocks /blocks: must provide an array"],
    ["51", many(51, { type: "divider" }), "invalid_blocks /blocks: no more than 50 items allowed"],
    [
      "a block id used twice",
      many(2, { type: "divider", block_id: "a" }),
      "invalid_blocks /blocks/1/block_id: block_id already exists",
    ],
    [
      "two tables",
      many(2, { type: "table", rows: [[{ type: "raw_text", text: "x" }]] }),
      "only_one_table_allowed /blocks: only one table allowed",
    ],
    [
      "too much text",
      many(5, section("x".repeat(2601))),
      "msg_blocks_too_long /blocks: blocks together must be less than 13001 characters",
    ],
    [
      "too much markdown",
      many(2, { type: "markdown", text: "x".repeat(6001) }),
      "msg_blocks_too_long /blocks: markdown blocks together must be less than 12001 characters",
    ],
  ];
  it.each(cases)("%s", (_name, blocks, problem) => {
    expect(found({ text: "x", blocks })).toEqual([problem]);
  });
});

describe("the text", () => {
  it("may be left out only when there are blocks", () => {
    expect(found({ blocks: [{ type: "divider" }] })).toEqual([]);
    expect(found({})).toEqual(["no_text /text: needs text or blocks"]);
    expect(found({ text: "", blocks: [] })).toEqual(["no_text /text: needs text or blocks"]);
  });

  it("is limited to 40,000 characters in a post and 4,000 in an update", () => {
    expect(found({ text: "x".repeat(40_001) })).toEqual(["msg_too_long /text: must be less than 40001 characters"]);
    expect(found({ text: "x".repeat(4_000) }, "chat.update")).toEqual([]);
    expect(found({ text: "x".repeat(4_001) }, "chat.update")).toEqual([
      "msg_too_long /text: must be less than 4001 characters",
    ]);
  });
});

describe("metadata", () => {
  const cases: readonly (readonly [name: string, metadata: unknown, problem: string])[] = [
    ["not an object", "x", "invalid_metadata_format /metadata: must provide an object"],
    [
      "no event type",
      { event_payload: {} },
      "invalid_metadata_format /metadata/event_type: missing required field: event_type",
    ],
    [
      "a payload that is no object",
      { event_type: "a", event_payload: "x" },
      "invalid_metadata_format /metadata/event_payload: must provide an object",
    ],
    [
      "null in the payload",
      { event_type: "a", event_payload: { b: null } },
      "invalid_metadata_schema /metadata/event_payload/b: failed to match all allowed schemas",
    ],
    [
      "a payload that is too deep",
      { event_type: "a", event_payload: { b: { c: {} } } },
      "invalid_metadata_schema /metadata/event_payload/b: failed to match all allowed schemas",
    ],
    [
      "too much",
      { event_type: "a", event_payload: { b: "x".repeat(2000) } },
      "metadata_too_large /metadata: must be at most 2000 bytes",
    ],
    [
      "an empty object in a post",
      {},
      "invalid_metadata_format /metadata/event_type: missing required field: event_type",
    ],
  ];
  it.each(cases)("%s", (_name, metadata, problem) => {
    expect(found({ text: "x", metadata })[0]).toBe(problem);
  });

  it("is taken away by an empty object in an update", () => {
    expect(found({ text: "x", metadata: {} }, "chat.update")).toEqual([]);
  });
});

it("answers to anything that JSON can say, and never throws", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.jsonValue(), (value, metadata) => {
      expect(Array.isArray(checkMessage({ text: "x", blocks: [value], metadata }))).toBe(true);
    }),
    { numRuns: 300 },
  );
});
