/** The calls that show dialogs and Home tabs. */
import type { HomeView, ModalView } from "@slack/types";
import { z } from "zod";
import type { Call } from "./call.ts";
import type { SlackMethod } from "./manifest.ts";

interface ShownView {
  readonly id: string;
  /** Sent back with an update, it lets Slack refuse (`hash_conflict`) to show what somebody else has changed since. */
  readonly hash: string;
}

export interface ViewCalls {
  /** Refused with `expired_trigger_id` when the click is more than three seconds ago. */
  openView(triggerId: string, view: ModalView): Promise<ShownView>;
  updateView(viewId: string, view: ModalView, hash?: string): Promise<ShownView>;
  publishHome(user: string, view: HomeView, hash?: string): Promise<ShownView>;
}

const Answer = z.object({ view: z.object({ id: z.string(), hash: z.string() }) });

export function viewCalls(call: Call): ViewCalls {
  async function show(method: SlackMethod, args: Record<string, unknown>): Promise<ShownView> {
    return Answer.parse(await call(method, args)).view;
  }

  return {
    openView: (trigger_id, view) => show("views.open", { trigger_id, view }),
    updateView: (view_id, view, hash) => show("views.update", { view_id, view, ...(hash !== undefined && { hash }) }),
    publishHome: (user_id, view, hash) => show("views.publish", { user_id, view, ...(hash !== undefined && { hash }) }),
  };
}
