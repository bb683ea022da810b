/**
 * Runs a build again that somebody on GitHub asked for: once for each failure, whoever asks and how often. Where the branch
 * has an alert, the wish becomes one made at the alert, so that both agree.
 */
import type { Logger } from "pino";
import type { BuildkiteClient } from "../buildkite/client.ts";
import type { Instant } from "../clock.ts";
import { nameOfFailure } from "../domain/alert.ts";
import { type Effect, failureOf } from "../domain/comment-plan.ts";
import type { AlertId, BuildRef } from "../domain/ids.ts";
import { type Act, auditEntry, logAct } from "../handlers/slack/acting.ts";
import { type RerunAsked, rerunAlert } from "../handlers/slack/rerun-alert.ts";
import { type Asked, askToRebuild, askToRetry, findRebuilt, noToken } from "./ask-buildkite.ts";
import { answerTo, askOnce } from "./ask-once.ts";
import type { Tools } from "./job.ts";

export type Rerun = Extract<Effect, { kind: "rerun" }>;

export async function runAgain(wanted: Rerun, act: Act, tools: Tools, log: Logger): Promise<Asked> {
  const { buildkite } = tools;
  if (buildkite === null) return { kind: "refused", reason: noToken, permanent: false, offer: null };
  const alert = await alertOf(wanted, tools);
  const asked = alert === null ? null : await askAlert(alert, wanted, act, tools, log);
  if (asked !== null) return asked;
  const ask = (since: Instant | null): Promise<Asked> =>
    wanted.what === "retry" ? retry(wanted, buildkite, tools) : rebuild(wanted, since, buildkite);
  return askOnce(wanted, wanted.what, { ask, note: () => noteDeed(wanted, act, tools, log) }, tools);
}

async function noteDeed({ what, pipeline, number }: Rerun, act: Act, tools: Tools, log: Logger): Promise<void> {
  const deed = what === "retry" ? "rerun" : "rebuild";
  const entry = auditEntry(deed, act, tools.clock.now(), null, `${pipeline} #${number}`);
  await tools.audit.add(entry);
  logAct(entry, { log });
}

async function retry(wanted: Rerun, buildkite: BuildkiteClient, { builds }: Tools): Promise<Asked> {
  const build = refOf(wanted);
  const verdict = await builds.verdict(build);
  // Somebody was faster in Buildkite itself: what failed is over, or runs again.
  if (verdict === null || verdict.retrying || failureOf(build, verdict) !== wanted.failure) {
    return { kind: "running", build: build.number };
  }
  return askToRetry(build, verdict.causes, buildkite);
}

async function rebuild(wanted: Rerun, since: Instant | null, buildkite: BuildkiteClient): Promise<Asked> {
  const build = refOf(wanted);
  return (await findRebuilt(build, since, buildkite)) ?? askToRebuild(build, buildkite);
}

function refOf({ organization, pipeline, number }: Rerun): BuildRef {
  return { organization, pipeline, number };
}

/** The alert that is about this very failure. */
async function alertOf(wanted: Rerun, { alerts }: Tools): Promise<AlertId | null> {
  const { organization, number, failure } = wanted;
  const id = await alerts.current(wanted);
  const stored = id === null ? null : await alerts.read(organization, id);
  if (stored?.state.status !== "failing" || stored.state.newest.number !== number) return null;
  return nameOfFailure(stored.state) === failure ? id : null;
}

/** @returns null when the alert is gone. */
async function askAlert(
  alert: AlertId,
  { organization, number, what }: Rerun,
  act: Act,
  tools: Tools,
  log: Logger,
): Promise<Asked | null> {
  const marks = { organizations: async () => [organization] };
  const asked = await rerunAlert(alert, what, act, { ...tools, marks, triggers: { fire: tools.fire }, log });
  return outcomeOf(asked, what, number);
}

/** What Buildkite will say to it, the alert shows. */
function outcomeOf(asked: RerunAsked, what: Rerun["what"], number: number): Asked | null {
  switch (asked.kind) {
    case "gone":
      return null;
    case "noToken":
      return { kind: "refused", reason: noToken, permanent: false, offer: null };
    case "already": {
      const { kind, outcome } = asked.rerun;
      return outcome.kind === "refused" ? outcome : answerTo(what, kind, number);
    }
    case "asked":
    case "retrying":
    case "fixed":
      return { kind: "running", build: number };
  }
}
