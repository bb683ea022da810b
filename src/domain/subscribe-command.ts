/** `subscribe <pipeline> [branch:…] [job:…] [only:…]`, and its end. */
import { type Missing, missing, tooMuch, type Word } from "./command-text.ts";
import { quoted, type Refusal, refused } from "./refusal.ts";

export const subscriptionEvents = ["broken", "fixed"] as const;
type SubscriptionEvent = (typeof subscriptionEvents)[number];

/** Patterns with `*` for any text; null: all. */
export interface SubscribeCommand {
  readonly kind: "subscribe";
  readonly pipeline: string;
  readonly branch: string | null;
  readonly job: string | null;
  readonly only: readonly SubscriptionEvent[] | null;
}

export interface UnsubscribeCommand {
  readonly kind: "unsubscribe";
  readonly which:
    | { readonly kind: "listed"; readonly number: number }
    | { readonly kind: "pattern"; readonly pipeline: string };
}

const keys = ["pipeline", "branch", "job", "only"];

export function parseSubscribe(words: readonly Word[]): SubscribeCommand | Refusal | Missing {
  const given = new Map<string, string>();
  for (const word of words) {
    const option = word.quoted ? null : /^([a-z]+):(.*)$/is.exec(word.text);
    const key = option?.[1]?.toLowerCase() ?? (given.has("pipeline") ? "branch" : "pipeline");
    const value = option?.[2] ?? word.text;
    if (!keys.includes(key)) return refused(`${quoted(word.text)} is not known here; write branch:, job: or only:.`);
    if (value === "")
      return refused(`${quoted(word.text)} has no value; write it without a space, such as branch:main.`);
    if (given.has(key)) {
      return option === null ? tooMuch([word]) : refused(`${quoted(word.text)} is the second ${key}; write one.`);
    }
    given.set(key, value);
  }
  const pipeline = given.get("pipeline");
  if (pipeline === undefined) return missing;
  if (!isPattern(pipeline)) return notAPattern(pipeline);
  const only = given.has("only") ? parseOnly(given.get("only") ?? "") : null;
  if (only !== null && "kind" in only) return only;
  return { kind: "subscribe", pipeline, branch: given.get("branch") ?? null, job: given.get("job") ?? null, only };
}

export function parseUnsubscribe([first, ...extra]: readonly Word[]): UnsubscribeCommand | Refusal | Missing {
  if (first === undefined) return missing;
  if (extra.length > 0) return tooMuch(extra);
  if (!first.quoted && /^[1-9]\d{0,3}$/.test(first.text)) {
    return { kind: "unsubscribe", which: { kind: "listed", number: Number(first.text) } };
  }
  if (!isPattern(first.text)) return notAPattern(first.text);
  return { kind: "unsubscribe", which: { kind: "pattern", pipeline: first.text } };
}

function parseOnly(text: string): readonly SubscriptionEvent[] | Refusal {
  const wanted = text.toLowerCase().split(",");
  const strange = wanted.find((word) => !subscriptionEvents.some((event) => event === word));
  if (strange !== undefined) {
    return refused(`${quoted(`only:${text}`)} is not known here; write only:broken, only:fixed or only:broken,fixed.`);
  }
  return subscriptionEvents.filter((event) => wanted.includes(event));
}

function isPattern(text: string): boolean {
  return /^[A-Za-z0-9._*-]{1,120}$/.test(text);
}

function notAPattern(text: string): Refusal {
  return refused(`${quoted(text)} is not a pipeline; write its name as in its address, with * for any text.`);
}
