/** Mutes that settings files name. They are patterns, stored nowhere: which jobs of an alert they hide is found when it is asked. */
import type { Instant } from "../clock.ts";
import type { AlertState } from "./alert.ts";
import type { Mute, MuteScope } from "./mute.ts";
import { type MuteRule, matches, matchesPattern, type NeverAlertRule, type Policy, type RuleSource } from "./policy.ts";

export interface FileMute {
  readonly scope: MuteScope;
  readonly at: Instant;
  /** null: as long as the rule stands; it is about a job that never alerts. */
  readonly until: Instant | null;
  readonly reason: string | null;
  readonly ended: null;
  readonly source: RuleSource;
}

export type AnyMute = Mute | FileMute;

export function isFileMute(mute: AnyMute): mute is FileMute {
  return "source" in mute;
}

type Rules = Pick<Policy, "mutes" | "neverAlert">;
type Failure = Pick<AlertState, "pipeline" | "branch" | "verdict">;

/** By which of the rules which of the failing jobs are silent now. */
export function fileMutesOf(failure: Failure, { mutes, neverAlert }: Rules, now: Instant): readonly FileMute[] {
  const { pipeline, branch, verdict } = failure;
  return verdict.causes.flatMap(({ key, name }) => {
    const scope: MuteScope = { kind: "job", pipeline, branch, job: key, name };
    const names = ({ job }: MuteRule | NeverAlertRule) => matchesPattern(job, name) || matchesPattern(job, key);
    const dated = mutes
      .filter((rule) => rule.until > now && matches(rule.match, failure) && names(rule))
      .map(({ until, reason, source }) => ({ scope, at: now, until, reason, ended: null, source }));
    const never = neverAlert
      .filter(names)
      .map(({ source }) => ({ scope, at: now, until: null, reason: null, ended: null, source }));
    return [...dated, ...never];
  });
}

/** When the first of them ends by its date: then there may be something to tell. */
export function firstEnd(mutes: readonly AnyMute[]): Instant | null {
  const ends = mutes.flatMap((mute) => (isFileMute(mute) && mute.until !== null ? [mute.until] : []));
  return ends.length === 0 ? null : Math.min(...ends);
}
