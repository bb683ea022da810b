/** What every action of a person needs, and how it is recorded: read, decide, compare-and-set, again if somebody was faster. */
import type { Logger } from "pino";
import type { Clock } from "../../clock.ts";
import type { Config } from "../../config.ts";
import type { AuditEntry } from "../../domain/audit.ts";
import { type Actor, idOfActor, nameOfActor, type SlackActor } from "../../domain/handling.ts";
import type { AlertId, Organization } from "../../domain/ids.ts";
import type { Triggers } from "../../jobs/queue.ts";
import type { AlertChange, Alerts, StoredAlert } from "../../state/alerts.ts";
import type { Mark, Marks } from "../../state/marks.ts";
import type { Mutes } from "../../state/mutes.ts";

export interface Acting {
  readonly clock: Clock;
  readonly config: Config;
  readonly alerts: Alerts;
  readonly mutes: Mutes;
  readonly marks: Pick<Marks, "organizations">;
  readonly triggers: Pick<Triggers, "fire">;
  readonly log: Logger;
}

/** Who does something, and where: for the audit. */
export interface Act {
  readonly actor: Actor;
  readonly from: AuditEntry["from"];
}

/** What only people of Slack can do. */
export interface SlackAct extends Act {
  readonly actor: SlackActor;
}

export interface FoundAlert {
  readonly organization: Organization;
  readonly stored: StoredAlert;
}

/** A button names an alert only: its organisation is one of the few that are known. */
export async function findAlert(id: AlertId, { alerts, marks }: Acting): Promise<FoundAlert | null> {
  for (const organization of await marks.organizations()) {
    const stored = await alerts.read(organization, id);
    if (stored !== null) return { organization, stored };
  }
  return null;
}

export type Step<T> = {
  readonly result: T;
  /** Absent: nothing to write. */
  readonly change?: AlertChange;
  readonly subjects?: readonly string[];
};

/** Many may click at once: each that loses reads again and finds what the winner did, so few rounds are ever needed. */
const mostRounds = 50;

/**
 * @param decide Pure; called again with what is new when somebody changed the alert in between.
 * @returns null when there is no such alert any more.
 */
export async function actOn<T>(id: AlertId, acting: Acting, decide: (found: FoundAlert) => Step<T>): Promise<T | null> {
  for (let round = 0; round < mostRounds; round += 1) {
    const found = await findAlert(id, acting);
    if (found === null) return null;
    const { result, change, subjects = [] } = decide(found);
    if (change === undefined) return result;
    const { organization, stored } = found;
    const fire = await acting.alerts.act(organization, id, stored.version, change, subjects, acting.clock.now());
    if (fire === null) continue;
    if (change.audit !== undefined) logAct(change.audit, acting);
    await fireStored(fire, acting);
    return result;
  }
  throw new Error("Cannot record the action: the alert changes all the time; try again");
}

/**
 * Fires what was stored and marked. It is done, whatever becomes of its trigger: a person must not be told that nothing has
 * changed. A mark without a trigger is found by the sweep.
 */
export async function fireStored(marks: readonly Mark[], { triggers }: Pick<Acting, "triggers">): Promise<void> {
  await triggers.fire(marks).catch(() => undefined);
}

/** The log shows what the audit keeps. */
export function logAct(entry: AuditEntry, { log }: Pick<Acting, "log">): void {
  log.info({ ...entry }, "a person acted");
}

export function auditEntry(
  action: AuditEntry["action"],
  { actor, from }: Act,
  at: number,
  alert: AlertId | null,
  detail: string | null = null,
): AuditEntry {
  return { at, action, user: idOfActor(actor), name: nameOfActor(actor), from, alert, detail };
}
