/** The elements that people press, choose and fill in, and what they are made of: as `block-kit-schema.ts` has blocks. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";

/** White space alone counts as empty. */
export function text(max: number) {
  return z.string().max(max).regex(/\S/, "must be more than 0 characters");
}

export const id = text(255).optional();
export const url = text(3000).refine(
  (value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ""),
  "must be a valid URL",
);

export function plainText(max: number) {
  return z.strictObject({ type: z.literal("plain_text"), text: text(max), emoji: z.boolean().optional() });
}

export function markdownText(max: number) {
  return z.strictObject({ type: z.literal("mrkdwn"), text: text(max), verbatim: z.boolean().optional() });
}

export function anyText(max: number) {
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

const notAmong = "initial_option must be one of the options";

/** Slack compares the whole option: a changed text is another option. */
function isAmong(options: readonly unknown[], initial: unknown): boolean {
  return initial === undefined || options.some((option) => isDeepStrictEqual(option, initial));
}

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
  )
  .refine(
    ({ options = [], option_groups = [], initial_option }) =>
      isAmong([...options, ...option_groups.flatMap((group) => group.options)], initial_option),
    notAmong,
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

const radioButtons = z
  .strictObject({
    type: z.literal("radio_buttons"),
    ...focusable,
    options: z.array(richOption).min(1).max(10),
    initial_option: richOption.optional(),
  })
  .refine(({ options, initial_option }) => isAmong(options, initial_option), notAmong);

const plainTextInput = z.strictObject({
  type: z.literal("plain_text_input"),
  action_id: id,
  ...placeholder,
  initial_value: z.string().max(3000).optional(),
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(3000).optional(),
  max_length: z.int().min(1).max(3000).optional(),
  focus_on_load: z.boolean().optional(),
  dispatch_action_config: z
    .strictObject({
      trigger_actions_on: z
        .array(z.enum(["on_enter_pressed", "on_character_entered"]))
        .min(1)
        .max(2),
    })
    .optional(),
});

export const image = z.strictObject({ type: z.literal("image"), image_url: url, alt_text: text(2000) });

export const actionElements = [
  button,
  overflow,
  staticSelect,
  usersSelect,
  datePicker,
  dateTimePicker,
  checkboxes,
  radioButtons,
] as const;

/** What an input block may hold. */
export const inputElements = [
  plainTextInput,
  staticSelect,
  usersSelect,
  datePicker,
  dateTimePicker,
  checkboxes,
  radioButtons,
] as const;
