/** A person asked to run a red build again, from its alert. */
import { z } from "zod";
import { type AlertState, nameOfFailure } from "./alert.ts";
import { Actor } from "./handling.ts";

export const Rerun = z.object({
  /** `retry`: the failed jobs, in the same build; `rebuild`: a new build of the same commit. */
  kind: z.enum(["retry", "rebuild"]),
  build: z.number(),
  /** Which failure of that build: a build may be retried, fail again, and be retried again. */
  failure: z.string(),
  by: Actor,
  at: z.number(),
  outcome: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("requested") }),
    /** Buildkite took it; `build` is the new one's number after a rebuild. */
    z.object({ kind: z.literal("running"), at: z.number(), build: z.number() }),
    z.object({
      kind: z.literal("refused"),
      at: z.number(),
      reason: z.string(),
      /** It would be refused again. A right can be granted; a canceled build stays canceled. */
      permanent: z.boolean(),
      /** What may work instead. */
      offer: z.enum(["rebuild"]).nullable(),
    }),
  ]),
});
export type Rerun = z.infer<typeof Rerun>;
type Refusal = Extract<Rerun["outcome"], { kind: "refused" }>;

/** Only one per failure, whoever asks and how often; unless it was refused, and another try may have more luck. */
export function standsInTheWay(current: Rerun | null, kind: Rerun["kind"], alert: AlertState): current is Rerun {
  if (current === null || current.failure !== nameOfFailure(alert)) return false;
  const { outcome } = current;
  return outcome.kind !== "refused" || (outcome.permanent && current.kind === kind);
}

/** Whether what failed is as it was when they asked: neither over, nor run again by now. */
export function isUntouched(rerun: Rerun, alert: AlertState): boolean {
  return alert.status === "failing" && nameOfFailure(alert) === rerun.failure && !alert.verdict.retrying;
}

/** Why nothing is to be gained by it any more; null: something is. */
export function overtakenBy({ build }: Rerun, alert: AlertState): string | null {
  if (alert.status === "fixed") return "the branch is green again";
  return alert.newest.number === build ? null : `build #${alert.newest.number} has failed since`;
}

export type RerunProgress =
  | { readonly kind: "none" }
  | { readonly kind: "requested" | "running" | "failedAgain" | "passed"; readonly rerun: Rerun }
  | ({ readonly kind: "refused"; readonly rerun: Rerun } & Pick<Refusal, "reason" | "permanent" | "offer">);

/** How a rerun went, by what became of the alert since. */
export function progressOf(rerun: Rerun | null, alert: AlertState): RerunProgress {
  if (rerun === null) return { kind: "none" };
  const { outcome } = rerun;
  if (outcome.kind === "refused") {
    const same = rerun.failure === nameOfFailure(alert) && alert.status === "failing";
    const { reason, permanent, offer } = outcome;
    return same ? { kind: "refused", rerun, reason, permanent, offer } : { kind: "none" };
  }
  const runs = outcome.kind === "running" ? outcome.build : rerun.build;
  if (alert.status === "fixed") {
    const fixer = alert.fixed.build?.number ?? alert.newest.number;
    return fixer === runs && alert.fixed.at >= rerun.at ? { kind: "passed", rerun } : { kind: "none" };
  }
  if (alert.newest.number === runs && nameOfFailure(alert) !== rerun.failure) {
    return { kind: alert.verdict.retrying ? "running" : "failedAgain", rerun };
  }
  // A newer build broke it too: the rerun is history.
  if (alert.newest.number > runs) return { kind: "none" };
  return { kind: outcome.kind === "running" ? "running" : "requested", rerun };
}
