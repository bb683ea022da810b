/** Records that a person wants a red build to run again; a triggered job asks Buildkite. */
import type { AlertState } from "../../domain/alert.ts";
import { nameOfFailure } from "../../domain/alert.ts";
import type { AlertId } from "../../domain/ids.ts";
import { type Rerun, standsInTheWay } from "../../domain/rerun.ts";
import { spell } from "../../jobs/subjects.ts";
import { type Act, type Acting, actOn, auditEntry } from "./acting.ts";

export type RerunAsked =
  | { readonly kind: "asked"; readonly rerun: Rerun }
  /** Somebody, perhaps the same person, has asked for it: one is enough. */
  | { readonly kind: "already"; readonly rerun: Rerun }
  /** The alert says that it is being retried, and nobody asked here. */
  | { readonly kind: "retrying" }
  | { readonly kind: "fixed"; readonly alert: Extract<AlertState, { status: "fixed" }> }
  | { readonly kind: "noToken" }
  | { readonly kind: "gone" };

export async function rerunAlert(id: AlertId, what: Rerun["kind"], act: Act, acting: Acting): Promise<RerunAsked> {
  if (acting.config.buildkite.apiToken === null) return { kind: "noToken" };
  const asked = await actOn<RerunAsked>(id, acting, ({ organization, stored }) => {
    const { state } = stored;
    if (state.status === "fixed") return { result: { kind: "fixed", alert: state } };
    if (standsInTheWay(stored.rerun, what, state)) return { result: { kind: "already", rerun: stored.rerun } };
    if (what === "retry" && state.verdict.retrying) return { result: { kind: "retrying" } };
    const now = acting.clock.now();
    const build = state.newest.number;
    const rerun: Rerun = {
      kind: what,
      build,
      failure: nameOfFailure(state),
      by: act.actor,
      at: now,
      outcome: { kind: "requested" },
    };
    const ref = { organization, alert: id };
    return {
      result: { kind: "asked", rerun },
      change: {
        rerun,
        audit: auditEntry(what === "retry" ? "rerun" : "rebuild", act, now, id, `build #${build}`),
      },
      subjects: [spell("rerun", ref), spell("answerPerson", ref)],
    };
  });
  return asked ?? { kind: "gone" };
}
