/**
 * What people do about an alert. CI alone says whether it is failing or fixed; people alone say who is on it. Neither can
 * undo the other: an acknowledgement resolves nothing, and a fix does not forget who was on it.
 */
import { z } from "zod";
import type { Instant } from "../clock.ts";
import { SlackUser } from "./ids.ts";
import { GithubLogin } from "./person.ts";

/** A person of Slack who did something. */
export const SlackActor = z.object({
  user: SlackUser,
  /** As Slack showed it when they acted; never used to tell people apart. */
  name: z.string(),
});
export type SlackActor = z.infer<typeof SlackActor>;

/** A person of GitHub who did something there, and whom we do not know in Slack. */
const GithubActor = z.object({ login: GithubLogin });

export const Actor = z.union([SlackActor, GithubActor]);
export type Actor = z.infer<typeof Actor>;

export function isInSlack(actor: Actor): actor is SlackActor {
  return "user" in actor;
}

/** Tells people apart. No member of Slack has a colon in their id. */
export function idOfActor(actor: Actor): string {
  return isInSlack(actor) ? actor.user : `github:${actor.login}`;
}

/** @param id As `idOfActor` spells it. @returns null for anybody but a person of GitHub. */
export function loginOfActor(id: string): string | null {
  return id.startsWith("github:") ? id.slice("github:".length) : null;
}

export function nameOfActor(actor: Actor): string {
  return isInSlack(actor) ? actor.name : `${actor.login} (GitHub)`;
}

export const Handling = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("open"),
    /** Since when nobody is on it: reminders count from here. */
    since: z.number(),
  }),
  z.object({
    kind: z.literal("acknowledged"),
    by: SlackActor,
    at: z.number(),
    /** When they last said that they are still on it; `at` at first. */
    confirmedAt: z.number(),
  }),
]);
export type Handling = z.infer<typeof Handling>;

export type HandlingAction = "acknowledge" | "unacknowledge" | "takeOver" | "confirm" | "handBack";

export type HandlingDecision =
  | { readonly kind: "changed"; readonly handling: Handling; readonly from: Handling }
  /** It is so already, and the same person made it so. */
  | { readonly kind: "same"; readonly handling: Handling }
  /** Somebody else is on it. */
  | { readonly kind: "taken"; readonly by: SlackActor; readonly at: Instant }
  /** There is nothing to give back or to confirm. */
  | { readonly kind: "notAcknowledged" };

/** Meaningful only while the alert is failing: the caller asks that first. */
export function decideHandling(
  current: Handling,
  action: HandlingAction,
  actor: SlackActor,
  now: Instant,
): HandlingDecision {
  const acknowledged: Handling = { kind: "acknowledged", by: actor, at: now, confirmedAt: now };
  const open: Handling = { kind: "open", since: now };
  if (current.kind === "open") {
    const takes = action === "acknowledge" || action === "takeOver";
    return takes ? { kind: "changed", handling: acknowledged, from: current } : { kind: "notAcknowledged" };
  }
  const own = current.by.user === actor.user;
  switch (action) {
    case "acknowledge":
      return own ? { kind: "same", handling: current } : { kind: "taken", by: current.by, at: current.at };
    case "takeOver":
      return own ? { kind: "same", handling: current } : { kind: "changed", handling: acknowledged, from: current };
    case "confirm":
      return own
        ? { kind: "changed", handling: { ...current, confirmedAt: now }, from: current }
        : { kind: "taken", by: current.by, at: current.at };
    case "unacknowledge":
    case "handBack":
      // Anybody may: the button asks for confirmation when it is not their own.
      return { kind: "changed", handling: open, from: current };
  }
}
