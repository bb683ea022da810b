/** Whom an alert addresses: the author of the commit with which the branch turned red, once. */
import { z } from "zod";
import type { Notify } from "./command.ts";
import { SlackUser } from "./ids.ts";

const How = z.enum(["channel", "dm", "off"]) satisfies z.ZodType<Notify>;

export const Mention = z.object({
  /** The build whose author it is. */
  build: z.number(),
  /** null: nobody in Slack is known to be the author. */
  user: SlackUser.nullable(),
  /** As they wanted it when the branch broke. */
  how: How,
  /** The message that would have pinged them was sent before it was known who they are: an edit pings nobody. */
  late: z.boolean(),
  /** They said that they are the wrong person. */
  declined: z.boolean(),
});
export type Mention = z.infer<typeof Mention>;

/** The author, as far as they and we know. */
export function authorIn(mention: Mention | null): SlackUser | null {
  return mention === null || mention.declined ? null : mention.user;
}

/** The author, when the alert's message is where they want to read of it. */
export function mentionedIn(mention: Mention | null): SlackUser | null {
  return mention?.how === "channel" ? authorIn(mention) : null;
}
