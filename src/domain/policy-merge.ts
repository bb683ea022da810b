/** Makes one policy of what two files say. `policy.ts` tells the order and why; here it is held. */
import type { Channel, Owner, SlackGroup, SlackUser } from "./ids.ts";
import {
  type ActionKind,
  type Allowed,
  type FollowUp,
  type Match,
  type MuteRule,
  type NeverAlertRule,
  type Policy,
  type ReminderRules,
  type Route,
  type RouteSettings,
  type RuleSource,
  type TrackRule,
  usualSettings,
} from "./policy.ts";

/** A value, and where it is written. */
export interface Ruled<T> {
  readonly value: T;
  readonly source: RuleSource;
}

/** Any part of the reminders, or none at all. */
export type ReminderSetting = "off" | Partial<ReminderRules>;

/** What a file, or one of its routes, says of handling alerts. Absent: nothing. */
export interface HandlingRules {
  readonly owners?: Ruled<SlackGroup> | undefined;
  readonly actions: { readonly [K in ActionKind]?: Ruled<Allowed> | undefined };
  readonly reminders?: Ruled<ReminderSetting> | undefined;
}

interface RouteRules {
  readonly match: Match;
  readonly channel: Channel;
  readonly settings: HandlingRules;
  readonly source: RuleSource;
}

/** What one file says. */
export interface PolicyRules {
  readonly settings: HandlingRules;
  readonly routes: readonly RouteRules[];
  readonly track: readonly TrackRule[];
  readonly mutes: readonly MuteRule[];
  readonly neverAlert: readonly NeverAlertRule[];
  readonly teams: ReadonlyMap<string, Owner>;
  /** In ms. */
  readonly reopenWithin?: number | undefined;
}

/** On whose pages of GitHub the logs of failed jobs are quoted: those of all repositories, of private ones, of none. */
type LogExcerpts = "always" | "private" | "never";

/** What the operator alone says. */
export interface OperatorRules extends PolicyRules {
  readonly people: ReadonlyMap<string, SlackUser>;
  readonly followUp: FollowUp | null;
  readonly logExcerpts: LogExcerpts;
  readonly defaultChannel: Channel | null;
}

const usualReopenWithin = 2 * 60 * 60_000;

export function mergePolicy(
  operator: OperatorRules,
  own: { readonly rules: PolicyRules | null; readonly repository: NonNullable<Policy["repository"]> } | null = null,
): Policy {
  const rules = own?.rules ?? null;
  const ofRepository = rules === null ? [] : [rules.settings];
  const route = ({ match, channel, source }: RouteRules, ...layers: readonly HandlingRules[]): Route => ({
    match,
    channel,
    source,
    ...settle(layers),
  });
  return {
    routes: [
      ...operator.routes.map((each) => route(each, each.settings, operator.settings, ...ofRepository)),
      ...(rules?.routes ?? []).map((each) => route(each, operator.settings, each.settings, ...ofRepository)),
    ],
    defaultChannel: operator.defaultChannel,
    defaults: settle([operator.settings, ...ofRepository]),
    people: operator.people,
    track: [...operator.track, ...(rules?.track ?? [])],
    mutes: [...operator.mutes, ...(rules?.mutes ?? [])],
    neverAlert: [...operator.neverAlert, ...(rules?.neverAlert ?? [])],
    teams: new Map([...(rules?.teams ?? []), ...operator.teams]),
    reopenWithin: operator.reopenWithin ?? rules?.reopenWithin ?? usualReopenWithin,
    followUp: operator.followUp,
    repository: own?.repository ?? null,
  };
}

/** @param layers What is asked first comes first. */
function settle(layers: readonly HandlingRules[]): RouteSettings {
  const owners = firstOf(layers.map((layer) => layer.owners));
  const may = (kind: ActionKind) => firstOf(layers.map(({ actions }) => actions[kind]));
  const acknowledge = may("acknowledge");
  const mute = may("mute");
  const rerun = may("rerun");
  const reminders = layers.flatMap((layer) => (layer.reminders === undefined ? [] : [layer.reminders]));
  const usual = usualSettings.actions;
  const sources = { owners, acknowledge, mute, rerun, reminders: reminders[0] };
  return {
    owners: owners?.value ?? usualSettings.owners,
    actions: {
      acknowledge: acknowledge?.value ?? usual.acknowledge,
      mute: mute?.value ?? usual.mute,
      rerun: rerun?.value ?? usual.rerun,
    },
    reminders: reminders.reduceRight(overlaid, usualSettings.reminders),
    sources: Object.fromEntries(
      Object.entries(sources).flatMap(([name, ruled]) => (ruled === undefined ? [] : [[name, ruled.source]])),
    ),
  };
}

function firstOf<T>(candidates: readonly (T | undefined)[]): T | undefined {
  return candidates.find((candidate) => candidate !== undefined);
}

/** A layer may set any part of the reminders; what it leaves out is as it was below it. */
function overlaid(below: ReminderRules | null, { value }: Ruled<ReminderSetting>): ReminderRules | null {
  if (value === "off") return null;
  const base = below ?? usualSettings.reminders;
  const { unacknowledged = base?.unacknowledged ?? [], handBack = base?.handBack ?? 60 * 60_000 } = value;
  const stillOnIt = value.stillOnIt === undefined ? (base?.stillOnIt ?? null) : value.stillOnIt;
  return { unacknowledged: unacknowledged.toSorted((a, b) => a - b), stillOnIt, handBack };
}
