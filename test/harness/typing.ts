/** Somebody types a command, and reads what only they are shown. */
import { expect } from "vitest";
import { readContent } from "../../sandbox/slack/read.ts";
import { type Bot, channelId } from "./bot.ts";

interface Typing {
  readonly command?: "/signalbox" | "/sb";
  readonly channel?: string;
}

/** The one answer, as a person reads it; the channel itself shows nothing of it. */
export async function type(
  bot: Bot,
  user: string,
  text: string,
  { command = "/signalbox", channel = channelId }: Typing = {},
): Promise<string> {
  const before = bot.slack.ephemerals(channel, user).length;
  const messages = bot.messages(channel);
  const { status, body } = await bot.slack.as(user).command(channel, command, text);
  expect({ status, body }).toEqual({ status: 200, body: null });
  await bot.app.settled();
  const told = bot.slack.ephemerals(channel, user).slice(before);
  expect(told, `answers to ${text}`).toHaveLength(1);
  expect(bot.messages(channel)).toBe(messages);
  await bot.settle();
  return told.map(readContent).join("\n");
}
