/** A message as one reads it top to bottom: the notification, then the blocks, a rule between them. */
import type { KnownBlock, RichTextBlock } from "@slack/types";
import type { Message } from "../../../src/slack/messages/blocks.ts";

export function read({ text, blocks }: Message): string {
  return [`[${text}]`, ...blocks.map(readBlock)].join("\n----\n");
}

function readBlock(block: KnownBlock): string {
  switch (block.type) {
    case "section":
      return [block.text?.text ?? "", ...(block.fields ?? []).map((field) => field.text)].filter(Boolean).join("\n\n");
    case "context":
      return `(${block.elements.map((element) => ("text" in element ? element.text : "")).join(" ")})`;
    case "rich_text":
      return richText(block);
    default:
      throw new Error(`Cannot read a ${block.type} block: no message has one yet; say here how it reads`);
  }
}

/** All markup in which Slack looks for links and mentions: rich text is none. */
export function markupOf({ text, blocks }: Message): string[] {
  return [text, ...blocks.filter((block) => block.type !== "rich_text").map(readBlock)];
}

function richText(block: RichTextBlock): string {
  const parts = block.elements.flatMap((part) => (part.type === "rich_text_preformatted" ? part.elements : []));
  return parts.map((part) => ("text" in part ? part.text : "")).join("");
}
