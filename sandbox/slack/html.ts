/** The blocks that Signalbox sends, as HTML; `slack.css` beside it makes it look like Slack. */
import { z } from "zod";
import { escapeHtml, mrkdwnHtml, plainHtml, prettyDay, type Reader, timeOfDay } from "./mrkdwn-html.ts";
import type { SlackMessage } from "./transcript.ts";

const Text = z.object({ type: z.enum(["mrkdwn", "plain_text"]), text: z.string() });
const Button = z.object({
  type: z.literal("button"),
  text: Text,
  url: z.string().optional(),
  style: z.enum(["primary", "danger"]).optional(),
});
const Control = z.discriminatedUnion("type", [Button, z.object({ type: z.literal("overflow") })]);
const Literal = z.object({ type: z.literal("text"), text: z.string() });
const Preformatted = z.object({ type: z.literal("rich_text_preformatted"), elements: z.array(Literal) });
const Block = z.discriminatedUnion("type", [
  z.object({ type: z.literal("header"), text: Text }),
  z.object({ type: z.literal("divider") }),
  z.object({
    type: z.literal("section"),
    text: Text.optional(),
    fields: z.array(Text).default([]),
    accessory: Control.optional(),
  }),
  z.object({ type: z.literal("context"), elements: z.array(Text) }),
  z.object({ type: z.literal("actions"), elements: z.array(Control) }),
  z.object({ type: z.literal("rich_text"), elements: z.array(Preformatted) }),
]);
type Block = z.infer<typeof Block>;

/** Fails on a block that it cannot draw, and so never shows less than there is. */
export function blocksHtml(blocks: readonly unknown[], reader: Reader): string {
  return z
    .array(Block)
    .parse(blocks)
    .map((block) => blockHtml(block, reader))
    .join("\n");
}

interface Author {
  readonly name: string;
  /** The address of their picture. */
  readonly picture: string;
}

type Shown = Pick<SlackMessage, "ts" | "text" | "blocks" | "replies">;

/** A message in the channel, its thread folded: "3 replies". */
export function messageHtml(message: Shown, app: Author, reader: Reader): string {
  const { ts, text, blocks } = message;
  const body =
    blocks.length === 0 ? `<div class="section">${mrkdwnHtml(text, reader)}</div>` : blocksHtml(blocks, reader);
  return `<article class="message">
${pictureHtml(app, "avatar")}
<div class="content">
<header><span class="name">${escapeHtml(app.name)}</span> <span class="app">APP</span> <time>${timeOfDay(instantOf(ts), reader)}</time></header>
${body}
${foldedHtml(message, app, reader)}
</div>
</article>`;
}

/** The replies below each other, as beside the channel. */
export function threadHtml(message: Shown, app: Author, reader: Reader): string {
  const replies = repliesOf(message);
  const shown = replies.map((reply) => messageHtml(reply, app, reader)).join("\n");
  return `<section class="thread"><div class="count">${repliesInWords(replies)}</div>\n${shown}</section>`;
}

function foldedHtml(message: Shown, app: Author, reader: Reader): string {
  const replies = repliesOf(message);
  const last = replies.at(-1);
  if (last === undefined) return "";
  const at = instantOf(last.ts);
  const when = `Last reply ${prettyDay(at, reader)} at ${timeOfDay(at, reader)}`;
  const count = `<span class="replies">${repliesInWords(replies)}</span>`;
  return `<footer>${pictureHtml(app, "small avatar")}${count}<time>${when}</time></footer>`;
}

function repliesOf({ replies }: Shown): readonly SlackMessage[] {
  return replies.filter(({ deleted }) => !deleted);
}

function repliesInWords({ length }: readonly unknown[]): string {
  return length === 1 ? "1 reply" : `${length} replies`;
}

function pictureHtml({ picture }: Author, kind: string): string {
  return `<img class="${kind}" src="${escapeHtml(picture)}" alt="">`;
}

function instantOf(ts: string): number {
  return Number(ts) * 1000;
}

function blockHtml(block: Block, reader: Reader): string {
  const html = (text: z.infer<typeof Text>) => textHtml(text, reader);
  switch (block.type) {
    case "header":
      return `<h2>${html(block.text)}</h2>`;
    case "divider":
      return "<hr>";
    case "section": {
      const text = block.text === undefined ? "" : `<div>${html(block.text)}</div>`;
      const fields = block.fields.map((field) => `<div>${html(field)}</div>`).join("");
      const beside = block.accessory === undefined ? "" : controlHtml(block.accessory, reader);
      const below = fields === "" ? "" : `<div class="fields">${fields}</div>`;
      return `<div class="section"><div class="words">${text}${below}</div>${beside}</div>`;
    }
    case "context":
      return `<div class="context">${block.elements.map((text) => `<span>${html(text)}</span>`).join("")}</div>`;
    case "actions":
      return `<div class="actions">${block.elements.map((control) => controlHtml(control, reader)).join("")}</div>`;
    case "rich_text":
      return block.elements
        .map(({ elements }) => `<pre>${elements.map(({ text }) => escapeHtml(text)).join("")}</pre>`)
        .join("");
  }
}

function textHtml({ type, text }: z.infer<typeof Text>, reader: Reader): string {
  return type === "mrkdwn" ? mrkdwnHtml(text, reader) : plainHtml(text);
}

function controlHtml(control: z.infer<typeof Control>, reader: Reader): string {
  if (control.type === "overflow") return `<button type="button" class="overflow" aria-label="More">⋯</button>`;
  const label = textHtml(control.text, reader);
  const look = control.style === undefined ? "button" : `button ${control.style}`;
  if (control.url === undefined) return `<button type="button" class="${look}">${label}</button>`;
  return `<a class="${look}" href="${escapeHtml(control.url)}">${label}</a>`;
}
