/**
 * Carries out a rerun that a person asked for. Once: the slot keeps Buildkite's answer, so a run after a crash, or after
 * somebody else changed the alert, reads the answer instead of asking again.
 */
import type { BuildkiteClient } from "../buildkite/client.ts";
import { BuildkiteUnclear } from "../buildkite/client.ts";
import type { AlertState } from "../domain/alert.ts";
import type { BuildRef } from "../domain/ids.ts";
import { Rerun } from "../domain/rerun.ts";
import { Later } from "../later.ts";
import { Shown } from "../slack/deliver.ts";
import { rerunRefused } from "../slack/messages/replies.ts";
import type { Run, Tools } from "./job.ts";
import { type AlertRef, spell } from "./subjects.ts";
import { alertSlot } from "./sync-alert.ts";

const Outcome = Rerun.shape.outcome;
type Outcome = Rerun["outcome"];

/** Longer than a call to Buildkite can take. */
const leaseMs = 15_000;

export async function rerun(ref: AlertRef, tools: Tools, { log }: Run): Promise<void> {
  const { alerts, clock } = tools;
  const { organization, alert: id } = ref;
  const stored = await alerts.read(organization, id);
  const asked = stored?.rerun;
  if (stored === null || asked?.outcome.kind !== "requested") return;
  const outcome = await carryOut(stored.state, asked, tools);
  const subjects = [spell("answerPerson", ref)];
  const fire = await alerts.act(
    organization,
    id,
    stored.version,
    { rerun: { ...asked, outcome } },
    subjects,
    clock.now(),
  );
  if (fire === null) throw new Later("somebody changed the alert", clock.now());
  await tools.fire(fire);
  log.info({ build: asked.build, what: asked.kind, outcome: outcome.kind }, "rerun asked for");
  if (outcome.kind === "refused") await tellPerson(ref, asked, outcome, tools);
}

async function carryOut(state: AlertState, asked: Rerun, tools: Tools): Promise<Outcome> {
  const { buildkite, slots, clock } = tools;
  if (buildkite === null) {
    return { kind: "refused", at: clock.now(), reason: "Signalbox has no Buildkite API token", offer: null };
  }
  const { organization, pipeline, id } = state;
  const slot = { organization, name: `rerun/${id}/${asked.failure}/${asked.kind}` };
  const claim = await slots.claim(slot, Outcome, clock.now(), leaseMs);
  if (claim.kind === "done") return claim.result;
  if (claim.kind === "busy") throw new Later("another run is asking Buildkite", claim.until);
  const build = { organization, pipeline, number: asked.build };
  try {
    const since = claim.doubt ? claim.firstClaimedAt : null;
    const outcome = await ask(build, asked, state, since, buildkite, clock.now());
    await slots.done(slot, claim.attempt, outcome);
    return outcome;
  } catch (error) {
    await (error instanceof BuildkiteUnclear ? slots.doubt(slot, claim.attempt) : slots.release(slot, claim.attempt));
    throw error;
  }
}

/** @param since An attempt since then may have succeeded without our hearing of it. */
async function ask(
  build: BuildRef,
  { kind }: Rerun,
  { verdict }: AlertState,
  since: number | null,
  buildkite: BuildkiteClient,
  at: number,
): Promise<Outcome> {
  if (kind === "retry") {
    // A step that somebody canceled is what failed only when nothing else did.
    const canceled = verdict.causes.some((cause) => cause.kind === "canceled");
    const answer = await buildkite.retryFailedJobs(build, { canceled });
    if (answer.kind === "refused") return { kind: "refused", at, reason: answer.reason, offer: answer.offer };
    // Nothing left to retry: somebody was faster, in Buildkite itself.
    return { kind: "running", at, build: build.number };
  }
  const found = since === null ? null : await buildkite.findRebuild(build, since);
  if (found !== null) return { kind: "running", at, build: found };
  const answer = await buildkite.rebuild(build);
  if (answer.kind === "refused") return { kind: "refused", at, reason: answer.reason, offer: null };
  return { kind: "running", at, build: answer.number };
}

/** A courtesy: the message says it too. */
async function tellPerson(
  { organization, alert: id }: AlertRef,
  { by }: Rerun,
  outcome: Extract<Outcome, { kind: "refused" }>,
  { slots, slack }: Tools,
): Promise<void> {
  const shown = await slots.read({ organization, name: alertSlot({ id }) }, Shown);
  if (shown === null) return;
  const content = rerunRefused(outcome.reason, outcome.offer);
  await slack.ephemeral({ channel: shown.channel, user: by.user, ...content }).catch(() => undefined);
}
