/** Who somebody of GitHub is when they do something: their Slack user where that is known, and else themselves. */
import type { AuditEntry } from "../domain/audit.ts";
import type { Effect } from "../domain/comment-plan.ts";
import { type Actor, isInSlack } from "../domain/handling.ts";
import type { SlackGroup, SlackUser } from "../domain/ids.ts";
import { actionsOfMute } from "../domain/permission.ts";
import { GithubLogin } from "../domain/person.ts";
import { type ActionKind, type Policy, settingsFor, settingsOfPipeline } from "../domain/policy.ts";
import type { Act } from "../handlers/slack/acting.ts";
import { Later } from "../later.ts";
import type { Tools } from "./job.ts";

export interface GithubPerson {
  readonly act: Act;
  /** As the IANA database names it. */
  readonly timeZone: string;
}

/** @returns null for a login that no person has. While Slack cannot be asked, they are nobody there. */
export async function personOf(
  login: string,
  from: Extract<AuditEntry["from"], "comment" | "check">,
  { people }: Pick<Tools, "people">,
): Promise<GithubPerson | null> {
  const known = GithubLogin.safeParse(login);
  if (!known.success) return null;
  const found = await people.resolve([{ username: login, name: null, email: null }], null);
  if (found.kind !== "found") return { act: { actor: { login: known.data }, from }, timeZone: "UTC" };
  const person = await people.who(found.value, null);
  const actor: Actor = { user: found.value, name: person?.name ?? login };
  return { act: { actor, from }, timeZone: person?.timeZone ?? "UTC" };
}

/** While Slack does not tell who is in a user group: nobody is refused for that. */
const askAgainAfterMs = 60_000;

/**
 * Who may write to the repository may do here what a channel's members may in Slack. Where an operator has named the user
 * groups that may, they must be in one of them, as in Slack.
 * @throws Later while Slack cannot be asked: what is decided is kept, and must not be wrong.
 */
export async function mayCarryOut(
  effect: Effect,
  { actor }: Act,
  policy: Policy,
  { people, clock }: Pick<Tools, "people" | "clock">,
): Promise<boolean> {
  for (const { actions } of rulesOf(effect, policy)) {
    for (const action of actionsOf(effect, clock.now())) {
      const allowed = actions[action];
      if (typeof allowed === "string") continue;
      const isMember = isInSlack(actor)
        ? await isInOne(actor.user, allowed, people)
        : await isNobody(actor.login, people);
      if (isMember === null) throw new Later("Slack cannot tell who is in a user group", clock.now() + askAgainAfterMs);
      if (!isMember) return false;
    }
  }
  return true;
}

function rulesOf(effect: Effect, policy: Policy) {
  if (effect.kind === "rerun") return [settingsFor(policy, effect)];
  const { scope } = effect;
  return scope.kind === "jobEverywhere" ? settingsOfPipeline(policy, scope.pipeline) : [settingsFor(policy, scope)];
}

function actionsOf(effect: Effect, now: number): readonly ActionKind[] {
  switch (effect.kind) {
    case "rerun":
      return ["rerun"];
    case "mute":
      return actionsOfMute(effect.scope.kind, effect.until, now);
    case "unmute":
      return ["mute"];
  }
}

/** @returns null when it may be a group of which Slack did not tell. */
async function isInOne(
  user: SlackUser,
  groups: readonly SlackGroup[],
  people: Tools["people"],
): Promise<boolean | null> {
  const members = await Promise.all(groups.map((group) => people.groupMembers(group, null)));
  if (members.some((users) => users?.has(user) === true)) return true;
  return members.includes(null) ? null : false;
}

/** Whether a login that stood for nobody in Slack is in no group: false, or null when it may well be somebody's. */
async function isNobody(login: string, people: Tools["people"]): Promise<false | null> {
  const found = await people.resolve([{ username: login, name: null, email: null }], null);
  return found.kind === "none" ? false : null;
}
