/** "Wrong person?": the mention is taken back. */
import type { AlertId, SlackUser } from "../../domain/ids.ts";
import { authorIn } from "../../domain/mention.ts";
import { spell } from "../../jobs/subjects.ts";
import { type Act, type Acting, actOn, auditEntry } from "./acting.ts";

/** Changes nothing when the alert does not name `wrong` any more. */
export async function declineMention(id: AlertId, wrong: SlackUser, act: Act, acting: Acting): Promise<void> {
  await actOn(id, acting, ({ organization, stored: { mention } }) => {
    if (mention === null || authorIn(mention) !== wrong) return { result: null };
    return {
      result: null,
      change: {
        mention: { ...mention, declined: true },
        audit: auditEntry("declineMention", act, acting.clock.now(), id, wrong),
      },
      subjects: [spell("answerPerson", { organization, alert: id })],
    };
  });
}
