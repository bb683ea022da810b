/**
 * Who may act on an alert. Whoever sees its message could click: guests, bots and people of another workspace too, so
 * these are refused whatever the rules say. A route's rules narrow it further, action by action.
 */
import type { Instant } from "../clock.ts";
import type { SlackGroup } from "./ids.ts";
import { type MuteScope, needsReason } from "./mute.ts";
import type { SlackPerson } from "./person.ts";
import type { ActionKind, ActionRules } from "./policy.ts";

export interface PermissionContext {
  /** The workspace that Signalbox is installed in; null: not known yet. */
  readonly workspaceTeam: string | null;
  /** Their GitHub login is known. */
  readonly linked: boolean;
  /** Of the groups that the rule names, those they are in. */
  readonly groups: ReadonlySet<SlackGroup>;
}

export type Permission =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly why: "bot" | "guest" | "otherWorkspace" | "deactivated" | "notLinked";
    }
  | { readonly ok: false; readonly why: "notInGroup"; readonly groups: readonly SlackGroup[] };

export function mayAct(
  action: ActionKind,
  rules: ActionRules,
  person: SlackPerson,
  { workspaceTeam, linked, groups }: PermissionContext,
): Permission {
  if (person.deleted) return { ok: false, why: "deactivated" };
  if (person.isBot) return { ok: false, why: "bot" };
  if (person.stranger || isElsewhere(person.teams, workspaceTeam)) return { ok: false, why: "otherWorkspace" };
  if (person.isGuest) return { ok: false, why: "guest" };
  const allowed = rules[action];
  if (allowed === "channel") return { ok: true };
  if (allowed === "linked") return linked ? { ok: true } : { ok: false, why: "notLinked" };
  return allowed.some((group) => groups.has(group)) ? { ok: true } : { ok: false, why: "notInGroup", groups: allowed };
}

/** A mute that hides much takes what a rerun takes, and never less than a small one. */
export function actionsOfMute(scope: MuteScope["kind"], until: Instant | null, now: Instant): readonly ActionKind[] {
  return needsReason(scope, until, now) ? ["mute", "rerun"] : ["mute"];
}

function isElsewhere(teams: readonly string[], workspaceTeam: string | null): boolean {
  return workspaceTeam !== null && teams.length > 0 && !teams.includes(workspaceTeam);
}
