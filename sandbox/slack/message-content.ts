/** What a message shall say: read from a call, checked, and put into a message that is there. */
import { type Arguments, SlackRefusal } from "./arguments.ts";
import { type ChatMethod, checkMessage, TEXT_LIMIT } from "./block-kit.ts";
import type { StoredMessage, Workspace } from "./workspace.ts";

const ATTACHMENTS_LIMIT = 100;

export interface Content {
  readonly text: string | undefined;
  /** The text was longer than Slack keeps. */
  readonly cut: boolean;
  readonly blocks: readonly unknown[] | undefined;
  readonly attachments: readonly unknown[] | undefined;
  readonly metadata: unknown;
}

/** What the message shall say, checked; undefined is what was not sent. */
export function readContent(args: Arguments, method: ChatMethod): Content {
  const sentText = args.text("text");
  const text = method === "chat.postMessage" ? sentText?.slice(0, TEXT_LIMIT[method]) : sentText;
  const cut = text !== sentText;
  const blocks = args.list("blocks", "invalid_blocks_format");
  const attachments = args.list("attachments", "invalid_attachments");
  const metadata = args.json("metadata", "invalid_metadata_format");
  if ((attachments?.length ?? 0) > ATTACHMENTS_LIMIT) throw new SlackRefusal("too_many_attachments");
  const shows = attachments !== undefined && attachments.length > 0;
  const problems = checkMessage({ text, blocks, metadata }, method).filter(
    ({ error }) => !(shows && error === "no_text"),
  );
  const error = problems[0]?.error;
  if (error !== undefined) {
    const messages = problems.map(({ message, pointer }) => `${message} [json-pointer:${pointer}]`);
    const response_metadata = { messages: messages.map((message) => `[ERROR] ${message}`) };
    throw new SlackRefusal(error, error === "no_text" ? {} : { errors: messages, response_metadata });
  }
  return { text, cut, blocks, attachments, metadata };
}

/** Text alone takes the blocks away; attachments and metadata stay until they are sent. */
export function edit(workspace: Workspace, message: StoredMessage, sent: Content): void {
  if (sent.blocks !== undefined) message.blocks = sent.blocks;
  else if (sent.text !== undefined) message.blocks = [];
  if (sent.text !== undefined) message.text = sent.text;
  if (sent.attachments !== undefined) message.attachments = sent.attachments;
  if (sent.metadata !== undefined) message.metadata = isEmpty(sent.metadata) ? null : sent.metadata;
  message.edits += 1;
  if (message.blocks.length === 0) message.editedTs = workspace.newTs();
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
