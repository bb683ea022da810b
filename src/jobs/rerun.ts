/**
 * Carries out a rerun that a person asked for. Once: what Buildkite answered is kept, so a run after a crash, or after
 * somebody else changed the alert, reads the answer instead of asking again.
 */
import type { BuildkiteClient } from "../buildkite/client.ts";
import type { Instant } from "../clock.ts";
import type { AlertState, NamedNote } from "../domain/alert.ts";
import { isInSlack } from "../domain/handling.ts";
import type { BuildRef } from "../domain/ids.ts";
import { isUntouched, overtakenBy, type Rerun } from "../domain/rerun.ts";
import { Later } from "../later.ts";
import { Shown } from "../slack/deliver.ts";
import { rerunRefused } from "../slack/messages/replies.ts";
import { alertSlot } from "./alert-slot.ts";
import { type Asked, askToRebuild, askToRetry, findRebuilt, noToken } from "./ask-buildkite.ts";
import { askOnce } from "./ask-once.ts";
import type { Run, Tools } from "./job.ts";
import { type AlertRef, spell } from "./subjects.ts";

type Outcome = Rerun["outcome"];

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
  const { buildkite, clock } = tools;
  const at = clock.now();
  if (buildkite === null) return { ...refused(noToken), at };
  const { organization, pipeline } = state;
  const { failure, kind } = asked;
  const build = { organization, pipeline, number: asked.build };
  const ask = (since: Instant | null): Promise<Asked> => {
    const attempt: Attempt = { build, asked, state, since, buildkite };
    return kind === "retry" ? retry(attempt) : rebuild(attempt);
  };
  return { ...(await askOnce({ organization, pipeline, failure }, kind, { ask }, tools)), at };
}

interface Attempt {
  readonly build: BuildRef;
  readonly asked: Rerun;
  readonly state: AlertState;
  /** An attempt since then may have succeeded without our hearing of it. */
  readonly since: Instant | null;
  readonly buildkite: BuildkiteClient;
}

async function retry({ build, asked, state, since, buildkite }: Attempt): Promise<Asked> {
  if (!isUntouched(asked, state)) {
    const overtaken = overtakenBy(asked, state);
    // By the attempt whose answer was lost, or by somebody who was faster in Buildkite itself.
    return overtaken === null || since !== null ? { kind: "running", build: build.number } : refused(overtaken);
  }
  return askToRetry(build, state.verdict.causes, buildkite);
}

async function rebuild({ build, asked, state, since, buildkite }: Attempt): Promise<Asked> {
  const found = await findRebuilt(build, since, buildkite);
  if (found !== null) return found;
  const overtaken = overtakenBy(asked, state);
  return overtaken === null ? askToRebuild(build, buildkite) : refused(overtaken);
}

function refused(reason: string): Extract<Asked, { kind: "refused" }> {
  return { kind: "refused", reason, permanent: false, offer: null };
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
