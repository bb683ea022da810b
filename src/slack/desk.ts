/** What the listeners work with: everything a click, a dialog or a command may need. */
import type { Logger } from "pino";
import type { Acting } from "../handlers/slack/acting.ts";
import type { Tools } from "../jobs/job.ts";
import type { Triggers } from "../jobs/queue.ts";
import type { Audit } from "../state/audit.ts";
import type { Marks } from "../state/marks.ts";
import type { PeopleStore } from "../state/people.ts";
import type { ShownLists } from "../state/shown-lists.ts";
import type { SlackClient } from "./client.ts";
import { type Interaction, readInteraction } from "./interaction.ts";
import type { Message } from "./messages/blocks.ts";
import type { Permissions } from "./permission.ts";
import type { Tell } from "./tell.ts";

export interface Desk
  extends Acting,
    Pick<Tools, "slots" | "builds" | "told" | "people" | "subscriptions" | "policies" | "verdicts" | "buildkite"> {
  readonly marks: Marks;
  readonly triggers: Triggers;
  readonly audit: Audit;
  readonly directory: PeopleStore;
  readonly shownLists: ShownLists;
  readonly permissions: Permissions;
  /** @param team null: the workspace of the token in the environment. */
  readonly slackOf: (team: string | null) => Promise<SlackClient | null>;
  /** null for the workspace of the token in the environment, whatever its id is. */
  readonly workspaceKey: (team: string | null) => string | null;
  readonly tell: Tell;
  /** After `app_uninstalled` or `tokens_revoked`. */
  readonly forgetWorkspace: (id: string, at: number) => Promise<void>;
  readonly log: Logger;
}

/**
 * Who did it; null when nobody did: an event about the app itself. In our own workspace `team` is null, whatever its id:
 * what is stored for it must be found again.
 */
export function personOf(body: unknown, desk: Desk): Interaction | null {
  const interaction = readInteraction(body);
  return interaction === null ? null : { ...interaction, team: desk.workspaceKey(interaction.team) };
}

export async function answer(interaction: Interaction, message: Message | null, desk: Desk): Promise<void> {
  if (message !== null) await desk.tell(interaction, message);
}
