/** What an alert offers: at most four buttons, and the rest in the overflow. Nothing once it is fixed. */
import type { ActionsBlock, Button, Overflow, PlainTextOption } from "@slack/types";
import { type ActionId, actionIds } from "../action-ids.ts";
import { present } from "./blocks.ts";
import { logUrl } from "./causes.ts";
import { actions, button, carryingOption, confirmed, linkButton, overflow, question } from "./elements.ts";
import { messageUrl } from "./links.ts";
import { type AlertView, buttonValue, type FailingView } from "./view.ts";

export function alertButtons(view: FailingView): ActionsBlock[] {
  const log = logUrl(view.alert);
  const buttons = [
    acknowledgeButton(view),
    rerunButton(view),
    muteButton(view),
    log === null ? null : linkButton("View log", log),
  ];
  return actions(present(buttons), `actions:${view.version}`);
}

/** In a list of alerts: what one does most, and the way to the rest. */
export function rowButtons({ alert, ...view }: AlertView, permalink: string | null): ActionsBlock[] {
  if (alert.status === "fixed") return [];
  const failing = { ...view, alert };
  const url = messageUrl(permalink);
  const open = url === null ? null : linkButton("Open the alert", url);
  return actions(present([acknowledgeButton(failing), rerunButton(failing), muteButton(failing), open]));
}

/** For the plain layout: what matters most is that somebody can say "I am on it". */
export function onlyAcknowledge(view: AlertView): ActionsBlock[] {
  const needed = view.alert.status === "failing";
  return needed ? actions(present([acknowledgeButton(view)]), `actions:${view.version}`) : [];
}

function acknowledgeButton(view: AlertView): Button | null {
  const open = view.handling.kind === "open";
  return open ? button(actionIds.acknowledge, "Acknowledge", buttonValue(view), "primary") : null;
}

function muteButton(view: FailingView): Button {
  const value = buttonValue(view);
  return view.silence === null ? button(actionIds.mute, "Mute…", value) : button(actionIds.unmute, "Unmute", value);
}

/** Most of what is in it, somebody else would notice; and it opens close to where one scrolls. */
const sure = question("Go ahead?", "Everybody in the channel will see it, with your name.", "Yes");

export function alertOverflow(view: FailingView): Overflow | null {
  const { handling, mention } = view;
  const offer = (label: string, action: ActionId) => carryingOption(label, { action, value: buttonValue(view) });
  const options: (PlainTextOption | null)[] = [
    handling.kind === "acknowledged" ? offer("Un-acknowledge", actionIds.unacknowledge) : null,
    handling.kind === "acknowledged" ? offer("Take over", actionIds.takeOver) : null,
    offersOf(view).overflow ? offer("Rebuild", actionIds.rebuild) : null,
    mention === null ? null : offer("Wrong person?", actionIds.decline),
  ];
  return overflow(present(options), sure);
}

function rerunButton(view: FailingView): Button | null {
  const { number } = view.alert.newest;
  const { failedJobs } = view.alert.verdict;
  switch (offersOf(view).button) {
    case "retry": {
      const jobs =
        failedJobs > 1 ? `the ${failedJobs} failed jobs` : failedJobs === 1 ? "the failed job" : "what failed";
      const ask = question("Rerun failed jobs?", `Buildkite runs ${jobs} of build #${number} again.`, "Rerun");
      return confirmed(button(actionIds.rerun, "Rerun failed jobs", buttonValue(view)), ask);
    }
    case "rebuild": {
      const ask = question("Rebuild?", `Buildkite makes a new build of the commit of build #${number}.`, "Rebuild");
      return confirmed(button(actionIds.rebuild, "Rebuild", buttonValue(view)), ask);
    }
    case null:
      return null;
  }
}

interface Offers {
  readonly button: "retry" | "rebuild" | null;
  /** Rebuild, for whom a retry is not enough. */
  readonly overflow: boolean;
}

const nothing: Offers = { button: null, overflow: false };

/** One rerun per failure: what was asked for is not offered again until it failed, or was refused. */
function offersOf({ alert, rerun, canRerun }: FailingView): Offers {
  if (!canRerun) return nothing;
  switch (rerun.kind) {
    case "requested":
    case "running":
      return nothing;
    case "refused":
      if (!rerun.permanent) return { button: "retry", overflow: true };
      if (rerun.rerun.kind === "rebuild") return { button: "retry", overflow: false };
      return rerun.offer === "rebuild" ? { button: "rebuild", overflow: false } : nothing;
    case "none":
    case "failedAgain":
    case "passed":
      // Somebody was faster, in Buildkite itself: no failed job is left that could be retried.
      return { button: alert.verdict.retrying ? null : "retry", overflow: true };
  }
}
