/** `mute` and `unmute`: of an alert, or of a job by its name. */
import { concerns, type Mute, type MuteScope, needsReason } from "../../domain/mute.ts";
import type { MuteTarget } from "../../domain/mute-command.ts";
import { matchesPattern } from "../../domain/policy.ts";
import type { Target } from "../../domain/target.ts";
import type { FoundAlert } from "../../handlers/slack/acting.ts";
import type { Desk } from "../desk.ts";
import type { Interaction } from "../interaction.ts";
import { mutedInFile, needsAReason, noMuteFits, nothingFits } from "../messages/replies.ts";
import { muteAlert } from "../mute.ts";
import { type Answer, unmute as unmuteThem } from "../perform.ts";
import { findTargets, openAlerts, sameName } from "../targets.ts";
import { type Typed, whichOne } from "./index.ts";
import { activeMutes, rulesInFiles } from "./lists.ts";

export async function mute({ command, interaction, once }: Typed<"mute">, desk: Desk): Answer {
  const { target, end, reason } = command;
  const found = await findMuteTargets(target, interaction, desk);
  const [only, ...others] = found;
  if (only === undefined) return nothingFits();
  if (others.length > 0)
    return whichOne(
      found.map(({ alert }) => alert),
      interaction,
      desk,
    );
  const scope = scopeOf(only, command.scope);
  const until = end.kind === "at" ? end.at : null;
  if (reason === null && needsReason(scope.kind, until, desk.clock.now())) return needsAReason();
  const request = { interaction, carried: null, quiet: false };
  return muteAlert(only.alert, scope, { end, reason }, once, request, desk);
}

/** An alert, and the job of it that was named, if one was. */
interface Muted {
  readonly alert: FoundAlert;
  readonly job: { readonly key: string; readonly name: string } | null;
}

async function findMuteTargets(target: MuteTarget, interaction: Interaction, desk: Desk): Promise<Muted[]> {
  switch (target.kind) {
    case "job": {
      const within =
        target.within === null ? await openAlerts(desk) : await findTargets(target.within, interaction, desk);
      return withJob(within, target.job);
    }
    case "name": {
      const jobs = withJob(await openAlerts(desk), target.name);
      if (jobs.length > 0) return jobs;
      return whole(await findTargets({ kind: "branch", pipeline: target.name, branch: null }, interaction, desk));
    }
    default:
      return whole(await findTargets(target satisfies Target, interaction, desk));
  }
}

function withJob(alerts: readonly FoundAlert[], wanted: string): Muted[] {
  return alerts.flatMap((alert) => {
    const cause = alert.stored.state.verdict.causes.find(({ name, key }) => sameName(name, wanted) || key === wanted);
    return cause === undefined ? [] : [{ alert, job: { key: cause.key, name: cause.name } }];
  });
}

function whole(alerts: readonly FoundAlert[]): Muted[] {
  return alerts.map((alert) => ({ alert, job: null }));
}

/** An alert of one job means that job; of several, everything: half of an alert would go on being told. */
function scopeOf({ alert, job }: Muted, asked: MuteScope["kind"] | null): MuteScope {
  const { pipeline, branch, verdict } = alert.stored.state;
  const [first, ...others] = verdict.causes;
  const meant = job ?? (first !== undefined && (others.length === 0 || asked !== null) ? first : null);
  if (asked === "branch" || meant === null) return { kind: "branch", pipeline, branch };
  const named = { pipeline, job: meant.key, name: meant.name };
  return asked === "jobEverywhere" ? { kind: "jobEverywhere", ...named } : { kind: "job", branch, ...named };
}

export async function unmute({ command, interaction }: Typed<"unmute">, desk: Desk): Answer {
  const ending = await mutesOf(command.which, interaction, desk);
  if (ending.length === 0) {
    const { which } = command;
    const name = which.kind === "job" ? which.job : which.kind === "name" ? which.name : null;
    const inFile =
      name === null ? undefined : (await rulesInFiles(desk)).find(({ rule }) => matchesPattern(rule.job, name));
    return inFile === undefined ? noMuteFits() : mutedInFile(inFile.rule.source);
  }
  return unmuteThem(ending, null, { interaction, carried: null, quiet: false }, desk);
}

/** A number means the list of mutes that this person was shown last; anything else the mutes that concern it. */
async function mutesOf(which: MuteTarget, interaction: Interaction, desk: Desk): Promise<Mute[]> {
  const active = await activeMutes(desk);
  switch (which.kind) {
    case "listed": {
      const listed = await desk.shownLists.mutes.read(interaction.team, interaction.user);
      return active.filter(({ id }) => id === listed[which.number - 1]);
    }
    case "job": {
      const within = which.within === null ? active : await mutesAbout(which.within, active, interaction, desk);
      return within.filter(({ scope }) => isOfJob(scope, which.job));
    }
    case "name":
      return active.filter(({ scope }) => sameName(scope.pipeline, which.name) || isOfJob(scope, which.name));
    default:
      return mutesAbout(which satisfies Target, active, interaction, desk);
  }
}

/** Mutes of a branch are found by its name: it may be green by now. */
async function mutesAbout(
  target: Target,
  active: readonly Mute[],
  interaction: Interaction,
  desk: Desk,
): Promise<Mute[]> {
  if (target.kind !== "branch") {
    const alerts = await findTargets(target, interaction, desk);
    return active.filter(({ scope }) => alerts.some(({ stored: { state } }) => concerns(scope, state)));
  }
  const { pipeline, branch } = target;
  return active.filter(({ scope }) => {
    const isThere = scope.kind === "jobEverywhere" || branch === null || sameName(scope.branch, branch);
    return sameName(scope.pipeline, pipeline) && isThere;
  });
}

function isOfJob(scope: MuteScope, job: string): boolean {
  return scope.kind !== "branch" && sameName(scope.name, job);
}
