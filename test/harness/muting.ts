/** Somebody mutes from the alert, and reads what only they are shown. */
import { readContent, readView } from "../../sandbox/slack/read.ts";
import type { Entry } from "../../sandbox/slack/view-state.ts";
import type { Instant } from "../../src/clock.ts";
import { type Bot, channelId } from "./bot.ts";

/** What the dialog is filled in with, by the last part of each field's name; the rest stays as it opens. */
export interface MuteEntries {
  readonly scope?: "job" | "jobEverywhere" | "branch";
  readonly job?: string;
  readonly until?: string;
  /** In ms. */
  readonly date?: number;
  readonly reason?: string;
}

/** The dialog as it opens. */
export async function openMute(bot: Bot, user: string): Promise<string> {
  await bot.slack.as(user).click(channelId, "alert.mute");
  await bot.app.settled();
  return shownDialog(bot, user);
}

/** Through the dialog, and what follows. @returns the dialog, if it is still open. */
export async function mute(bot: Bot, user: string, entries: MuteEntries = {}): Promise<string> {
  await openMute(bot, user);
  return submitMute(bot, user, entries);
}

export async function submitMute(bot: Bot, user: string, { date, ...entries }: MuteEntries): Promise<string> {
  const filled: Record<string, Entry> = {};
  for (const [field, value] of Object.entries(entries)) filled[`mute.${field}`] = value;
  if (date !== undefined) filled["mute.date"] = date / 1000;
  await bot.slack.as(user).submit("mute.submit", filled);
  await bot.settle();
  return shownDialog(bot, user);
}

function shownDialog(bot: Bot, user: string): string {
  const view = bot.slack.as(user).view();
  return view === undefined ? "" : readView(view);
}

/** What only this person was shown: in the channel, or, when they are not in it, directly. Oldest first. */
export function privately(bot: Bot, user: string): string[] {
  const shown = [...bot.slack.ephemerals(channelId, user), ...bot.slack.as(user).directMessages()];
  return shown.map(readContent);
}

/** When the mute ends, by what the newest alert says; null when it is not muted, or until it is fixed. */
export function mutedUntil(bot: Bot, channel = channelId): Instant | null {
  bot.read(channel);
  const newest = bot.slack.channel(channel).messages.findLast(({ deleted }) => !deleted);
  const seconds = /:no_bell: Muted by [^"]*?<!date\^(\d+)\^/.exec(JSON.stringify(newest?.blocks))?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}
