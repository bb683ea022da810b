/** A message as a person reads it: plain lines, for transcripts and for tests. */
import { z } from "zod";
import type { SlackMessage } from "./transcript.ts";

const Text = z.union([z.object({ text: z.string() }).transform(({ text }) => text), z.string()]);
const Block = z.looseObject({
  type: z.string(),
  text: Text.optional(),
  fields: z.array(Text).optional(),
  elements: z
    .array(
      z.looseObject({
        text: Text.optional(),
        elements: z.array(z.looseObject({ text: z.string().optional() })).optional(),
      }),
    )
    .optional(),
});

/** Replies are indented by an arrow. */
export function readMessage(message: SlackMessage): string {
  const own = message.blocks.length === 0 ? [message.text] : message.blocks.flatMap(readBlock);
  const replies = message.replies
    .filter(({ deleted }) => !deleted)
    .flatMap((reply) => {
      const [first = "", ...rest] = readMessage(reply).split("\n");
      return [`  ${reply.broadcast ? "⇉" : "↳"} ${first}`, ...rest.map((line) => `    ${line}`)];
    });
  return [...own.flatMap((text) => plain(text).split("\n")), ...replies].join("\n");
}

function readBlock(block: unknown): string[] {
  const { type, text, fields, elements } = Block.parse(block);
  if (type === "divider") return ["────"];
  const inner = (elements ?? []).map(
    (element) => element.text ?? (element.elements ?? []).map((e) => e.text ?? "").join(""),
  );
  return [
    ...(text === undefined ? [] : [text]),
    ...(fields ?? []).map((field) => field.replace(/\n/g, " ")),
    ...(inner.length === 0 ? [] : [inner.join(type === "rich_text" ? "\n" : "  ")]),
  ];
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
