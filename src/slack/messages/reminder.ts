/** What the author of a change is told directly, when nobody has taken the alert for a while. */
import { toAuthor } from "./author.ts";
import type { Message } from "./blocks.ts";
import { md } from "./mrkdwn.ts";
import { branchName, buildLink, pipelineName } from "./parts.ts";
import type { AlertView } from "./view.ts";
import { dateTime } from "./words.ts";

/** @param permalink Where the alert's message is, when Slack has told. */
export function reminderMessage(
  view: Pick<AlertView, "alert" | "version" | "handling">,
  permalink: string | null,
): Message {
  const { alert, handling } = view;
  const since = handling.kind === "open" ? dateTime(handling.since) : null;
  const nobody = since === null ? md`nobody is on it` : md`nobody is on it since ${since}`;
  const build = buildLink(alert, alert.since.number, md`your build #${alert.since.number}`);
  return toAuthor(
    md`:bell: ${branchName(alert)} of ${pipelineName(alert)} is red since ${build}, and ${nobody}.`,
    view,
    permalink,
  );
}
