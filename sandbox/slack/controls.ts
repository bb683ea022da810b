/** What can be pressed, chosen or filled in where blocks are shown. */
import { z } from "zod";
import type { Fields } from "./call.ts";

const Text = z.looseObject({ text: z.string() });
const Option = z.looseObject({ text: Text, value: z.string().optional() });
const Element = z.looseObject({
  type: z.string(),
  action_id: z.string().optional(),
  text: z.unknown().optional(),
  value: z.string().optional(),
  options: z.array(Option).optional(),
  option_groups: z.array(z.looseObject({ options: z.array(Option) })).optional(),
  confirm: z.looseObject({ text: Text }).optional(),
  min_length: z.number().optional(),
  max_length: z.number().optional(),
});
const Elements = z.array(Element);
const Block = z.looseObject({
  type: z.string(),
  block_id: z.string().optional(),
  elements: z.array(z.unknown()).optional(),
  accessory: Element.optional(),
  element: Element.optional(),
  label: Text.optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
});

type ControlOption = z.infer<typeof Option>;

export interface Control {
  readonly blockId: string;
  readonly actionId: string;
  readonly type: string;
  /** As it was sent. */
  readonly element: z.infer<typeof Element>;
  /** Of all groups. */
  readonly options: readonly ControlOption[];
  /** Of an input block; null elsewhere. */
  readonly input: { readonly label: string; readonly optional: boolean; readonly dispatches: boolean } | null;
}

export function controlsIn(blocks: readonly unknown[]): readonly Control[] {
  return withIds(blocks).flatMap((sent) => {
    const { type, block_id: blockId = "", elements = [], accessory, element, ...block } = Block.parse(sent);
    const control = (each: z.infer<typeof Element>): Control => {
      const options = [...(each.options ?? []), ...(each.option_groups ?? []).flatMap((group) => group.options)];
      const { label, optional = false, dispatch_action: dispatches = false } = block;
      const input = type === "input" ? { label: label?.text ?? "", optional, dispatches } : null;
      return { blockId, actionId: each.action_id ?? "", type: each.type, element: each, options, input };
    };
    const inner = type === "actions" ? Elements.parse(elements) : [];
    const beside = accessory === undefined || accessory.type === "image" ? [] : [accessory];
    return [...inner, ...beside, ...(element === undefined ? [] : [element])].map(control);
  });
}

/** Slack makes up the ids that were not sent. */
export function withIds(blocks: readonly unknown[]): readonly Fields[] {
  return blocks.map((sent, index) => {
    const block = Block.parse(sent);
    const named = (element: unknown, at: number) => ({ action_id: `action-${index}-${at}`, ...Element.parse(element) });
    return {
      block_id: `block-${index}`,
      ...block,
      ...(block.type === "actions" && { elements: (block.elements ?? []).map(named) }),
      ...(block.accessory !== undefined &&
        block.accessory.type !== "image" && { accessory: named(block.accessory, 0) }),
      ...(block.element !== undefined && { element: named(block.element, 0) }),
    };
  });
}

export interface Choice {
  readonly control: Control;
  /** Of an overflow menu or a select. */
  readonly option: ControlOption | null;
}

/**
 * The control with this action id; or the option of an overflow menu whose value begins with it, since all options of
 * a menu share the menu's action id. `value` tells apart what shares both.
 */
export function findChoice(controls: readonly Control[], actionId: string, value?: string): Choice | undefined {
  for (const control of controls) {
    if (control.type === "overflow") {
      const option = control.options.find(
        (each) =>
          (control.actionId === actionId || standsFor(each.value ?? "", actionId)) &&
          (value === undefined || each.value === value),
      );
      if (option !== undefined) return { control, option };
    } else if (control.actionId === actionId) {
      if (control.type !== "button" || value === undefined || control.element.value === value) {
        return { control, option: null };
      }
    }
  }
  return undefined;
}

/** `alert.mute:a1` stands for `alert.mute`, `alert.muted` does not. */
function standsFor(value: string, actionId: string): boolean {
  return value.startsWith(actionId) && !/^[\w.]/.test(value.slice(actionId.length));
}

/** For messages of errors: what could have been pressed. */
export function describeControls(controls: readonly Control[]): string {
  const names = controls.flatMap(({ type, actionId, options }) =>
    type === "overflow" ? options.map(({ value }) => value ?? "(a link)") : [actionId],
  );
  return names.length === 0 ? "nothing" : names.join(", ");
}
