/** The few kinds of blocks that messages are made of. `verbatim`: Slack must not make links out of foreign text. */
import type { ContextBlock, KnownBlock, MrkdwnElement, SectionBlock } from "@slack/types";
import type { Mrkdwn } from "./mrkdwn.ts";

export interface Message {
  /** The whole meaning in one line: what notifications show and screen readers read. */
  readonly text: string;
  readonly blocks: KnownBlock[];
}

export function section(text: Mrkdwn): SectionBlock {
  return { type: "section", text: element(text) };
}

export function fields(...texts: readonly (Mrkdwn | null)[]): SectionBlock {
  return { type: "section", fields: present(texts).map(element) };
}

/** One element, a line each: Slack would run several elements together. */
export function context(...lines: readonly (Mrkdwn | null)[]): ContextBlock[] {
  const shown = present(lines);
  if (shown.length === 0) return [];
  return [{ type: "context", elements: [element({ mrkdwn: shown.map((line) => line.mrkdwn).join("\n") })] }];
}

export function present<T>(items: readonly (T | null)[]): T[] {
  return items.filter((item) => item !== null);
}

function element({ mrkdwn }: Mrkdwn): MrkdwnElement {
  return { type: "mrkdwn", text: mrkdwn, verbatim: true };
}
