/** Whom an alert addresses: the author of the commit with which the branch turned red, once. */
import { z } from "zod";
import { SlackUser } from "./ids.ts";

export const Mention = z.object({
  /** The build whose author it is. */
  build: z.number(),
  /** null: nobody in Slack is known to be the author. */
  user: SlackUser.nullable(),
  /** They said that they are the wrong person. */
  declined: z.boolean(),
});
export type Mention = z.infer<typeof Mention>;
