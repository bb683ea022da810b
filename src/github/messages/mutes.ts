/**
 * Mutes as they are told on GitHub, where whoever reads need not be in the Slack workspace, and anybody reads what is public.
 * Whoever muted in Slack is not named, nor quoted; of the operator's settings file is told what it does, not what it says.
 */
import { type AnyMute, type FileMute, isFileMute } from "../../domain/file-mute.ts";
import { type Actor, isInSlack } from "../../domain/handling.ts";
import type { Mute, MuteScope } from "../../domain/mute.ts";
import { policyFiles, type RuleSource } from "../../domain/policy.ts";
import { code, foreign, type Markdown, md, words } from "./markdown.ts";

const longestName = 100;
const longestReason = 300;

export function jobName(name: string): Markdown {
  return foreign(name, longestName) ?? md`unnamed job`;
}

/** "muted by ada until 2026-09-21 14:00 UTC", "never alerts" */
export function mutedTerms(mute: AnyMute): Markdown {
  if (!isFileMute(mute)) return md`muted${termsOf(mute)}`;
  const { until, source } = mute;
  const own = isOwn(source);
  if (until === null) return own ? md`never alerts, by ${fileName(source)}` : md`never alerts`;
  return own ? md`muted by ${fileName(source)} until ${utc(until)}` : md`muted until ${utc(until)}`;
}

export function muteLine(mute: AnyMute): Markdown {
  return isFileMute(mute) ? fileMuteLine(mute) : personMuteLine(mute);
}

function fileMuteLine({ scope, until, reason, source }: FileMute): Markdown {
  const own = isOwn(source);
  const where = md`by ${fileName(source)}, line ${source.line}`;
  if (until === null) {
    const never = md`- ${scopeName(scope)} never alerts`;
    return own ? md`${never}, ${where}` : never;
  }
  const line = md`- ${scopeName(scope)} is muted until ${utc(until)}`;
  return own ? because(md`${line} ${where}`, reason) : line;
}

function personMuteLine(mute: Mute): Markdown {
  const { scope, by, reason } = mute;
  const where = scope.kind === "jobEverywhere" ? md` on every branch` : md``;
  const line = md`- ${scopeName(scope)} is muted${where}${termsOf(mute)}`;
  return isInSlack(by) ? line : because(line, reason);
}

function termsOf({ by, until }: Mute): Markdown {
  const end = until === null ? words("it is fixed") : utc(until);
  return isInSlack(by) ? md` until ${end} (from Slack)` : md` by ${loginName(by)} until ${end}`;
}

function loginName({ login }: Exclude<Actor, { readonly user: string }>): Markdown {
  return foreign(login, longestName) ?? md`somebody`;
}

/** What is muted is the key, which whoever writes the pipeline chooses as freely as the name that people see. */
function scopeName(scope: MuteScope): Markdown {
  if (scope.kind === "branch") return md`Everything on this branch`;
  const key = scope.job === scope.name ? null : code(scope.job, longestName);
  return key === null ? jobName(scope.name) : md`${jobName(scope.name)} (${key})`;
}

/** The repository's own file is there for its readers to see. */
function isOwn({ file }: RuleSource): boolean {
  return file === policyFiles.repository;
}

function fileName({ file }: RuleSource): Markdown {
  return md`\`${words(file)}\``;
}

function because(line: Markdown, reason: string | null): Markdown {
  const why = reason === null ? null : foreign(reason, longestReason);
  return why === null ? line : md`${line}: ${why}`;
}

export function utc(at: number): Markdown {
  return words(`${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`);
}
