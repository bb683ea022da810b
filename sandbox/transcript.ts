/** What a person would see in Slack and on GitHub, as a terminal shows it: framed and in plain characters. */
import type { Pull } from "./github/pull.ts";
import { readPullPage } from "./github/read.ts";
import { plainMarkdown } from "./markdown.ts";
import { readContent, readMessage } from "./slack/read.ts";
import type { SlackChannel, SlackMessage } from "./slack/transcript.ts";

const emoji: Readonly<Record<string, string>> = {
  red_circle: "🔴",
  large_green_circle: "🟢",
  white_circle: "⚪",
  repeat: "🔁",
  rotating_light: "🚨",
  white_check_mark: "✅",
  x: "❌",
  hourglass_flowing_sand: "⏳",
  eyes: "👀",
  bell: "🔔",
  no_bell: "🔕",
  arrows_counterclockwise: "🔄",
  sunny: "☀️",
};
const width = 96;

export interface TranscriptStyle {
  readonly color: boolean;
  /** Names by id: a mention shows one. */
  readonly people: ReadonlyMap<string, string>;
}

export function showChannel(channel: SlackChannel, style: TranscriptStyle): string {
  const messages = channel.messages.filter(({ deleted }) => !deleted);
  return frame(`#${channel.name}`, messages.map(readMessage), style);
}

/** What one person was shown, and nobody else. */
export function showPrivately(shown: readonly Pick<SlackMessage, "text" | "blocks">[], style: TranscriptStyle): string {
  return frame("only visible to you", shown.map(readContent), style);
}

/** The page of a pull request. */
export function showPull(pull: Pull, style: TranscriptStyle): string {
  return frame(pull.repository.fullName, [plainMarkdown(readPullPage(pull))], style);
}

function frame(name: string, texts: readonly string[], style: TranscriptStyle): string {
  const title = ` ${name} `;
  const lines = [
    dim(`  ╭─${title}${"─".repeat(Math.max(0, width - title.length - 4))}`, style),
    ...(texts.length === 0 ? [dim("  │ (nothing)", style)] : []),
    ...texts.flatMap((text, i) => [
      ...(i === 0 ? [] : [dim("  │", style)]),
      ...decorate(text, style)
        .split("\n")
        .flatMap((line) => wrap(line, width - 4))
        .map((line) => `${dim("  │", style)} ${line}`.trimEnd()),
    ]),
    dim(`  ╰${"─".repeat(width - 3)}`, style),
  ];
  return lines.join("\n");
}

function decorate(text: string, style: TranscriptStyle): string {
  return text
    .replace(/:([a-z_]+):/g, (code, name: string) => emoji[name] ?? code)
    .replace(/<@(\w+)>/g, (_, id: string) => `@${style.people.get(id) ?? id}`)
    .replace(/(?<![\w*])\*([^*\n]+)\*(?![\w*])/g, (_, bold: string) =>
      style.color ? `\u001b[1m${bold}\u001b[22m` : bold,
    );
}

/** Breaks at spaces; what follows is indented as its line is. */
function wrap(line: string, limit: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? "";
  const lines: string[] = [];
  let rest = line;
  while (visibleLength(rest) > limit) {
    const cut = rest.lastIndexOf(" ", limit + rest.length - visibleLength(rest));
    // A word without a break, such as an address, is longer than the line.
    if (rest.slice(0, cut + 1).trim() === "") break;
    lines.push(rest.slice(0, cut));
    rest = `${indent}  ${rest.slice(cut + 1)}`;
  }
  return [...lines, rest];
}

/** Colour codes take no room. */
function visibleLength(text: string): number {
  return text.replace(/\u001b\[\d+m/g, "").length;
}

function dim(text: string, { color }: TranscriptStyle): string {
  return color ? `\u001b[2m${text}\u001b[22m` : text;
}
