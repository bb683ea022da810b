/**
 * Carries out a rerun that a person asked for. Once: the slot keeps Buildkite's answer, so a run after a crash, or after
 * somebody else changed the alert, reads the answer instead of asking again.
 */
import type { BuildkiteClient } from "../buildkite/client.ts";
import { BuildkiteUnclear } from "../buildkite/client.ts";
import type { Instant } from "../clock.ts";
import type { AlertState, NamedNote } from "../domain/alert.ts";
import type { BuildRef } from "../domain/ids.ts";
import { isUntouched, overtakenBy, Rerun } from "../domain/rerun.ts";
import { Later } from "../later.ts";
import { Shown } from "../slack/deliver.ts";
import { rerunRefused } from "../slack/messages/replies.ts";
import { alertSlot } from "./alert-slot.ts";
import type { Run, Tools } from "./job.ts";
import { type AlertRef, spell } from "./subjects.ts";

const Outcome = Rerun.shape.outcome;
type Outcome = Rerun["outcome"];

/** Longer than all calls to Buildkite can take together. */
const leaseMs = 40_000;

export async function rerun(ref: AlertRef, tools: Tools, { log }: Run): Promise<void> {
  const { alerts, clock } = tools;
  const { organization, alert: id } = ref;
  const stored = await alerts.read(organization, id);
  const asked = stored?.rerun;
  if (stored === null || asked?.outcome.kind !== "requested") return;
  const outcome = await carryOut(stored.state, asked, tools);
  const change = { rerun: { ...asked, outcome }, notes: notesOf(asked, outcome) };
  const subjects = [spell("answerPerson", ref)];
  const fire = await alerts.act(organization, id, stored.version, change, subjects, clock.now());
  if (fire === null) throw new Later("somebody changed the alert", clock.now());
  await tools.fire(fire);
  log.info({ build: asked.build, what: asked.kind, outcome: outcome.kind }, "rerun asked for");
  if (outcome.kind === "refused") await tellPerson(ref, asked, outcome, tools);
}

function notesOf({ kind, failure, by }: Rerun, outcome: Outcome): NamedNote[] {
  if (outcome.kind !== "running") return [];
  return [{ id: `${kind}-${failure}`, note: { kind: "rerun", by, what: kind, build: outcome.build } }];
}

async function carryOut(state: AlertState, asked: Rerun, tools: Tools): Promise<Outcome> {
  const { buildkite, slots, clock } = tools;
  const at = clock.now();
  if (buildkite === null) return refused(at, "Signalbox has no Buildkite API token", false);
  const { organization, pipeline, id } = state;
  const slot = { organization, name: `rerun/${id}/${asked.failure}/${asked.kind}` };
  const claim = await slots.claim(slot, Outcome, at, leaseMs);
  if (claim.kind === "done") return claim.result;
  if (claim.kind === "busy") throw new Later("another run is asking Buildkite", claim.until);
  const build = { organization, pipeline, number: asked.build };
  const attempt: Attempt = { build, asked, state, since: claim.doubt ? claim.firstClaimedAt : null, buildkite, at };
  try {
    const outcome = await (asked.kind === "retry" ? retry(attempt) : rebuild(attempt));
    // Nothing came of what was refused: it may be asked for again.
    if (outcome.kind === "refused") await slots.release(slot, claim.attempt);
    else await slots.done(slot, claim.attempt, outcome);
    return outcome;
  } catch (error) {
    await (error instanceof BuildkiteUnclear ? slots.doubt(slot, claim.attempt) : slots.release(slot, claim.attempt));
    throw error;
  }
}

interface Attempt {
  readonly build: BuildRef;
  readonly asked: Rerun;
  readonly state: AlertState;
  /** An attempt since then may have succeeded without our hearing of it. */
  readonly since: Instant | null;
  readonly buildkite: BuildkiteClient;
  readonly at: Instant;
}

async function retry({ build, asked, state, since, buildkite, at }: Attempt): Promise<Outcome> {
  const running: Outcome = { kind: "running", at, build: build.number };
  if (!isUntouched(asked, state)) {
    const overtaken = overtakenBy(asked, state);
    // By the attempt whose answer was lost, or by somebody who was faster in Buildkite itself.
    return overtaken === null || since !== null ? running : refused(at, overtaken, false);
  }
  // A step that somebody canceled is what failed only when nothing else did.
  const canceled = state.verdict.causes.some((cause) => cause.kind === "canceled");
  const answer = await buildkite.retryFailedJobs(build, { canceled });
  if (answer.kind === "refused") return refused(at, answer.reason, answer.permanent, answer.offer);
  if (answer.kind === "retried" || answer.state !== "failed") return running;
  // Nothing was left to retry: somebody was faster, or its steps forbid it. A single job is told which.
  const [first] = state.verdict.causes;
  if (first === undefined) return refused(at, "it finds no failed job that could be retried", true, "rebuild");
  const one = await buildkite.retryJob(build, first.jobId);
  return one.kind === "refused" ? refused(at, one.reason, true, "rebuild") : running;
}

async function rebuild({ build, asked, state, since, buildkite, at }: Attempt): Promise<Outcome> {
  const found = since === null ? null : await buildkite.findRebuild(build, since);
  if (found !== null) return { kind: "running", at, build: found };
  const overtaken = overtakenBy(asked, state);
  if (overtaken !== null) return refused(at, overtaken, false);
  const answer = await buildkite.rebuild(build);
  if (answer.kind === "refused") return refused(at, answer.reason, answer.permanent);
  return { kind: "running", at, build: answer.number };
}

function refused(at: Instant, reason: string, permanent: boolean, offer: "rebuild" | null = null): Outcome {
  return { kind: "refused", at, reason, permanent, offer };
}

/** A courtesy: the message says it too. */
async function tellPerson(
  { organization, alert: id }: AlertRef,
  { by: { user } }: Rerun,
  { reason, offer }: Extract<Outcome, { kind: "refused" }>,
  { slots, slack }: Tools,
): Promise<void> {
  const content = rerunRefused(reason, offer);
  const directly = () => slack.direct(user, content);
  const shown = await slots.read({ organization, name: alertSlot({ id }) }, Shown);
  // Who asked by a command may not be in the channel.
  const told =
    shown === null ? directly() : slack.ephemeral({ channel: shown.channel, user, ...content }).catch(directly);
  await told.catch(() => undefined);
}
