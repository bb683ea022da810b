/** Acknowledge, un-acknowledge, take over, confirm, hand back. */
import type { AlertState, Note } from "../../domain/alert.ts";
import {
  decideHandling,
  type Handling,
  type HandlingAction,
  type HandlingDecision,
  type SlackActor,
} from "../../domain/handling.ts";
import type { AlertId } from "../../domain/ids.ts";
import { spell } from "../../jobs/subjects.ts";
import { type Acting, actOn, auditEntry, type SlackAct } from "./acting.ts";

export type Handled =
  | HandlingDecision
  /** It was fixed meanwhile: nobody needs to be on it. */
  | { readonly kind: "fixed"; readonly alert: Extract<AlertState, { status: "fixed" }> }
  /** Nothing is known of such an alert any more. */
  | { readonly kind: "gone" };

export async function handleAlert(
  id: AlertId,
  action: HandlingAction,
  act: SlackAct,
  acting: Acting,
): Promise<Handled> {
  const handled = await actOn<Handled>(id, acting, ({ organization, stored }) => {
    const { state } = stored;
    if (state.status === "fixed") return { result: { kind: "fixed", alert: state } };
    const now = acting.clock.now();
    const decision = decideHandling(stored.handling, action, act.actor, now);
    if (decision.kind !== "changed") return { result: decision };
    const note = noteOf(decision.from, decision.handling, act.actor);
    const ref = { organization, alert: id };
    return {
      result: decision,
      change: {
        handling: decision.handling,
        audit: auditEntry(action, act, now, id),
        ...(note !== null && { notes: [{ id: `handling-${stored.version + 1}`, note }] }),
      },
      subjects: [spell("answerPerson", ref), spell("remind", ref)],
    };
  });
  return handled ?? { kind: "gone" };
}

/** A confirmation is no news for anybody else. */
function noteOf(from: Handling, to: Handling, actor: SlackActor): Note | null {
  if (to.kind === "open") {
    return from.kind === "acknowledged" ? { kind: "released", by: actor, was: from.by } : null;
  }
  if (from.kind === "open") return { kind: "acknowledged", by: to.by, over: null };
  return from.by.user === to.by.user ? null : { kind: "acknowledged", by: to.by, over: from.by };
}
