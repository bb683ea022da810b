/** Who is on it, and how the rerun goes: what people did about an alert, without a ping. */
import type { Handling } from "../../domain/handling.ts";
import type { RerunProgress } from "../../domain/rerun.ts";
import { foreign, type Mrkdwn, md } from "./mrkdwn.ts";
import { buildLink } from "./parts.ts";
import { actorName } from "./people.ts";
import type { AlertView } from "./view.ts";
import { dateTime } from "./words.ts";

const longestRefusal = 200;

export function onItLine(handling: Handling): Mrkdwn | null {
  if (handling.kind === "open") return null;
  const since = dateTime(handling.at);
  const who = md`:eyes: *${actorName(handling.by)}* is on it`;
  return since === null ? who : md`${who} since ${since}`;
}

export function wasOnItLine(handling: Handling): Mrkdwn | null {
  return handling.kind === "open" ? null : md`:eyes: *${actorName(handling.by)}* was on it`;
}

export function rerunLine({ alert, rerun: progress }: Pick<AlertView, "alert" | "rerun">): Mrkdwn | null {
  if (progress.kind === "none") return null;
  const { kind, by, outcome } = progress.rerun;
  const what = md`${kind === "retry" ? md`Rerun` : md`Rebuild`} by *${actorName(by)}*`;
  const build = kind === "rebuild" && outcome.kind === "running" ? md` (${buildLink(alert, outcome.build)})` : md``;
  const line = md`:arrows_counterclockwise: ${what}${build}`;
  return md`${line} ${progressWords(progress)}`;
}

function progressWords(progress: RerunProgress): Mrkdwn {
  switch (progress.kind) {
    case "none":
      return md`was not asked for`;
    case "requested":
      return md`is about to start`;
    case "running":
      return md`is running`;
    case "failedAgain":
      return md`failed again`;
    case "passed":
      return md`passed`;
    case "refused":
      return md`was refused: ${foreign(progress.reason, longestRefusal) ?? md`Buildkite gave no reason`}`;
  }
}
