/**
 * The shape and the limits of the blocks that Slack takes in a message, as its reference gives them. Where the sources
 * differ, the smaller limit holds. Keys that are not named are refused, as Slack does.
 *
 * Blocks that Slack knows and that are not described here (`container`, `card`, `video`, …) are refused too: describe a
 * block here before the product uses it.
 */
import { z } from "zod";

/** White space alone counts as empty. */
function text(max: number) {
  return z.string().max(max).regex(/\S/, "must be more than 0 characters");
}

const id = text(255).optional();
const url = text(3000).refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ""), "must be a valid URL");

function plainText(max: number) {
  return z.strictObject({ type: z.literal("plain_text"), text: text(max), emoji: z.boolean().optional() });
}

function markdownText(max: number) {
  return z.strictObject({ type: z.literal("mrkdwn"), text: text(max), verbatim: z.boolean().optional() });
}

function anyText(max: number) {
  return z.discriminatedUnion("type", [plainText(max), markdownText(max)]);
}

const confirm = z
  .strictObject({
    title: plainText(100),
    text: anyText(300),
    confirm: plainText(30),
    deny: plainText(30),
    style: z.enum(["primary", "danger"]),
  })
  .partial({ title: true, confirm: true, deny: true, style: true });

const option = z.strictObject({
  text: plainText(75),
  value: text(75).optional(),
  description: plainText(75).optional(),
});
/** In radio buttons and checkboxes an option may be formatted. */
const richOption = option.extend({ text: anyText(75), description: anyText(75).optional() });
/** Only in an overflow menu can an option be a link. */
const linkOption = option.extend({ url: url.optional() });
const optionGroup = z.strictObject({ label: plainText(75), options: z.array(option).min(1).max(100) });

const interactive = { action_id: id, confirm: confirm.optional() };
const focusable = { ...interactive, focus_on_load: z.boolean().optional() };
const placeholder = { placeholder: plainText(150).optional() };

const button = z.strictObject({
  type: z.literal("button"),
  ...interactive,
  text: plainText(75),
  value: text(2000).optional(),
  url: url.optional(),
  style: z.enum(["primary", "danger"]).optional(),
  accessibility_label: text(75).optional(),
});

const overflow = z.strictObject({
  type: z.literal("overflow"),
  ...interactive,
  options: z.array(linkOption).min(1).max(5),
});

const staticSelect = z
  .strictObject({
    type: z.literal("static_select"),
    ...focusable,
    ...placeholder,
    options: z.array(option).min(1).max(100).optional(),
    option_groups: z.array(optionGroup).min(1).max(100).optional(),
    initial_option: option.optional(),
  })
  .refine(
    (menu) => (menu.options === undefined) !== (menu.option_groups === undefined),
    "needs options or option_groups, and not both",
  );

const usersSelect = z.strictObject({
  type: z.literal("users_select"),
  ...focusable,
  ...placeholder,
  initial_user: text(255).optional(),
});

const datePicker = z.strictObject({
  type: z.literal("datepicker"),
  ...focusable,
  ...placeholder,
  initial_date: z.iso.date().optional(),
});

const dateTimePicker = z.strictObject({
  type: z.literal("datetimepicker"),
  ...focusable,
  initial_date_time: z.int().min(1_000_000_000).max(9_999_999_999).optional(),
});

const checkboxes = z.strictObject({
  type: z.literal("checkboxes"),
  ...focusable,
  options: z.array(richOption).min(1).max(10),
  initial_options: z.array(richOption).min(1).max(10).optional(),
});

const radioButtons = z.strictObject({
  type: z.literal("radio_buttons"),
  ...focusable,
  options: z.array(richOption).min(1).max(10),
  initial_option: richOption.optional(),
});

const image = z.strictObject({ type: z.literal("image"), image_url: url, alt_text: text(2000) });

const actionElements = [
  button,
  overflow,
  staticSelect,
  usersSelect,
  datePicker,
  dateTimePicker,
  checkboxes,
  radioButtons,
] as const;

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

const messageBlock = z.discriminatedUnion("type", [
  z
    .strictObject({
      type: z.literal("section"),
      block_id: id,
      text: anyText(3000).optional(),
      fields: z.array(anyText(2000)).min(1).max(10).optional(),
      accessory: z.discriminatedUnion("type", [...actionElements, image]).optional(),
      expand: z.boolean().optional(),
    })
    .refine((section) => section.text !== undefined || section.fields !== undefined, "must define text or fields"),
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
  z.strictObject({ type: z.literal("markdown"), block_id: id, text: text(12_000) }),
  z.strictObject({
    type: z.literal("table"),
    block_id: id,
    rows: z.array(z.array(tableCell).min(1).max(20)).min(1).max(100),
    column_settings: z.array(tableColumn).max(20).optional(),
  }),
]);

export const messageBlocks = z.array(messageBlock).max(50);

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const flatObject = z.record(z.string(), scalar);

/** Slack gives no number for the size of metadata; up to this many bytes are known to be safe. */
export const METADATA_BYTES = 2000;

export const messageMetadata = z.strictObject({
  event_type: text(255).regex(/^[A-Za-z0-9_.:-]+$/, "must be alphanumeric"),
  event_payload: z.record(z.string(), z.union([scalar, flatObject, z.array(flatObject)])),
});
