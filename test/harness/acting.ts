/** People who press buttons, and read what only they are shown. */
import { readContent } from "../../sandbox/slack/read.ts";
import type { UserOptions } from "../../sandbox/slack/team.ts";
import { type Bot, type BotOptions, channelId, startBot } from "./bot.ts";
import { ada, grace, red } from "./stories.ts";

const team: readonly UserOptions[] = [
  { id: "U0ADA", name: "ada", realName: "Ada Lovelace", email: ada.email },
  { id: "U0GRACE", name: "grace", realName: "Grace Hopper", email: grace.email },
  { id: "U0BOB", name: "bob", realName: "Bob", email: "bob@example.com" },
];

/** A bot, and Ada, Grace and Bob, who work there. */
export async function startTeam(options: BotOptions, more: readonly UserOptions[] = []): Promise<Bot> {
  const bot = await startBot(options);
  for (const user of [...team, ...more]) bot.slack.addUser(user);
  return bot;
}

/** One alert, of nobody whom Slack knows. */
export async function startFailing(options: BotOptions, more: readonly UserOptions[] = []): Promise<Bot> {
  const bot = await startTeam(options, more);
  red(bot, ["Specs"], { author: { name: "Eve", email: "eve@example.com", username: "eve" } });
  await bot.settle();
  return bot;
}

/** Presses a button of the alert, and waits for what follows. @returns what only they were shown. */
export async function press(bot: Bot, user: string, action: string, value?: string): Promise<string> {
  const before = shown(bot, user).length;
  const pressed = await bot.slack.as(user).click(channelId, action, value === undefined ? {} : { value });
  if (pressed.status !== 200) throw new Error(`Cannot press ${action} as ${user}: ${pressed.status}`);
  await bot.settle();
  return shown(bot, user).slice(before).join("\n");
}

/** Whatever only this person was shown in the channel, oldest first. */
export function shown(bot: Bot, user: string): string[] {
  return bot.slack.ephemerals(channelId, user).map(readContent);
}
