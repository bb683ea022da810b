/** Mutes in words: what they hide, until when, and why. */
import type { Instant } from "../../clock.ts";
import { type AnyMute, isFileMute } from "../../domain/file-mute.ts";
import type { MuteScope } from "../../domain/mute.ts";
import type { RuleSource } from "../../domain/policy.ts";
import { code, foreign, type Mrkdwn, md } from "./mrkdwn.ts";
import { jobName, slug } from "./parts.ts";
import { actorName } from "./people.ts";
import { dateTime } from "./words.ts";

const longestReason = 200;

/** "*Specs* on `main`" */
export function scopeName(scope: MuteScope): Mrkdwn {
  switch (scope.kind) {
    case "job":
      return md`*${jobName(scope.name)}* on ${muteBranch(scope.branch)}`;
    case "jobEverywhere":
      return md`*${jobName(scope.name)}* on every branch of ${slug(scope.pipeline)}`;
    case "branch":
      return md`everything of ${slug(scope.pipeline)} on ${muteBranch(scope.branch)}`;
  }
}

function muteBranch(branch: string): Mrkdwn {
  return code(branch, 80) ?? md`an unnamed branch`;
}

/** "until tomorrow at 09:00: flaky since the upgrade" */
export function muteTerms({
  until,
  reason,
}: {
  readonly until: Instant | null;
  readonly reason: string | null;
}): Mrkdwn {
  const why = reason === null ? null : foreign(reason, longestReason);
  const end = until === null ? md`it is fixed` : (dateTime(until) ?? md`an unknown time`);
  return why === null ? md`until ${end}` : md`until ${end}: ${why}`;
}

/** @param silence The mute that ends first at the front. */
export function silenceLine(silence: readonly AnyMute[] | null): Mrkdwn | null {
  const first = silence?.[0];
  if (silence === null || first === undefined) return null;
  const line = md`:no_bell: Muted by ${isFileMute(first) ? muterOf(first) : md`*${muterOf(first)}*`} ${termsOf(first)}`;
  const others = silence.length - 1;
  if (others === 0) return line;
  return md`${line} (and ${others} more ${others === 1 ? md`mute` : md`mutes`})`;
}

/** "Ada", or "`.github/signalbox.yml`, line 12" */
export function muterOf(mute: AnyMute): Mrkdwn {
  return isFileMute(mute) ? sourceName(mute.source) : actorName(mute.by);
}

export function sourceName({ file, line }: RuleSource): Mrkdwn {
  return md`\`${{ mrkdwn: file }}\`, line ${line}`;
}

/** "until tomorrow at 09:00: flaky"; "as a job that never alerts". */
export function termsOf(mute: AnyMute): Mrkdwn {
  return isFileMute(mute) && mute.until === null ? md`as a job that never alerts` : muteTerms(mute);
}
