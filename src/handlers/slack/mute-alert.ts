/** Sets and ends mutes; a triggered job tells the alerts that they concern. */
import { createHash } from "node:crypto";
import type { Instant } from "../../clock.ts";
import { idOfActor } from "../../domain/handling.ts";
import { type AlertId, MuteId, type Organization } from "../../domain/ids.ts";
import { type Mute, type MuteScope, wouldHide } from "../../domain/mute.ts";
import { spell } from "../../jobs/subjects.ts";
import type { Told } from "../../state/told.ts";
import { type Act, type Acting, auditEntry, fireStored, logAct } from "./acting.ts";

interface NewMute {
  readonly organization: Organization;
  readonly scope: MuteScope;
  /** null: until the alert is fixed. */
  readonly until: Instant | null;
  readonly reason: string | null;
  readonly alert: AlertId | null;
}

/** What a mute takes, whoever sets or ends it. */
type Muting = Pick<Acting, "mutes" | "clock" | "triggers" | "log">;

/** The same dialog sent twice sets one mute. @param once Tells two requests apart that want the same. */
export async function setMute(wanted: NewMute, once: string, act: Act, acting: Muting): Promise<Mute> {
  const { mutes, clock } = acting;
  const now = clock.now();
  const id = MuteId.parse(
    createHash("sha256")
      .update(JSON.stringify([wanted.scope, idOfActor(act.actor), once]))
      .digest("hex")
      .slice(0, 10),
  );
  const mute: Mute = { ...wanted, id, by: act.actor, at: now, ended: null };
  const { organization } = wanted;
  const audit = auditEntry("mute", act, now, wanted.alert, describe(mute));
  const fire = await mutes.replace(null, mute, [spell("applyMute", { organization, mute: id })], now, audit);
  if (fire === null) return (await mutes.read(organization, id)) ?? mute;
  logAct(audit, acting);
  await fireStored(fire, acting);
  return mute;
}

/** @returns null when there is no such mute, or not any more. */
export async function endMute(id: MuteId, act: Act, acting: Acting): Promise<Mute | null> {
  for (const organization of await acting.marks.organizations()) {
    const mute = await acting.mutes.read(organization, id);
    if (mute !== null && mute.ended === null) return endThis(mute, act, acting);
  }
  return null;
}

/** @returns null when it has changed meanwhile: somebody else has ended it, or its time has. */
export async function endThis(mute: Mute, act: Act, acting: Muting): Promise<Mute | null> {
  const { mutes, clock } = acting;
  const { organization, id } = mute;
  const now = clock.now();
  const over: Mute = { ...mute, ended: { at: now, by: act.actor } };
  const audit = auditEntry("unmute", act, now, mute.alert, describe(mute));
  const fire = await mutes.replace(mute, over, [spell("applyMute", { organization, mute: id })], now, audit);
  if (fire === null) return null;
  logAct(audit, acting);
  await fireStored(fire, acting);
  return mute;
}

const previewMs = 14 * 24 * 60 * 60 * 1000;

/** How many alerts of the last two weeks mutes of these scopes would have hidden. */
export async function previewMutes(
  organization: Organization,
  scopes: readonly MuteScope[],
  { told, clock }: { readonly told: Told } & Pick<Acting, "clock">,
): Promise<number[]> {
  const [first] = scopes;
  if (first === undefined) return [];
  const failures = await told.since(organization, first.pipeline, clock.now() - previewMs);
  return scopes.map((scope) => wouldHide(scope, failures));
}

function describe({ scope, reason }: Mute): string {
  const where = scope.kind === "jobEverywhere" ? scope.pipeline : `${scope.pipeline} ${scope.branch}`;
  const what = scope.kind === "branch" ? where : `${scope.name} · ${where}`;
  return reason === null ? what : `${what}: ${reason}`;
}
