/**
 * Which branches are watched, where their alerts go, who may act on them, and what stays silent.
 *
 * Two files say so: the operator's `signalbox.yml` and, for the pipelines built from a repository, its
 * `.github/signalbox.yml`. They are merged once, in this order (`policy-merge.ts`):
 *
 * - a single value (an owner, who may rerun, reminders, when an alert reopens): the operator's file, then the repository's,
 *   then the default. What the operator wrote no repository can change. Within a file, a route stands before the rest.
 * - routes: the operator's are asked first, then the repository's; the first that matches decides, and it alone.
 * - tracked branches, mutes, jobs that never alert, teams: both files together; for a team the operator's entry counts.
 *
 * Each value knows its file and line, for those who ask why.
 */
import type { Instant } from "../clock.ts";
import type { BranchRef, Channel, Owner, Pipeline, SlackGroup, SlackUser } from "./ids.ts";

/** The operator's own; and the one that a repository has on its default branch. */
export const policyFiles = { operator: "signalbox.yml", repository: ".github/signalbox.yml" } as const;
export type PolicyFileName = (typeof policyFiles)[keyof typeof policyFiles];

/** Where a rule is written. */
export interface RuleSource {
  readonly file: PolicyFileName;
  readonly line: number;
}

export interface Match {
  /** Patterns with `*` for any text; absent matches all. */
  readonly pipeline?: string | undefined;
  readonly branch?: string | undefined;
}

export interface TrackRule extends Match {
  readonly source: RuleSource;
}

/** Jobs that are silent until a date. */
export interface MuteRule {
  /** Pattern of a job's name or step key. */
  readonly job: string;
  readonly match: Match;
  readonly until: Instant;
  readonly reason: string;
  readonly source: RuleSource;
}

/** Jobs that never tell anybody that they failed. */
export interface NeverAlertRule {
  /** Pattern of a job's name or step key. */
  readonly job: string;
  readonly source: RuleSource;
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
  /** Where each of them is written; absent: nowhere, it is the default. */
  readonly sources: SettingSources;
}

type SettingSources = Readonly<Partial<Record<"owners" | "reminders" | ActionKind, RuleSource>>>;

const hour = 60 * 60_000;
export const usualSettings: RouteSettings = {
  owners: null,
  actions: { acknowledge: "channel", mute: "channel", rerun: "linked" },
  reminders: {
    unacknowledged: [30 * 60_000, 2 * hour, 24 * hour],
    stillOnIt: 4 * hour,
    handBack: hour,
  },
  sources: {},
};

export interface Route extends RouteSettings {
  readonly match: Match;
  readonly channel: Channel;
  readonly source: RuleSource;
}

/** What is wrong with the newest version of a repository's file: then an older one is in force. */
interface PolicyProblem {
  /** When it was first read so. */
  readonly since: Instant;
  readonly mistakes: readonly { readonly line: number; readonly message: string }[];
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
  readonly track: readonly TrackRule[];
  readonly mutes: readonly MuteRule[];
  readonly neverAlert: readonly NeverAlertRule[];
  /** Who an owner in CODEOWNERS (`@org/team`, `@login`, an e-mail address, in lower case) is in Slack. */
  readonly teams: ReadonlyMap<string, Owner>;
  /** A green spell shorter than this does not end an alert, in ms. */
  readonly reopenWithin: number;
  readonly followUp: FollowUp | null;
  /** Whether it is for the pipelines of one repository, and what is wrong with that one's own file. */
  readonly repository: { readonly name: string; readonly problem: PolicyProblem | null } | null;
}

/** The pipeline that gets a build for each build that finished. */
export interface FollowUp {
  readonly pipeline: Pipeline;
  readonly branch: string;
  readonly commit: string;
}

/** As people and patterns name it. */
export interface BranchName {
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
export interface Explanation {
  readonly route: Pick<Route, "match" | "source"> | null;
  readonly track: TrackRule | null;
  readonly settings: RouteSettings;
  readonly repository: Policy["repository"];
}

export function explain(policy: Policy, ref: BranchName): Explanation {
  return {
    route: routeFor(policy, ref) ?? null,
    track: policy.track.find((rule) => matches(rule, ref)) ?? null,
    settings: settingsFor(policy, ref),
    repository: policy.repository,
  };
}

function routeFor({ routes }: Policy, ref: BranchName): Route | undefined {
  return routes.find((route) => matches(route.match, ref));
}

export function matches(match: Match, ref: BranchName): boolean {
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
