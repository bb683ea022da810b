/** What one may type, and what was wrong with what was typed. */
import type { CommandName, CommandProblem } from "../../domain/command.ts";
import { alertForms, commandNames, type Usage, usageOf } from "../../domain/command-usage.ts";
import { type Message, section } from "./blocks.ts";
import { code, joined, type Mrkdwn, md, prose, spoken, typeable } from "./mrkdwn.ts";
import { listing } from "./rows.ts";

const longestSentence = 500;

export function helpReply(topic: CommandName | null): Message {
  return topic === null ? allCommands() : message(describe(usageOf(topic)));
}

export function problemReply(problem: CommandProblem): Message {
  switch (problem.kind) {
    case "unknown":
      return message(unknownSentence(problem.word, problem.nearest));
    case "incomplete":
      return message(md`Something is missing.\n${describe(problem.usage)}`);
    case "refused":
      return message(md`${words(problem.message)}\nFor example: ${typed(problem.usage.example)}`);
  }
}

function unknownSentence(word: string, near: readonly CommandName[]): Mrkdwn {
  const unknown = md`There is no command ${code(word, 60) ?? md`of that name`}.`;
  if (near.length === 0) return md`${unknown} All there are: ${typed("help")}`;
  return md`${unknown} Did you mean ${joined(near.map(typed), " or ")}?`;
}

function allCommands(): Message {
  const heading = md`*What you can type after* \`/signalbox\` *or* \`/sb\``;
  const rows = commandNames.map((name) => ({ line: md`${typed(name)}  ${words(usageOf(name).summary)}` }));
  const how = md`More about one: ${typed("help mute")}. An alert is named by its number in the last list, by its address, or by pipeline and branch.`;
  return { text: spoken(heading), blocks: [section(heading), ...listing(rows, rows.length), section(how)] };
}

function describe(usage: Usage): Mrkdwn {
  const { command, summary, example, aliases } = usage;
  const whole = `${command} ${usage.arguments}`.trim();
  const also =
    aliases.length === 0
      ? []
      : [
          md`Also: ${joined(
            aliases.map((alias) => codeOf(alias)),
            ", ",
          )}`,
        ];
  // Where an alert is to be named, how to name it is what one looks for.
  const forms = usage.arguments.includes("alert") ? [md`An alert is: ${words(alertForms.join("; "))}`] : [];
  return joined([typed(whole), words(summary), ...forms, md`For example: ${typed(example)}`, ...also], "\n");
}

function words(text: string): Mrkdwn {
  return prose(text, longestSentence) ?? md`That cannot be done.`;
}

function typed(text: string): Mrkdwn {
  return codeOf(`/signalbox ${text}`);
}

function codeOf(text: string): Mrkdwn {
  return typeable(text, 300) ?? md``;
}

function message(text: Mrkdwn): Message {
  return { text: spoken(text), blocks: [section(text)] };
}
