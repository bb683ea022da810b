/**
 * The shape and the limits of the blocks that Slack takes in messages, modals and Home tabs, as its reference gives them. Where the sources
 * differ, the smaller limit holds. Keys that are not named are refused, as Slack does.
 *
 * Blocks that Slack knows and that are not described here (`container`, `card`, `video`, …) are refused too: describe a
 * block here before the product uses it.
 */
import { z } from "zod";
import {
  actionElements,
  anyText,
  id,
  image,
  inputElements,
  markdownText,
  plainText,
  text,
  url,
} from "./block-kit-elements.ts";

const style = z
  .strictObject({
    bold: z.boolean(),
    italic: z.boolean(),
    strike: z.boolean(),
    underline: z.boolean(),
    code: z.boolean(),
  })
  .partial()
  .optional();

const richText = z.strictObject({ type: z.literal("text"), text: z.string().min(1), style });
const richLink = z.strictObject({ type: z.literal("link"), url, text: z.string().min(1).optional(), style });
const richInline = z.discriminatedUnion("type", [
  richText,
  richLink,
  z.strictObject({ type: z.literal("emoji"), name: text(255), style }),
  z.strictObject({ type: z.literal("user"), user_id: text(255), style }),
  z.strictObject({ type: z.literal("usergroup"), usergroup_id: text(255), style }),
  z.strictObject({ type: z.literal("channel"), channel_id: text(255), style }),
  z.strictObject({ type: z.literal("broadcast"), range: z.enum(["here", "channel", "everyone"]), style }),
  z.strictObject({
    type: z.literal("date"),
    timestamp: z.int(),
    format: text(255),
    url: url.optional(),
    fallback: text(255).optional(),
    style,
  }),
]);
const border = z.union([z.literal(0), z.literal(1)]).optional();
const richSection = z.strictObject({ type: z.literal("rich_text_section"), elements: z.array(richInline) });

const richTextElement = z.discriminatedUnion("type", [
  richSection,
  z.strictObject({
    type: z.literal("rich_text_list"),
    style: z.enum(["bullet", "ordered"]),
    elements: z.array(richSection).min(1),
    indent: z.int().min(0).max(8).optional(),
    offset: z.int().min(0).optional(),
    border,
  }),
  z.strictObject({ type: z.literal("rich_text_quote"), elements: z.array(richInline), border }),
  z.strictObject({
    type: z.literal("rich_text_preformatted"),
    elements: z.array(z.discriminatedUnion("type", [richText, richLink])),
    border,
  }),
]);

const richTextBlock = z.strictObject({
  type: z.literal("rich_text"),
  block_id: id,
  elements: z.array(richTextElement).min(1),
});

const tableCell = z.discriminatedUnion("type", [
  richTextBlock,
  z.strictObject({ type: z.literal("raw_text"), text: z.string().min(1) }),
  z.strictObject({ type: z.literal("raw_number"), value: z.number(), text: z.string().min(1) }),
]);
const tableColumn = z
  .strictObject({ align: z.enum(["left", "center", "right"]), is_wrapped: z.boolean() })
  .partial()
  .nullable();

const section = z
  .strictObject({
    type: z.literal("section"),
    block_id: id,
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: z.discriminatedUnion("type", [...actionElements, image]).optional(),
    expand: z.boolean().optional(),
  })
  .refine((block) => block.text !== undefined || block.fields !== undefined, "must define text or fields");

/** Shown everywhere. */
const commonBlocks = [
  section,
  z.strictObject({ type: z.literal("header"), block_id: id, text: plainText(150) }),
  z.strictObject({ type: z.literal("divider"), block_id: id }),
  z.strictObject({
    type: z.literal("context"),
    block_id: id,
    elements: z
      .array(z.discriminatedUnion("type", [plainText(3000), markdownText(3000), image]))
      .min(1)
      .max(10),
  }),
  z.strictObject({
    type: z.literal("actions"),
    block_id: id,
    elements: z.array(z.discriminatedUnion("type", actionElements)).min(1).max(25),
  }),
  z.strictObject({ ...image.shape, block_id: id, title: plainText(2000).optional() }),
  richTextBlock,
] as const;

/** In messages they are new, and not shown by every client: kept out. */
const input = z.strictObject({
  type: z.literal("input"),
  block_id: id,
  label: plainText(2000),
  element: z.discriminatedUnion("type", inputElements),
  hint: plainText(2000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
});

const messageBlock = z.discriminatedUnion("type", [
  ...commonBlocks,
  z.strictObject({ type: z.literal("markdown"), block_id: id, text: text(12_000) }),
  z.strictObject({
    type: z.literal("table"),
    block_id: id,
    rows: z.array(z.array(tableCell).min(1).max(20)).min(1).max(100),
    column_settings: z.array(tableColumn).max(20).optional(),
  }),
]);

const alert = z.strictObject({
  type: z.literal("alert"),
  block_id: id,
  text: anyText(3000),
  level: z.enum(["default", "info", "warning", "error", "success"]).optional(),
});

export const messageBlocks = z.array(messageBlock).max(50);

const anyView = {
  callback_id: id,
  external_id: id,
  private_metadata: z.string().max(3000).optional(),
};

export const modalView = z
  .strictObject({
    type: z.literal("modal"),
    ...anyView,
    title: plainText(24),
    submit: plainText(24).optional(),
    close: plainText(24).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    blocks: z.array(z.discriminatedUnion("type", [...commonBlocks, input, alert])).max(100),
  })
  .refine(
    ({ submit, blocks }) => submit !== undefined || blocks.every(({ type }) => type !== "input"),
    "must define submit to have an input block",
  );

export const homeView = z.strictObject({
  type: z.literal("home"),
  ...anyView,
  blocks: z.array(z.discriminatedUnion("type", [...commonBlocks, input])).max(100),
});

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const flatObject = z.record(z.string(), scalar);

/** Slack gives no number for the size of metadata; up to this many bytes are known to be safe. */
export const METADATA_BYTES = 2000;

export const messageMetadata = z.strictObject({
  event_type: text(255).regex(/^[A-Za-z0-9_.:-]+$/, "must be alphanumeric"),
  event_payload: z.record(z.string(), z.union([scalar, flatObject, z.array(flatObject)])),
});
