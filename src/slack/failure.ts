/** Work that failed after Slack was answered: the person who waits is told where they are, the log has the rest. */
import { randomUUID } from "node:crypto";
import { AuthorizationError } from "@slack/bolt";
import { NotInstalled } from "../state/installations.ts";
import type { Desk } from "./desk.ts";
import { readInteraction } from "./interaction.ts";
import { couldNotSave, notInstalled } from "./messages/replies.ts";

export async function tellFailure(body: Readonly<Record<string, unknown>>, error: Error, desk: Desk): Promise<void> {
  const interaction = readInteraction(body);
  if (error instanceof AuthorizationError && error.original instanceof NotInstalled) {
    // Nothing is wrong with us: a workspace that uninstalled, and still has our messages.
    desk.log.info(
      { err: error, user: interaction?.user },
      "Refused a person of a workspace that has not installed Signalbox",
    );
    if (interaction !== null) await desk.tell(interaction, notInstalled());
    return;
  }
  const reference = randomUUID().slice(0, 8);
  const what = { type: typeof body.type === "string" ? body.type.slice(0, 40) : "command", reference };
  desk.log.error({ ...what, user: interaction?.user, err: error }, "Cannot do what a person asked for");
  if (interaction === null) return;
  await desk.tell({ ...interaction, team: desk.workspaceKey(interaction.team) }, couldNotSave(reference));
}
