/** `views.*`: modals and Home tabs are stored as they were sent, under the rules of trigger ids and hashes. */
import type { Instant } from "../../src/clock.ts";
import { type Arguments, SlackRefusal } from "./arguments.ts";
import type { Call, Fields, Method } from "./call.ts";
import { installation, type Workspace } from "./workspace.ts";

export interface SlackView {
  readonly id: string;
  /** Changes with each update; sent back, it tells an update that came too late. */
  readonly hash: string;
  /** Whose Home tab it is; null for a modal. */
  readonly user: string | null;
  readonly view: Readonly<Record<string, unknown>>;
}

const BYTES_LIMIT = 250_000;
const TRIGGER_MS = 3_000;

export class Views {
  readonly #workspace: Workspace;
  readonly #byId = new Map<string, SlackView>();
  readonly #triggers = new Map<string, { readonly issuedAt: Instant; used: boolean }>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  readonly methods: Readonly<Record<string, Method>> = {
    "views.open": { scope: null, run: (call) => this.#open(call) },
    "views.update": { scope: null, run: (call) => this.#update(call) },
    "views.publish": { scope: null, run: (call) => this.#publish(call) },
  };

  /** A trigger id as a click or a command carries one: good once, for 3 seconds. */
  issueTrigger(): string {
    const id = this.#workspace.newId("trigger.");
    this.#triggers.set(id, { issuedAt: this.#workspace.clock.now(), used: false });
    return id;
  }

  all(): readonly SlackView[] {
    return [...this.#byId.values()];
  }

  home(user: string): SlackView | undefined {
    return this.all().find((view) => view.user === user);
  }

  #open({ args }: Call): Fields {
    const view = readView(args, "modal");
    const trigger = this.#triggers.get(args.required("trigger_id", "invalid_trigger_id"));
    if (trigger === undefined) throw new SlackRefusal("invalid_trigger_id");
    if (trigger.used) throw new SlackRefusal("exchanged_trigger_id");
    if (this.#workspace.clock.now() - trigger.issuedAt > TRIGGER_MS) throw new SlackRefusal("expired_trigger_id");
    trigger.used = true;
    return this.#store(this.#workspace.newId("V"), null, view);
  }

  #update({ args }: Call): Fields {
    const id = args.text("view_id");
    const external = args.text("external_id");
    const current = this.all().find((each) =>
      id === undefined ? external !== undefined && each.view.external_id === external : each.id === id,
    );
    if (current === undefined) throw new SlackRefusal("not_found");
    const view = readView(args, current.user === null ? "modal" : "home");
    checkHash(args, current);
    return this.#store(current.id, current.user, view);
  }

  #publish({ args, workspace }: Call): Fields {
    const user = args.required("user_id", "invalid_arguments");
    if (!workspace.users.has(user)) throw new SlackRefusal("invalid_arguments", explain("invalid `user_id`"));
    const view = readView(args, "home");
    const current = this.home(user);
    checkHash(args, current);
    return this.#store(current?.id ?? workspace.newId("V"), user, view);
  }

  #store(id: string, user: string | null, view: Readonly<Record<string, unknown>>): Fields {
    const stored: SlackView = { id, hash: this.#workspace.newTs(), user, view };
    this.#byId.set(id, stored);
    const { appId: app_id, botId: bot_id, teamId: team_id } = installation;
    return {
      view: { ...view, id, hash: stored.hash, root_view_id: id, state: { values: {} }, app_id, bot_id, team_id },
    };
  }
}

function readView(args: Arguments, type: "modal" | "home"): Readonly<Record<string, unknown>> {
  const view = args.json("view", "invalid_arguments");
  if (typeof view !== "object" || view === null) {
    throw new SlackRefusal("invalid_arguments", explain("missing required field: view"));
  }
  const fields: Readonly<Record<string, unknown>> = { ...view };
  if (fields.type !== type) throw new SlackRefusal("invalid_arguments", explain(`view must be of type ${type}`));
  if (!Array.isArray(fields.blocks) || fields.blocks.length > 100) {
    throw new SlackRefusal("invalid_arguments", explain("no more than 100 items allowed [json-pointer:/view/blocks]"));
  }
  if (Buffer.byteLength(JSON.stringify(view)) > BYTES_LIMIT) throw new SlackRefusal("view_too_large");
  return fields;
}

function checkHash(args: Arguments, current: SlackView | undefined): void {
  const hash = args.text("hash");
  if (hash !== undefined && hash !== "" && hash !== current?.hash) throw new SlackRefusal("hash_conflict");
}

function explain(message: string): Fields {
  return { response_metadata: { messages: [`[ERROR] ${message}`] } };
}
