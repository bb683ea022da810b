/** What a person has entered into a view: `state.values` as Slack keeps it and sends it. */
import { type Control, controlsIn } from "./controls.ts";

/** What a person enters; null empties. For options: the value, or the label of one that has none. */
export type Entry = string | number | readonly string[] | null;

type StateValue = { readonly type: string } & Readonly<Record<string, unknown>>;

/** By block id, then by action id. */
export type ViewState = Readonly<Record<string, Readonly<Record<string, StateValue>>>>;

/** Where each kind of element keeps its value, and where it starts. */
const kinds: Readonly<Record<string, { readonly field: string; readonly initial: string }>> = {
  plain_text_input: { field: "value", initial: "initial_value" },
  static_select: { field: "selected_option", initial: "initial_option" },
  radio_buttons: { field: "selected_option", initial: "initial_option" },
  checkboxes: { field: "selected_options", initial: "initial_options" },
  users_select: { field: "selected_user", initial: "initial_user" },
  datepicker: { field: "selected_date", initial: "initial_date" },
  datetimepicker: { field: "selected_date_time", initial: "initial_date_time" },
};

/** What was entered stays through an update where the ids of block and element stay. */
export function stateOf(blocks: readonly unknown[], before: ViewState = {}): ViewState {
  const state: Record<string, Record<string, StateValue>> = {};
  for (const { blockId, actionId, type, element } of controlsIn(blocks)) {
    const kind = kinds[type];
    if (kind === undefined) continue;
    const kept = before[blockId]?.[actionId];
    const nothing = type === "checkboxes" ? [] : null;
    const value = kept?.type === type ? kept : { type, [kind.field]: element[kind.initial] ?? nothing };
    state[blockId] = { ...state[blockId], [actionId]: value };
  }
  return state;
}

export function enter(state: ViewState, control: Control, entry: Entry): ViewState {
  const { blockId, actionId, type } = control;
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`Cannot enter a value: ${actionId} is a ${type}; press it`);
  const value: StateValue = { type, [kind.field]: valueFor(control, entry) };
  return { ...state, [blockId]: { ...state[blockId], [actionId]: value } };
}

/** `values` by action id or block id. */
export function enterAll(
  blocks: readonly unknown[],
  state: ViewState,
  values: Readonly<Record<string, Entry>>,
): ViewState {
  const controls = controlsIn(blocks);
  let filled = state;
  for (const [key, entry] of Object.entries(values)) {
    const control = controls.find(
      ({ actionId, blockId, type }) => (actionId === key || blockId === key) && type in kinds,
    );
    if (control === undefined) {
      const known = controls.filter(({ type }) => type in kinds).map(({ actionId }) => actionId);
      throw new Error(`Cannot fill in ${key}: the view has only ${known.join(", ") || "no inputs"}`);
    }
    filled = enter(filled, control, entry);
  }
  return filled;
}

/** Slack does not let a view go while a required input is empty. */
export function refuseIncomplete(blocks: readonly unknown[], state: ViewState): void {
  for (const { blockId, actionId, type, input } of controlsIn(blocks)) {
    const kind = kinds[type];
    if (input === null || input.optional || kind === undefined) continue;
    const value = state[blockId]?.[actionId]?.[kind.field];
    if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) {
      throw new Error(`Cannot submit: "${input.label}" (${actionId}) is empty and required; give it a value`);
    }
  }
}

function valueFor(control: Control, entry: Entry): unknown {
  const { type, actionId, element } = control;
  const refuse = (state: string): Error => new Error(`Cannot enter ${JSON.stringify(entry)} in ${actionId}: ${state}`);
  if (type === "checkboxes") {
    const chosen = entry === null ? [] : typeof entry === "object" ? entry : [entry];
    return chosen.map((each) => optionFor(control, each, refuse));
  }
  if (entry === null || entry === "") return null;
  switch (type) {
    case "static_select":
    case "radio_buttons":
      return optionFor(control, entry, refuse);
    case "datetimepicker":
      if (typeof entry === "number" && Number.isInteger(entry) && entry > 1e9 && entry < 1e10) return entry;
      throw refuse("it takes whole seconds since 1970");
    case "datepicker":
      if (typeof entry === "string" && /^\d{4}-\d{2}-\d{2}$/.test(entry)) return entry;
      throw refuse("it takes a date like 2026-11-22");
    case "plain_text_input": {
      const { min_length: min = 0, max_length: max = 3000 } = element;
      if (typeof entry !== "string") throw refuse("it takes text");
      if (entry.length < min || entry.length > max) throw refuse(`it takes ${min} to ${max} characters`);
      return entry;
    }
    default:
      if (typeof entry === "string") return entry;
      throw refuse("it takes one id");
  }
}

function optionFor({ options }: Control, entry: unknown, refuse: (state: string) => Error): unknown {
  const option = options.find(({ text, value }) => (value ?? text.text) === entry);
  if (option === undefined) {
    throw refuse(`the options are ${options.map(({ text, value }) => value ?? text.text).join(", ")}`);
  }
  return option;
}
