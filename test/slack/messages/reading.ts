/** A message or a view as one reads it top to bottom: the notification, then the blocks, a rule between them. */
import type { AnyBlock, HomeView, KnownBlock, ModalView, RichTextBlock } from "@slack/types";
import type { Message } from "../../../src/slack/messages/blocks.ts";

export function read({ text, blocks }: Message): string {
  return [`[${text}]`, ...blocks.map(readBlock)].join("\n----\n");
}

export function readView(view: ModalView | HomeView): string {
  return view.blocks.filter(isKnown).map(readBlock).join("\n----\n");
}

function readBlock(block: KnownBlock): string {
  switch (block.type) {
    case "section": {
      const words = [block.text?.text ?? "", ...(block.fields ?? []).map((field) => field.text)];
      return [...words.filter(Boolean), ...(block.accessory ? [readElement(block.accessory)] : [])].join("\n\n");
    }
    case "context":
      return `(${block.elements.map((element) => ("text" in element ? element.text : "")).join(" ")})`;
    case "rich_text":
      return richText(block);
    case "actions":
      return block.elements.map(readElement).join(" ");
    case "header":
      return `# ${block.text.text}`;
    case "input":
      return `${block.label.text}: ${readElement(block.element)}${block.optional ? " (optional)" : ""}`;
    default:
      throw new Error(`Cannot read a ${block.type} block: no message has one yet; say here how it reads`);
  }
}

/** `[Acknowledge]` is a button, `{Rebuild | Take over}` a choice. */
function readElement(element: object): string {
  if ("options" in element && Array.isArray(element.options)) {
    return `{${element.options.map((option) => option.text.text).join(" | ")}}`;
  }
  if ("text" in element && typeof element.text === "object" && element.text !== null && "text" in element.text) {
    return `[${element.text.text}]`;
  }
  return "type" in element ? `<${element.type}>` : "";
}

/** The labels of the buttons in a message's actions, with the id and the value that Slack sends when one is pressed. */
export function buttonsOf({
  blocks,
}: Pick<Message, "blocks">): readonly (readonly [string, string, string | undefined])[] {
  const elements = blocks.flatMap((block) => (block.type === "actions" ? block.elements : []));
  return elements.flatMap((element) =>
    element.type === "button" ? [[element.text.text, element.action_id ?? "", element.value] as const] : [],
  );
}

export function overflowOf({ blocks }: Pick<Message, "blocks">): readonly (readonly [string, string | undefined])[] {
  const accessories = blocks.flatMap((block) => (block.type === "section" && block.accessory ? [block.accessory] : []));
  return accessories.flatMap((accessory) =>
    accessory.type === "overflow" ? accessory.options.map(({ text, value }) => [text.text, value] as const) : [],
  );
}

/** All markup in which Slack looks for links and mentions: rich text and plain text are none. */
export function markupOf({ text, blocks }: Message): string[] {
  return [text, ...markupIn(blocks)];
}

export function markupIn(blocks: readonly AnyBlock[]): string[] {
  return blocks.filter(isKnown).flatMap((block) => {
    if (block.type === "section") return [block.text?.text ?? "", ...(block.fields ?? []).map((field) => field.text)];
    return block.type === "context" ? block.elements.map((element) => ("text" in element ? element.text : "")) : [];
  });
}

function isKnown(block: AnyBlock): block is KnownBlock {
  return block.type !== "unknown";
}

function richText(block: RichTextBlock): string {
  const parts = block.elements.flatMap((part) => (part.type === "rich_text_preformatted" ? part.elements : []));
  return parts.map((part) => ("text" in part ? part.text : "")).join("");
}
