/** "Wrong person?": the mention is taken back, and the pair is remembered. */
import type { AlertId, SlackUser } from "../../domain/ids.ts";
import { spell } from "../../jobs/subjects.ts";
import { type Act, type Acting, actOn, auditEntry } from "./acting.ts";

/** @returns whom the alert named; null when it names nobody. */
export function declineMention(
  id: AlertId,
  act: Act,
  acting: Acting,
): Promise<{ user: SlackUser; build: number } | null> {
  return actOn(id, acting, ({ organization, stored: { mention } }) => {
    if (mention === null || mention.user === null || mention.declined) return { result: null };
    const { user, build } = mention;
    return {
      result: { user, build },
      change: {
        mention: { ...mention, declined: true },
        audit: auditEntry("declineMention", act, acting.clock.now(), id, user),
      },
      subjects: [spell("answerPerson", { organization, alert: id })],
    };
  });
}
