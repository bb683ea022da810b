/** Channels that asked for alerts besides the one that a route gives them to. */
import { z } from "zod";
import type { AlertState, Note } from "./alert.ts";
import { SlackActor } from "./handling.ts";
import type { BranchRef } from "./ids.ts";
import { matchesPattern } from "./policy.ts";
import { subscriptionEvents } from "./subscribe-command.ts";

export const Subscription = z.object({
  /** The channel's workspace; null: the one of the token in the environment. */
  team: z.string().nullable(),
  /** It has one subscription for a pipeline pattern. */
  channel: z.string().regex(/^[CDG][A-Z0-9]{2,}$/),
  /** Patterns with `*` for any text; null: all. */
  pipeline: z.string(),
  branch: z.string().nullable(),
  job: z.string().nullable(),
  /** null: everything. */
  only: z.array(z.enum(subscriptionEvents)).nullable(),
  by: SlackActor,
  at: z.number(),
});
export type Subscription = z.infer<typeof Subscription>;

/** Whoever names branches wants them watched; without, a subscription is for what is watched anyway. */
export function asksToTrack(subscription: Subscription, ref: Pick<BranchRef, "pipeline" | "branch">): boolean {
  return subscription.branch !== null && concernsBranch(subscription, ref);
}

/** The channels that an alert as it is now is posted to, each once. */
export function subscribedChannels(
  subscriptions: readonly Subscription[],
  alert: AlertState,
): ReadonlyMap<string, Pick<Subscription, "team">> {
  const wanted = subscriptions.filter(
    (each) => concernsBranch(each, alert) && concernsJobs(each, alert) && wantsMessage(each, alert),
  );
  return new Map(wanted.map(({ channel, team }) => [channel, { team }]));
}

/** Whoever wants to hear of the end alone hears of it then, and not of what ended before they asked. */
function wantsMessage({ only, at }: Subscription, alert: AlertState): boolean {
  const broken = only === null || only.includes("broken");
  return alert.status === "failing" ? broken : !broken && at < alert.fixed.at;
}

/** Whether a channel's thread tells this; what a message says of its alert is always true, whatever was asked for. */
export function wantsNote(
  subscriptions: readonly Subscription[],
  channel: string,
  alert: AlertState,
  note: Note,
): boolean {
  const own = subscriptions.filter(
    (subscription) => subscription.channel === channel && concernsBranch(subscription, alert),
  );
  return own.some(({ only }) => only === null || only.includes(note.kind === "fixed" ? "fixed" : "broken"));
}

function concernsBranch({ pipeline, branch }: Subscription, ref: Pick<BranchRef, "pipeline" | "branch">): boolean {
  return matchesPattern(pipeline, ref.pipeline) && matchesPattern(branch ?? "*", ref.branch);
}

function concernsJobs({ job }: Subscription, { verdict }: AlertState): boolean {
  return job === null || verdict.causes.some(({ name }) => matchesPattern(job, name));
}
