/** What one person sees in a channel, and where in it something can be pressed. */
import { z } from "zod";
import { type Choice, controlsIn, describeControls, findChoice } from "./controls.ts";
import { microsecondsOf, type StoredChannel, type StoredEphemeral, type StoredMessage } from "./workspace.ts";

type Shown = { readonly message: StoredMessage } | { readonly ephemeral: StoredEphemeral };

const Attachment = z.looseObject({ blocks: z.array(z.unknown()).optional() });

export interface OnScreen {
  readonly shown: Shown;
  readonly choice: Choice;
}

/** In the newest message that shows the action, replies and what only this person sees included. */
export function findOnScreen(
  channel: StoredChannel,
  user: string,
  actionId: string,
  { ts, value }: { readonly ts?: string; readonly value?: string },
): OnScreen {
  const seen: string[] = [];
  for (const shown of newestFirst(channel, user, ts)) {
    const controls = controlsIn(blocksOf(shown));
    const choice = findChoice(controls, actionId, value);
    if (choice !== undefined) return { shown, choice };
    if (controls.length > 0) seen.push(describeControls(controls));
  }
  const where = ts === undefined ? `#${channel.name}` : `message ${ts} of #${channel.name}`;
  const what = value === undefined ? actionId : `${actionId} with ${value}`;
  throw new Error(`Cannot press ${what}: ${where} shows ${seen.join("; ") || "no buttons"}`);
}

/** @param ts Only this one: a channel may have thousands. */
function newestFirst(channel: StoredChannel, user: string, ts: string | undefined): Shown[] {
  const wanted = (each: { readonly ts: string }): boolean => ts === undefined || each.ts === ts;
  const messages = [...channel.messages.values()]
    .filter((each) => wanted(each) && !each.deleted)
    .map((message) => ({ message }));
  const ephemerals = channel.ephemerals
    .filter((each) => wanted(each) && each.user === user)
    .map((ephemeral) => ({ ephemeral }));
  return [...messages, ...ephemerals].sort((a, b) => (microsecondsOf(tsOf(b)) ?? 0) - (microsecondsOf(tsOf(a)) ?? 0));
}

function tsOf(shown: Shown): string {
  return "message" in shown ? shown.message.ts : shown.ephemeral.ts;
}

/** The coloured bar beside blocks takes them into an attachment. */
function blocksOf(shown: Shown): readonly unknown[] {
  if ("ephemeral" in shown) return shown.ephemeral.blocks;
  const { blocks, attachments } = shown.message;
  return [...blocks, ...attachments.flatMap((each) => Attachment.parse(each).blocks ?? [])];
}
