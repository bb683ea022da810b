/**
 * Runs a build again that somebody on GitHub asked for: once for each failure, whoever asks and how often. The slot is named
 * by the build and by what failed. Where the branch has an alert, the wish becomes one made at the alert, so that both agree.
 */
import type { Logger } from "pino";
import { z } from "zod";
import { BuildkiteUnclear } from "../buildkite/client.ts";
import { nameOfFailure } from "../domain/alert.ts";
import { type Effect, failureOf } from "../domain/comment-plan.ts";
import type { AlertId, BuildRef } from "../domain/ids.ts";
import { type Act, auditEntry, logAct } from "../handlers/slack/acting.ts";
import { type RerunAsked, rerunAlert } from "../handlers/slack/rerun-alert.ts";
import { Later } from "../later.ts";
import { type Asked, askToRebuild, askToRetry, findRebuilt, noToken } from "./ask-buildkite.ts";
import type { Tools } from "./job.ts";

export type Rerun = Extract<Effect, { kind: "rerun" }>;

/** The number of the build that runs. */
const Running = z.number();
/** Longer than all calls to Buildkite can take together. */
const leaseMs = 40_000;

export async function runAgain(wanted: Rerun, act: Act, tools: Tools, log: Logger): Promise<Asked> {
  const { buildkite, slots, clock, audit } = tools;
  if (buildkite === null) return { kind: "refused", reason: noToken, permanent: false, offer: null };
  const alert = await alertOf(wanted, tools);
  const asked = alert === null ? null : await askAlert(alert, wanted, act, tools, log);
  if (asked !== null) return asked;

  const { organization, pipeline, number, what, failure } = wanted;
  const slot = { organization, name: `rerun-build/${pipeline}/${number}/${failure}` };
  const claim = await slots.claim(slot, Running, clock.now(), leaseMs);
  if (claim.kind === "done") return { kind: "running", build: claim.result };
  if (claim.kind === "busy") throw new Later("another run is asking Buildkite", claim.until);
  try {
    const since = claim.doubt ? claim.firstClaimedAt : null;
    const answer = await (what === "retry" ? retry(wanted, buildkite, tools) : rebuild(wanted, since, buildkite));
    // Nothing came of what was refused: it may be asked for again.
    if (answer.kind === "refused") await slots.release(slot, claim.attempt);
    else {
      const entry = auditEntry(
        what === "retry" ? "rerun" : "rebuild",
        act,
        clock.now(),
        null,
        `${pipeline} #${number}`,
      );
      await audit.add(entry);
      logAct(entry, { log });
      await slots.done(slot, claim.attempt, answer.build);
    }
    return answer;
  } catch (error) {
    await (error instanceof BuildkiteUnclear ? slots.doubt(slot, claim.attempt) : slots.release(slot, claim.attempt));
    throw error;
  }
}

type Buildkite = NonNullable<Tools["buildkite"]>;

async function retry(wanted: Rerun, buildkite: Buildkite, { builds }: Tools): Promise<Asked> {
  const build = refOf(wanted);
  const verdict = await builds.verdict(build);
  // Somebody was faster in Buildkite itself: what failed is over, or runs again.
  if (verdict === null || verdict.retrying || failureOf(build, verdict) !== wanted.failure) {
    return { kind: "running", build: build.number };
  }
  return askToRetry(build, verdict.causes, buildkite);
}

async function rebuild(wanted: Rerun, since: number | null, buildkite: Buildkite): Promise<Asked> {
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
  return outcomeOf(asked, number);
}

/** What Buildkite will say to it, the alert shows. */
function outcomeOf(asked: RerunAsked, number: number): Asked | null {
  switch (asked.kind) {
    case "gone":
      return null;
    case "noToken":
      return { kind: "refused", reason: noToken, permanent: false, offer: null };
    case "already": {
      const { outcome } = asked.rerun;
      return outcome.kind === "refused" ? outcome : { kind: "running", build: number };
    }
    case "asked":
    case "retrying":
    case "fixed":
      return { kind: "running", build: number };
  }
}
