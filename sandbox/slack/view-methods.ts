/** `views.*`: under the rules of trigger ids, hashes and what a view may hold. */
import { type Arguments, SlackRefusal } from "./arguments.ts";
import { checkView, type Surface } from "./block-kit-view.ts";
import type { Call, Fields, Method } from "./call.ts";
import type { SentView, SlackView } from "./views.ts";

export const viewMethods: Readonly<Record<string, Method>> = {
  "views.open": { scope: null, run: open },
  "views.push": { scope: null, run: push },
  "views.update": { scope: null, run: update },
  "views.publish": { scope: null, run: publish },
};

function open({ args, views }: Call): Fields {
  const view = readView(args, "modal");
  const { user } = views.spend(args.required("trigger_id", "invalid_trigger_id"));
  return { view: views.format(views.open(user, view)) };
}

/** Only what a person did in a modal can put another on top of it. */
function push({ args, views }: Call): Fields {
  const view = readView(args, "modal");
  const { viewId } = views.spend(args.required("trigger_id", "invalid_trigger_id"));
  if (viewId === null) throw new SlackRefusal("invalid_trigger_id");
  return { view: views.format(views.pushOnto(viewId, view)) };
}

function update({ args, views }: Call): Fields {
  const id = args.text("view_id");
  const external = args.text("external_id");
  const current = views
    .all()
    .find((each) => (id === undefined ? external !== undefined && each.view.external_id === external : each.id === id));
  if (current === undefined) throw new SlackRefusal("not_found");
  const view = readView(args, current.user === null ? "modal" : "home");
  checkHash(args, current);
  return { view: views.format(views.replace(current.id, view)) };
}

function publish({ args, views, workspace }: Call): Fields {
  const user = args.required("user_id", "invalid_arguments");
  if (!workspace.users.has(user)) throw new SlackRefusal("invalid_arguments", explain("invalid `user_id`"));
  const view = readView(args, "home");
  checkHash(args, views.home(user));
  return { view: views.format(views.publish(user, view)) };
}

function readView(args: Arguments, surface: Surface): SentView {
  const view = args.json("view", "invalid_arguments");
  if (typeof view !== "object" || view === null) {
    throw new SlackRefusal("invalid_arguments", explain("missing required field: view"));
  }
  const problems = checkView(view, surface);
  const error = problems[0]?.error;
  if (error === undefined) return { ...view };
  throw new SlackRefusal(
    error,
    explain(...problems.map(({ message, pointer }) => `${message} [json-pointer:${pointer}]`)),
  );
}

function checkHash(args: Arguments, current: SlackView | undefined): void {
  const hash = args.text("hash");
  if (hash !== undefined && hash !== "" && hash !== current?.hash) throw new SlackRefusal("hash_conflict");
}

function explain(...messages: readonly string[]): Fields {
  return { response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) } };
}
