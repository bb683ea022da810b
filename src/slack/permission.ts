/** Whether a person may do what they clicked or typed: finds out what the rules ask for, and nothing more. */
import type { SlackGroup, SlackUser } from "../domain/ids.ts";
import { mayAct, type Permission } from "../domain/permission.ts";
import type { SlackPerson } from "../domain/person.ts";
import type { ActionKind, ActionRules, Policy } from "../domain/policy.ts";
import type { PeopleStore } from "../state/people.ts";
import type { People } from "./people.ts";

/** Who asks to do what. */
export interface Attempt {
  /** All of them must be allowed. */
  readonly actions: readonly ActionKind[];
  /** Of the alert's route. */
  readonly rules: ActionRules;
  readonly user: SlackUser;
  /** The workspace that Slack says they belong to; null when it does not say. */
  readonly userTeam: string | null;
  /** As for `People`. */
  readonly team: string | null;
}

export type Decision =
  | Permission
  /** Slack could not be asked: they may try again. */
  | { readonly ok: false; readonly why: "unavailable" };

export interface Permissions {
  check(attempt: Attempt): Promise<Decision>;
}

export interface PermissionOptions {
  readonly people: Pick<People, "lookUp" | "groupMembers">;
  readonly store: Pick<PeopleStore, "linkOf">;
  readonly policy: Pick<Policy, "people">;
  /** The id of the workspace that `team` stands for; null while it is not known. */
  readonly workspaceOf: (team: string | null) => Promise<string | null>;
}

const noGroups: ReadonlySet<SlackGroup> = new Set();

export function createPermissions({ people, store, policy, workspaceOf }: PermissionOptions): Permissions {
  async function facts({ user, userTeam, team }: Attempt): Promise<SlackPerson> {
    const person = await people.lookUp(user, team);
    if (person.kind === "found") return person.value;
    // A user whom Slack does not show us can only be of elsewhere; while it cannot be asked, only the click says anything.
    const teams = userTeam === null ? [] : [userTeam];
    const stranger = person.kind === "none";
    return { id: user, name: user, timeZone: null, isBot: false, isGuest: false, deleted: false, stranger, teams };
  }

  /** An operator wrote down the login of theirs; an e-mail address is none. */
  function isMapped(user: SlackUser): boolean {
    return [...policy.people].some(([key, mapped]) => mapped === user && !key.includes("@"));
  }

  /** Those of the groups that they are in; null when it may be one of which Slack did not tell. */
  async function groupsOf(
    { user, team }: Attempt,
    asked: readonly SlackGroup[],
  ): Promise<ReadonlySet<SlackGroup> | null> {
    const members = await Promise.all(asked.map((group) => people.groupMembers(group, team)));
    const groups = asked.filter((_, i) => members[i]?.has(user));
    return groups.length === 0 && members.includes(null) ? null : new Set(groups);
  }

  async function checkOne(attempt: Attempt, person: SlackPerson, action: ActionKind): Promise<Decision> {
    const { rules, user, team } = attempt;
    const allowed = rules[action];
    const linked = allowed === "linked" && (isMapped(user) || (await store.linkOf(team, user)) !== null);
    const groups = typeof allowed === "string" ? noGroups : await groupsOf(attempt, allowed);
    const context = { workspaceTeam: await workspaceOf(team), linked, groups: groups ?? noGroups };
    const decision = mayAct(action, rules, person, context);
    return groups === null && !decision.ok && decision.why === "notInGroup"
      ? { ok: false, why: "unavailable" }
      : decision;
  }

  return {
    async check(attempt) {
      const person = await facts(attempt);
      for (const action of attempt.actions) {
        const decision = await checkOne(attempt, person, action);
        if (!decision.ok) return decision;
      }
      return { ok: true };
    },
  };
}
