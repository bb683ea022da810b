/** Which branches are watched, and where their alerts go. */
import type { BranchRef, Channel, Pipeline, SlackGroup, SlackUser } from "./ids.ts";

export interface Match {
  /** Patterns with `*` for any text; absent matches all. */
  readonly pipeline?: string | undefined;
  readonly branch?: string | undefined;
}

/** Who may: everybody who is in the channel, people whose GitHub login is known, or the members of user groups. */
export type Allowed = "channel" | "linked" | readonly SlackGroup[];

export interface ActionRules {
  /** Also un-acknowledge, take over and confirm. */
  readonly acknowledge: Allowed;
  /** Also unmute. */
  readonly mute: Allowed;
  /** Also rebuild. */
  readonly rerun: Allowed;
}
export type ActionKind = keyof ActionRules;

/** All in ms. */
export interface ReminderRules {
  /** After how long without an acknowledgement the thread, then the author, then the owners are told. */
  readonly unacknowledged: readonly number[];
  /** After how long without progress whoever acknowledged is asked whether they are still on it; null: never. */
  readonly stillOnIt: number | null;
  /** How long they have to answer before the alert is open again. */
  readonly handBack: number;
}

/** What holds for the alerts of a branch. */
export interface RouteSettings {
  /** Told when the author does not answer, or is nobody we know. */
  readonly owners: SlackGroup | null;
  readonly actions: ActionRules;
  /** null: off. */
  readonly reminders: ReminderRules | null;
}

const hour = 60 * 60_000;
export const usualSettings: RouteSettings = {
  owners: null,
  actions: { acknowledge: "channel", mute: "channel", rerun: "linked" },
  reminders: {
    unacknowledged: [30 * 60_000, 2 * hour, 24 * hour],
    stillOnIt: 4 * hour,
    handBack: hour,
  },
};

interface Route extends RouteSettings {
  readonly match: Match;
  readonly channel: Channel;
}

export interface Policy {
  /** The first that matches decides. */
  readonly routes: readonly Route[];
  /** For alerts that no route matches. */
  readonly defaultChannel: Channel | null;
  readonly defaults: RouteSettings;
  /** Slack users by GitHub login or e-mail address, in lower case. */
  readonly people: ReadonlyMap<string, SlackUser>;
  /** Branches that are watched besides each pipeline's default branch. */
  readonly track: readonly Match[];
  /** A green spell shorter than this does not end an alert, in ms. */
  readonly reopenWithin: number;
  readonly followUp: FollowUp | null;
}

/** The pipeline that gets a build for each build that finished. */
export interface FollowUp {
  readonly pipeline: Pipeline;
  readonly branch: string;
  readonly commit: string;
}

/** As people and patterns name it. */
interface BranchName {
  readonly pipeline: string;
  readonly branch: string;
}

export function isTracked(policy: Policy, ref: BranchRef, defaultBranch: string | null): boolean {
  if (ref.pipeline === policy.followUp?.pipeline) return false;
  if (ref.branch === defaultBranch) return true;
  return policy.track.some((match) => matches(match, ref));
}

/** @returns null when no route matches and there is no default: nobody wants to hear of this branch. */
export function channelFor(policy: Policy, ref: BranchName): Channel | null {
  return routeFor(policy, ref)?.channel ?? policy.defaultChannel;
}

export function settingsFor(policy: Policy, ref: BranchName): RouteSettings {
  return routeFor(policy, ref) ?? policy.defaults;
}

/** All rules that alerts of a pipeline may be under, whatever the branch. */
export function settingsOfPipeline(policy: Policy, pipeline: Pipeline): readonly RouteSettings[] {
  return [...policy.routes.filter(({ match }) => matchesPattern(match.pipeline ?? "*", pipeline)), policy.defaults];
}

/** Which of the rules hold for a branch, for those who ask why. */
export function explain(
  policy: Policy,
  ref: BranchName,
): { readonly route: Match | null; readonly track: Match | null; readonly settings: RouteSettings } {
  const route = routeFor(policy, ref)?.match ?? null;
  const track = policy.track.find((match) => matches(match, ref)) ?? null;
  return { route, track, settings: settingsFor(policy, ref) };
}

function routeFor({ routes }: Policy, ref: BranchName): Route | undefined {
  return routes.find((route) => matches(route.match, ref));
}

function matches(match: Match, ref: BranchName): boolean {
  return matchesPattern(match.pipeline ?? "*", ref.pipeline) && matchesPattern(match.branch ?? "*", ref.branch);
}

export function matchesPattern(pattern: string, text: string): boolean {
  const [head = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return text === pattern;
  const tail = rest.pop() ?? "";
  if (!text.startsWith(head) || text.length < head.length + tail.length || !text.endsWith(tail)) return false;
  let from = head.length;
  const end = text.length - tail.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
