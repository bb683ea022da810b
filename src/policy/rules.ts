/** Rules of a file that was read, each with the line it is written in. */
import { type PolicyFileName, policyFiles, type RuleSource } from "../domain/policy.ts";
import type { HandlingRules, OperatorRules, PolicyRules, ReminderSetting, Ruled } from "../domain/policy-merge.ts";
import type { OperatorFile, RepositoryFile } from "./schema.ts";
import type { YamlFile, YamlPath } from "./yaml.ts";

type SourceAt = (...path: YamlPath) => RuleSource;
type Handling = Pick<RepositoryFile, "owners" | "actions" | "reminders">;

export function rulesOf(file: RepositoryFile, name: PolicyFileName, yaml: YamlFile): PolicyRules {
  const at: SourceAt = (...path) => ({ file: name, line: lineOf(path, yaml) });
  const minutes = file.alerts.reopen_within_minutes;
  return {
    settings: handlingOf(file, [], at),
    routes: file.routes.map(({ match, channel, ...own }, i) => {
      const path = ["routes", i];
      return { match, channel, settings: handlingOf(own, path, at), source: at(...path) };
    }),
    track: file.track.map((match, i) => ({ ...match, source: at("track", i) })),
    mutes: file.mutes.map(({ job, pipeline, branch, until, reason }, i) => {
      return { job, match: { pipeline, branch }, until, reason, source: at("mutes", i) };
    }),
    neverAlert: file.never_alert.map((job, i) => ({ job, source: at("never_alert", i) })),
    teams: new Map(Object.entries(file.teams).map(([owner, team]) => [owner.toLowerCase(), team])),
    reopenWithin: minutes === undefined ? undefined : minutes * 60_000,
  };
}

export function operatorRules(file: OperatorFile, yaml: YamlFile): Omit<OperatorRules, "defaultChannel"> {
  return {
    ...rulesOf(file, policyFiles.operator, yaml),
    people: new Map(Object.entries(file.people).map(([name, user]) => [name.toLowerCase(), user])),
    followUp: file.follow_up ?? null,
    logExcerpts: file.github.log_excerpts ?? "private",
  };
}

/** Of a setting in a mapping the line of its name; of an entry of a list that of its beginning. */
function lineOf(path: YamlPath, yaml: YamlFile): number {
  const last = path.at(-1);
  return typeof last === "string" ? yaml.lineOfKey(path.slice(0, -1), last) : yaml.lineOf(path);
}

function handlingOf({ owners, actions, reminders }: Handling, path: YamlPath, at: SourceAt): HandlingRules {
  const ruled = <T>(value: T | undefined, ...name: YamlPath): Ruled<T> | undefined =>
    value === undefined ? undefined : { value, source: at(...path, ...name) };
  return {
    owners: ruled(owners, "owners"),
    actions: {
      acknowledge: ruled(actions?.acknowledge, "actions", "acknowledge"),
      mute: ruled(actions?.mute, "actions", "mute"),
      rerun: ruled(actions?.rerun, "actions", "rerun"),
    },
    reminders: ruled(reminderSetting(reminders), "reminders"),
  };
}

function reminderSetting(given: Handling["reminders"]): ReminderSetting | undefined {
  if (given === undefined || given === "off") return given;
  const { unacknowledged, still_on_it_after: stillOnIt, hand_back_after: handBack } = given;
  return {
    ...(unacknowledged !== undefined && { unacknowledged }),
    ...(stillOnIt !== undefined && { stillOnIt: stillOnIt === "off" ? null : stillOnIt }),
    ...(handBack !== undefined && { handBack }),
  };
}
