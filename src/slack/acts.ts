/** What each button, select, overflow option and shortcut does. Tables: what is forgotten here does not compile. */
import { z } from "zod";
import { type AlertId, MuteId } from "../domain/ids.ts";
import { type ActionId, actionIds, readAlertValue, readCarried } from "./action-ids.ts";
import { activeMutes } from "./commands/lists.ts";
import type { Desk } from "./desk.ts";
import { type HomeShown, readHomeShown } from "./home.ts";
import type { MessageShortcut } from "./manifest.ts";
import { readHomePage } from "./messages/home.ts";
import { linkDialog } from "./messages/link-dialog.ts";
import { clickAgain, noLongerTracked } from "./messages/replies.ts";
import { openMuteDialog } from "./mute.ts";
import { type Answer, decline, handle, type Request, rerun, unmute, unmuteAlert } from "./perform.ts";

const NotifyChoice = z.enum(["dm", "channel", "off"]);
type Act = (value: string, request: Request, desk: Desk) => Answer;

const acts: { readonly [K in ActionId]: Act } = {
  [actionIds.acknowledge]: onAlert((id, request, desk) => handle(id, "acknowledge", request, desk)),
  [actionIds.unacknowledge]: onAlert((id, request, desk) => handle(id, "unacknowledge", request, desk)),
  [actionIds.takeOver]: onAlert((id, request, desk) => handle(id, "takeOver", request, desk)),
  [actionIds.confirm]: onAlert((id, request, desk) => handle(id, "confirm", request, desk)),
  [actionIds.handBack]: onAlert((id, request, desk) => handle(id, "handBack", request, desk)),
  [actionIds.rerun]: onAlert((id, request, desk) => rerun(id, "retry", request, desk)),
  [actionIds.rebuild]: onAlert((id, request, desk) => rerun(id, "rebuild", request, desk)),
  [actionIds.decline]: onAlert(decline),
  [actionIds.mute]: onAlert(openMuteDialog),
  [actionIds.unmute]: async (value, request, desk) => {
    const id = MuteId.safeParse(value);
    if (!id.success) return onAlert(unmuteAlert)(value, request, desk);
    const mutes = (await activeMutes(desk)).filter((mute) => mute.id === id.data);
    // In a list that only they see nothing else tells them that it worked.
    return unmute(mutes, null, { ...request, quiet: request.interaction.from === "home" }, desk);
  },
  [actionIds.link]: openLinkDialog,
  [actionIds.more]: async (value, request, desk) => {
    const carried = readCarried(value);
    return carried === null || carried.action === actionIds.more
      ? null
      : act(carried.action, carried.value, request, desk);
  },
  // A link that Slack opens by itself and tells us of.
  [actionIds.open]: async () => null,
  // Which page is shown is all that it changes: see `homeAfter`.
  [actionIds.homeMore]: async () => null,
  [actionIds.homeNotify]: async (value, { interaction }, desk) => {
    const notify = NotifyChoice.safeParse(value);
    if (notify.success) await desk.directory.setNotify(interaction.team, interaction.user, notify.data);
    return null;
  },
};

/** These change nothing that the Home tab shows, or not yet: a dialog is open. */
export const leavesHome = new Set<ActionId>([actionIds.open, actionIds.mute, actionIds.link]);

export function homeAfter(id: ActionId, value: string, body: unknown): HomeShown {
  const shown = readHomeShown(body);
  return id === actionIds.homeMore ? { ...shown, page: readHomePage(value) } : shown;
}

export const shortcuts: { readonly [K in MessageShortcut]: (id: AlertId, request: Request, desk: Desk) => Answer } = {
  "shortcut.acknowledge": (id, request, desk) => handle(id, "acknowledge", request, desk),
  "shortcut.mute": openMuteDialog,
};

export function act(id: ActionId, value: string, request: Request, desk: Desk): Answer {
  return acts[id](value, request, desk);
}

function onAlert(run: (id: AlertId, request: Request, desk: Desk) => Answer): Act {
  return async (value, request, desk) => {
    const named = readAlertValue(value);
    return named === null ? noLongerTracked() : run(named.alert, request, desk);
  };
}

async function openLinkDialog(value: string, { interaction }: Request, desk: Desk): Answer {
  const { triggerId, channel, team, user } = interaction;
  const slack = await desk.slackOf(team);
  if (slack === null || triggerId === null) return clickAgain();
  try {
    await slack.openView(triggerId, linkDialog({ carried: readCarried(value), channel }));
    return null;
  } catch (error) {
    desk.log.info({ err: error, user }, "Cannot open the dialog that links a login");
    return clickAgain();
  }
}
