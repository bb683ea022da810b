/**
 * Would Slack take this message? Judges what `chat.postMessage` and `chat.update` are given, with Slack's error codes
 * and, where they are known, its words. Pure, so that tests of message builders can use it without a server.
 */
import { derivedProblems } from "./block-kit-derived.ts";
import { inSlacksWords, type Problem, problemsOf, repeated, tooLong } from "./block-kit-problems.ts";
import { METADATA_BYTES, messageBlocks, messageMetadata } from "./block-kit-schema.ts";

export interface CheckedMessage {
  readonly text?: unknown;
  readonly blocks?: unknown;
  readonly metadata?: unknown;
}

export type ChatMethod = "chat.postMessage" | "chat.update";

/** A post is cut at this length; an update above its own limit is refused. */
export const TEXT_LIMIT: Readonly<Record<ChatMethod, number>> = { "chat.postMessage": 40_000, "chat.update": 4_000 };

/** Slack documents no limit for all blocks together; it was seen to refuse a message above about 13,200 characters. */
const ALL_BLOCKS_LIMIT = 13_000;
const ALL_MARKDOWN_LIMIT = 12_000;

export function checkMessage(message: CheckedMessage, method: ChatMethod = "chat.postMessage"): readonly Problem[] {
  return [...checkText(message, method), ...checkBlocks(message.blocks), ...checkMetadata(message.metadata, method)];
}

function checkText({ text, blocks }: CheckedMessage, method: ChatMethod): Problem[] {
  const pointer = "/text";
  const noBlocks = blocks === undefined || (Array.isArray(blocks) && blocks.length === 0);
  if (text === undefined || text === "") {
    return noBlocks ? [{ pointer, message: "needs text or blocks", error: "no_text" }] : [];
  }
  if (typeof text !== "string") return [{ pointer, message: "must provide a string", error: "no_text" }];
  const limit = TEXT_LIMIT[method];
  return text.length > limit ? [{ pointer, message: tooLong(limit), error: "msg_too_long" }] : [];
}

function checkBlocks(blocks: unknown): Problem[] {
  if (blocks === undefined) return [];
  const error = "invalid_blocks";
  const checked = messageBlocks.safeParse(blocks, { error: inSlacksWords });
  if (!checked.success) return problemsOf(checked.error, "/blocks", error);
  const problems = checked.data.flatMap((block, index) =>
    derivedProblems("KnownBlock", block, `/blocks/${index}`, error),
  );
  problems.push(...repeated(checked.data, "block_id", "/blocks", error));
  for (const [index, block] of checked.data.entries()) {
    if (block.type === "actions") {
      problems.push(...repeated(block.elements, "action_id", `/blocks/${index}/elements`, error));
    }
  }
  const tables = checked.data.filter((block) => block.type === "table");
  if (tables.length > 1) {
    problems.push({ pointer: "/blocks", message: "only one table allowed", error: "only_one_table_allowed" });
  }
  const markdown = checked.data.filter((block) => block.type === "markdown").map((block) => block.text);
  if (markdown.join("").length > ALL_MARKDOWN_LIMIT) {
    const message = `markdown blocks together ${tooLong(ALL_MARKDOWN_LIMIT)}`;
    problems.push({ pointer: "/blocks", message, error: "msg_blocks_too_long" });
  } else if (shownLength(checked.data) > ALL_BLOCKS_LIMIT) {
    const message = `blocks together ${tooLong(ALL_BLOCKS_LIMIT)}`;
    problems.push({ pointer: "/blocks", message, error: "msg_blocks_too_long" });
  }
  return problems;
}

function checkMetadata(metadata: unknown, method: ChatMethod): Problem[] {
  if (metadata === undefined) return [];
  // An update with an empty object takes the metadata away.
  if (method === "chat.update" && isEmptyObject(metadata)) return [];
  const checked = messageMetadata.safeParse(metadata, { error: inSlacksWords });
  if (!checked.success) {
    return problemsOf(checked.error, "/metadata").map(({ pointer, message }) => {
      const inPayload = pointer.startsWith("/metadata/event_payload/");
      return { pointer, message, error: inPayload ? "invalid_metadata_schema" : "invalid_metadata_format" };
    });
  }
  if (Buffer.byteLength(JSON.stringify(metadata)) <= METADATA_BYTES) return [];
  return [{ pointer: "/metadata", message: `must be at most ${METADATA_BYTES} bytes`, error: "metadata_too_large" }];
}

/** Characters that a reader sees: every `text` in the blocks, however deep. */
function shownLength(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let length = 0;
  for (const [key, inner] of Object.entries(value)) {
    length += key === "text" && typeof inner === "string" ? inner.length : shownLength(inner);
  }
  return length;
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
