/** The modals, in stacks, and the Home tabs that people have before them, and the triggers that open modals. */
import type { Instant } from "../../src/clock.ts";
import { SlackRefusal } from "./arguments.ts";
import type { Fields } from "./call.ts";
import { withIds } from "./controls.ts";
import { stateOf, type ViewState } from "./view-state.ts";
import type { Workspace } from "./workspace.ts";

/** As the app gave it; checked. */
export type SentView = Readonly<Record<string, unknown>>;

export interface SlackView {
  readonly id: string;
  /** Changes with each update; sent back, it tells an update that came too late. */
  readonly hash: string;
  /** Whose Home tab it is; null for a modal. */
  readonly user: string | null;
  /** Who sees the modal; null for a Home tab, and for a trigger that nobody caused. */
  readonly openedBy: string | null;
  readonly rootId: string;
  /** The modal below it. */
  readonly previousId: string | null;
  readonly view: SentView;
  readonly state: ViewState;
  /** By block id: what the last submission was refused for. */
  readonly errors: Readonly<Record<string, string>>;
}

interface Trigger {
  readonly user: string | null;
  /** The modal that it was caused in, which alone can push. */
  readonly viewId: string | null;
  readonly issuedAt: Instant;
  used: boolean;
}

const TRIGGER_MS = 3_000;
const STACK_LIMIT = 3;

export class Views {
  readonly #workspace: Workspace;
  readonly #byId = new Map<string, SlackView>();
  readonly #triggers = new Map<string, Trigger>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** A trigger id as a click or a command carries one: good once, for 3 seconds. */
  issueTrigger(user: string | null = null, viewId: string | null = null): string {
    const id = this.#workspace.newId("trigger.");
    this.#triggers.set(id, { user, viewId, issuedAt: this.#workspace.clock.now(), used: false });
    return id;
  }

  /** A trigger is good once, and only for a moment. */
  spend(triggerId: string): Trigger {
    const trigger = this.#triggers.get(triggerId);
    if (trigger === undefined) throw new SlackRefusal("invalid_trigger_id");
    if (trigger.used) throw new SlackRefusal("exchanged_trigger_id");
    if (this.#workspace.clock.now() - trigger.issuedAt > TRIGGER_MS) throw new SlackRefusal("expired_trigger_id");
    trigger.used = true;
    return trigger;
  }

  all(): readonly SlackView[] {
    return [...this.#byId.values()];
  }

  home(user: string): SlackView | undefined {
    return this.all().find((view) => view.user === user);
  }

  /** The modal that the person has before them. */
  top(user: string | null): SlackView | undefined {
    return this.#stack(user).at(-1);
  }

  setState(id: string, state: ViewState): SlackView {
    return this.#change(id, { state });
  }

  setErrors(id: string, errors: Readonly<Record<string, string>>): void {
    this.#change(id, { errors });
  }

  /** Instead of what the person had open: an app has one stack for each person. */
  open(user: string | null, view: SentView): SlackView {
    this.clear(user);
    return this.#add({ user: null, openedBy: user, previousId: null }, null, view);
  }

  publish(user: string, view: SentView): SlackView {
    const current = this.home(user);
    if (current !== undefined) return this.replace(current.id, view);
    return this.#add({ user, openedBy: null, previousId: null }, null, view);
  }

  replace(id: string, view: SentView): SlackView {
    const state = stateOf(blocksOf(view), this.#known(id).state);
    return this.#change(id, { view, state, errors: {}, hash: this.#workspace.newTs() });
  }

  /** Puts a modal on top of another. */
  pushOnto(id: string, view: SentView): SlackView {
    const below = this.#known(id);
    if (this.#stack(below.openedBy).length >= STACK_LIMIT) throw new SlackRefusal("push_limit_reached");
    const place = { user: null, openedBy: below.openedBy, previousId: below.id };
    return this.#add(place, below.rootId, view);
  }

  close(id: string): void {
    this.#byId.delete(id);
  }

  clear(user: string | null): void {
    for (const { id } of this.#stack(user)) this.#byId.delete(id);
  }

  /** As Slack writes it down in answers and payloads. */
  format(stored: SlackView): Fields {
    const { appId: app_id, botId: bot_id, teamId } = this.#workspace.installation;
    const { id, hash, view, state, rootId: root_view_id, previousId: previous_view_id } = stored;
    const unsaid = { private_metadata: "", callback_id: "", external_id: "" };
    const modal = { title: null, submit: null, close: null, clear_on_close: false, notify_on_close: false };
    const team = { app_id, bot_id, team_id: teamId, app_installed_team_id: teamId };
    const shown = { ...view, blocks: withIds(blocksOf(view)) };
    const ids = { id, hash, root_view_id, previous_view_id, state: { values: state } };
    return { ...unsaid, ...modal, ...shown, ...ids, ...team };
  }

  #add(place: Pick<SlackView, "user" | "openedBy" | "previousId">, rootId: string | null, view: SentView): SlackView {
    const id = this.#workspace.newId("V");
    const hash = this.#workspace.newTs();
    const stored = { id, hash, rootId: rootId ?? id, ...place, view, state: stateOf(blocksOf(view)), errors: {} };
    this.#byId.set(id, stored);
    return stored;
  }

  #change(id: string, change: Partial<SlackView>): SlackView {
    const changed = { ...this.#known(id), ...change };
    this.#byId.set(id, changed);
    return changed;
  }

  #known(id: string): SlackView {
    const view = this.#byId.get(id);
    if (view === undefined) throw new SlackRefusal("not_found");
    return view;
  }

  /** Bottom first: ids are given in order, and only the top is pushed onto. */
  #stack(user: string | null): readonly SlackView[] {
    return this.all().filter((view) => view.user === null && view.openedBy === user);
  }
}

export function blocksOf(view: SentView): readonly unknown[] {
  return Array.isArray(view.blocks) ? view.blocks : [];
}
