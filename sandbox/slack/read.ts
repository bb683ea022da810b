/** A message, a modal or a Home tab as a person reads it: plain lines, for transcripts and for tests. */
import { z } from "zod";
import { type Control, controlsIn, withIds } from "./controls.ts";
import type { SlackMessage } from "./transcript.ts";
import type { ViewState } from "./view-state.ts";
import { blocksOf, type SlackView } from "./views.ts";

const Text = z.union([z.object({ text: z.string() }).transform(({ text }) => text), z.string()]);
const Label = z.object({ text: z.string() });
const Block = z.looseObject({
  type: z.string(),
  text: Text.optional(),
  title: Text.optional(),
  alt_text: z.string().optional(),
  fields: z.array(Text).optional(),
  label: Text.optional(),
  elements: z
    .array(
      z.looseObject({
        text: Text.optional(),
        elements: z.array(z.looseObject({ text: z.string().optional() })).optional(),
      }),
    )
    .optional(),
});

const View = z.looseObject({ title: Label, submit: Label, close: Label }).partial();

/** Replies are indented by an arrow. Buttons are `[in brackets]`, an overflow menu is `[⋯]`. */
export function readMessage(message: SlackMessage): string {
  const replies = message.replies
    .filter(({ deleted }) => !deleted)
    .flatMap((reply) => {
      const [first = "", ...rest] = readMessage(reply).split("\n");
      return [`  ${reply.broadcast ? "⇉" : "↳"} ${first}`, ...rest.map((line) => `    ${line}`)];
    });
  return [readContent(message), ...replies].join("\n");
}

/** Of an ephemeral message too. */
export function readContent({ text, blocks }: Pick<SlackMessage, "text" | "blocks">): string {
  return lines(blocks.length === 0 ? [text] : blocks.flatMap((block) => readBlock(block, {})));
}

/** With what has been entered so far; errors stand below their input. */
export function readView({ view, state, errors }: SlackView): string {
  const { title, submit, close } = View.parse(view);
  const blocks = withIds(blocksOf(view)).flatMap((block) => {
    const error = controlsIn([block]).map(({ blockId }) => errors[blockId])[0];
    return [...readBlock(block, state), ...(error === undefined ? [] : [`  ! ${error}`])];
  });
  const buttons = [close, submit].flatMap((each) => (each === undefined ? [] : [`[${each.text}]`])).join(" ");
  return lines([
    ...(title === undefined ? [] : [`== ${title.text} ==`]),
    ...blocks,
    ...(buttons === "" ? [] : [buttons]),
  ]);
}

function lines(texts: readonly string[]): string {
  return texts.flatMap((text) => plain(text).split("\n")).join("\n");
}

function readBlock(block: unknown, state: ViewState): string[] {
  const { type, text, title, alt_text: alt, fields = [], label, elements = [] } = Block.parse(block);
  const controls = controlsIn([block]).map((control) => readControl(control, state));
  switch (type) {
    case "divider":
      return ["────"];
    case "actions":
      return [controls.join(" ")];
    case "input":
      return [`${label ?? ""}: ${controls.join(" ")}`];
    case "image":
      return [`(${title ?? alt ?? "image"})`];
    default: {
      const inner = elements.map((each) => each.text ?? (each.elements ?? []).map((e) => e.text ?? "").join(""));
      // What stands beside a section is on its first line.
      const [first, ...rest] = (text ?? "").split("\n");
      const beside = [first, ...controls].filter((each) => each !== "").join("  ");
      return [
        ...(beside === "" ? [] : [beside]),
        ...rest,
        ...fields.map((field) => field.replace(/\n/g, " ")),
        ...(inner.length === 0 ? [] : [inner.join(type === "rich_text" ? "\n" : "  ")]),
      ];
    }
  }
}

const Chosen = z
  .looseObject({
    value: z.string().nullable(),
    selected_option: z.looseObject({ text: Label }).nullable(),
    selected_options: z.array(z.looseObject({ text: Label })),
    selected_user: z.string().nullable(),
    selected_date: z.string().nullable(),
    selected_date_time: z.number().nullable(),
  })
  .partial();
const Placeholder = z.looseObject({ placeholder: Label });

function readControl({ type, actionId, blockId, element, options }: Control, state: ViewState): string {
  const chosen = Chosen.parse(state[blockId]?.[actionId] ?? {});
  const labels = (chosen.selected_options ?? [chosen.selected_option]).flatMap((each) => each?.text.text ?? []);
  const marked = (on: string, off: string) =>
    options.map(({ text }) => `${labels.includes(text.text) ? on : off} ${text.text}`).join("  ");
  switch (type) {
    case "button":
      return `[${Label.parse(element.text).text}]`;
    case "overflow":
      return "[⋯]";
    case "radio_buttons":
      return marked("(•)", "( )");
    case "checkboxes":
      return marked("[x]", "[ ]");
    case "static_select":
      return `[${labels[0] ?? placeholderOf(element)} ▾]`;
    default: {
      const entered =
        chosen.value ?? chosen.selected_user ?? chosen.selected_date ?? chosen.selected_date_time?.toString();
      return `[${entered ?? placeholderOf(element)}]`;
    }
  }
}

function placeholderOf(element: Readonly<Record<string, unknown>>): string {
  return Placeholder.safeParse(element).data?.placeholder.text ?? "";
}

/** Links show their label, dates their fallback, entities their character. */
function plain(mrkdwn: string): string {
  return mrkdwn
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, "$1")
    .replace(/<[^|>]*\|([^>]*)>/g, "$1")
    .replace(/<(https?:[^>]*)>/g, "$1")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");
}
