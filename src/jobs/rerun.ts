/**
 * Carries out a rerun that a person asked for. Once: the slot keeps Buildkite's answer, so a run after a crash, or after
 * somebody else changed the alert, reads the answer instead of asking again.
 */
import type { BuildkiteClient } from "../buildkite/client.ts";
import { BuildkiteUnclear } from "../buildkite/client.ts";
import type { Instant } from "../clock.ts";
import type { AlertState, NamedNote } from "../domain/alert.ts";
import { isInSlack } from "../domain/handling.ts";
import type { BuildRef } from "../domain/ids.ts";
import { isUntouched, overtakenBy, Rerun } from "../domain/rerun.ts";
import { Later } from "../later.ts";
import { Shown } from "../slack/deliver.ts";
import { rerunRefused } from "../slack/messages/replies.ts";
import { alertSlot } from "./alert-slot.ts";
import { askToRebuild, askToRetry, findRebuilt, noToken } from "./ask-buildkite.ts";
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
  if (buildkite === null) return refused(at, noToken, false);
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
  if (!isUntouched(asked, state)) {
    const overtaken = overtakenBy(asked, state);
    // By the attempt whose answer was lost, or by somebody who was faster in Buildkite itself.
    return overtaken === null || since !== null
      ? { kind: "running", at, build: build.number }
      : refused(at, overtaken, false);
  }
  return { ...(await askToRetry(build, state.verdict.causes, buildkite)), at };
}

async function rebuild({ build, asked, state, since, buildkite, at }: Attempt): Promise<Outcome> {
  const found = await findRebuilt(build, since, buildkite);
  if (found !== null) return { ...found, at };
  const overtaken = overtakenBy(asked, state);
  return overtaken === null ? { ...(await askToRebuild(build, buildkite)), at } : refused(at, overtaken, false);
}

function refused(at: Instant, reason: string, permanent: boolean): Outcome {
  return { kind: "refused", at, reason, permanent, offer: null };
}

/** A courtesy: the message says it too. */
async function tellPerson(
  { organization, alert: id }: AlertRef,
  { by }: Rerun,
  { reason, offer }: Extract<Outcome, { kind: "refused" }>,
  { slots, slack }: Tools,
): Promise<void> {
  if (!isInSlack(by)) return;
  const { user } = by;
  const content = rerunRefused(reason, offer);
  const directly = () => slack.direct(user, content);
  const shown = await slots.read({ organization, name: alertSlot({ id }) }, Shown);
  // Who asked by a command may not be in the channel.
  const told =
    shown === null ? directly() : slack.ephemeral({ channel: shown.channel, user, ...content }).catch(directly);
  await told.catch(() => undefined);
}
