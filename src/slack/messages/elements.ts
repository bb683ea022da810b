/** What people press: buttons, menus and the question before something that cannot be undone. */
import type {
  ActionsBlock,
  ActionsBlockElement,
  Button,
  ConfirmationDialog,
  Overflow,
  PlainTextElement,
  PlainTextOption,
} from "@slack/types";
import { cut, oneLine } from "../../domain/text.ts";
import { type ActionId, actionIds, type CarriedAction, writeCarried } from "../action-ids.ts";

/** Slack takes plain text literally: it is cleaned and cut, and not escaped. */
export function plain(text: string, max: number, instead = "unnamed"): PlainTextElement {
  return { type: "plain_text", text: cut(oneLine(text) || instead, max), emoji: true };
}

export function button(action: ActionId, label: string, value: string, style?: "primary" | "danger"): Button {
  return { type: "button", action_id: action, text: plain(label, 75), value, ...(style !== undefined && { style }) };
}

export function linkButton(label: string, url: string): Button {
  return { type: "button", action_id: actionIds.open, text: plain(label, 75), url };
}

export function confirmed(element: Button, question: ConfirmationDialog): Button {
  return { ...element, confirm: question };
}

export function question(title: string, text: string, yes: string): ConfirmationDialog {
  return { title: plain(title, 100), text: plain(text, 300), confirm: plain(yes, 30), deny: plain("Cancel", 30) };
}

/** @returns null without any option: Slack refuses an empty menu. */
export function overflow(options: readonly PlainTextOption[], confirm: ConfirmationDialog): Overflow | null {
  if (options.length === 0) return null;
  return { type: "overflow", action_id: actionIds.more, options: [...options], confirm };
}

export function carryingOption(label: string, carried: CarriedAction): PlainTextOption {
  return option(label, writeCarried(carried));
}

export function option(label: string, value: string): PlainTextOption {
  return { text: plain(label, 75), value };
}

/** @param blockId Another one for each version of a message: under the same id, Slack's clients keep an old state. */
export function actions(elements: readonly ActionsBlockElement[], blockId?: string): ActionsBlock[] {
  if (elements.length === 0) return [];
  return [{ type: "actions", ...(blockId !== undefined && { block_id: blockId }), elements: [...elements] }];
}
