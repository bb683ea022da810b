/** Says that nobody is on an alert, to ever more people, and asks whoever is on it whether they still are. */
import type { Instant } from "../clock.ts";
import type { NamedNote } from "../domain/alert.ts";
import type { AuditEntry } from "../domain/audit.ts";
import { fileMutesOf, firstEnd } from "../domain/file-mute.ts";
import type { AlertId, Owner } from "../domain/ids.ts";
import { authorIn } from "../domain/mention.ts";
import { silenceOf } from "../domain/mute.ts";
import { settingsFor } from "../domain/policy.ts";
import { type DirectReminder, directId, dueReminders, questionId, type ReminderFacts } from "../domain/reminder.ts";
import { foundFor } from "../domain/suspects.ts";
import { Later } from "../later.ts";
import { SlackRefused } from "../slack/client.ts";
import { Shown } from "../slack/deliver.ts";
import { reminderMessage } from "../slack/messages/reminder.ts";
import type { AlertChange, StoredAlert } from "../state/alerts.ts";
import type { SlotRef } from "../state/slots.ts";
import { alertSlot } from "./alert-slot.ts";
import type { Run, Tools } from "./job.ts";
import { permalinkOf } from "./permalink.ts";
import { type AlertRef, spell } from "./subjects.ts";

type RemindTools = Pick<
  Tools,
  "clock" | "alerts" | "mutes" | "slots" | "slack" | "deliverer" | "fire" | "triggerAt"
> & {
  readonly people: Pick<Tools["people"], "notify">;
  readonly policies: Pick<Tools["policies"], "ofAlert" | "ownersOf">;
};

/** Who cannot be written to; everything else that Slack refuses is worth an operator's look. */
const unreachable = new Set(["user_disabled", "messages_tab_disabled", "cannot_dm_bot", "channel_not_found"]);

export async function remind(ref: AlertRef, tools: RemindTools, run: Run): Promise<void> {
  const { alerts, clock } = tools;
  const { organization, alert: id } = ref;
  const stored = await alerts.read(organization, id);
  if (stored === null) return;
  const now = clock.now();
  const { facts, unsilencedAt } = await gather(ref, stored, tools, now);
  const { notes, direct, handling, next } = dueReminders(facts);
  // Before the notes: once they are written, nobody would know that the author was missed.
  const instead = direct === null ? null : await tellDirectly(ref, stored, direct, tools, run);
  const written = instead === null ? notes : [...notes, instead];
  if (written.length > 0) {
    const change: AlertChange = {
      notes: written,
      ...(handling !== null && { handling, audit: givenBack(id, now) }),
    };
    const fire = await alerts.act(organization, id, stored.version, change, [spell("syncAlert", ref)], now);
    if (fire === null) throw new Later("another run changed the alert", clock.now());
    await tools.fire(fire);
    run.log.info({ notes: written.map((note) => note.id), givenBack: handling !== null }, "reminded");
  }
  const lookAgainAt = next ?? unsilencedAt;
  if (lookAgainAt !== null) await tools.triggerAt("remind", ref, lookAgainAt);
}

async function gather(
  { organization, alert: id }: AlertRef,
  { state, handling, rerun, mention, suspects }: StoredAlert,
  { alerts, mutes, slots, people, policies }: RemindTools,
  now: Instant,
): Promise<Gathered> {
  const progressAt = Math.max(state.newest.at, state.verdict.at ?? 0, rerun?.at ?? 0);
  const question = questionId(handling, progressAt);
  const shownAt = async (slot: SlotRef): Promise<Instant | null> => {
    const shown = await slots.read(slot, Shown);
    return shown === null ? null : Math.floor(Number(shown.ts) * 1000);
  };
  const [noteIds, active, policy, directAt, askedAt] = await Promise.all([
    alerts.noteIds(organization, id),
    mutes.active(organization),
    policies.ofAlert(state),
    handling.kind === "open" ? shownAt(directSlot(state, handling.since)) : null,
    question === null ? null : shownAt({ organization, name: `${alertSlot(state)}/${question}` }),
  ]);
  const told = new Set(noteIds);
  if (handling.kind === "open" && directAt !== null) told.add(directId(handling.since));
  const author = authorIn(mention);
  const { reminders, owners } = settingsFor(policy, state);
  const files = foundFor(suspects, state.since.number)?.files ?? [];
  const inFiles = fileMutesOf(state, policy, now);
  const silence = silenceOf(state, [...active, ...inFiles], now);
  const facts: ReminderFacts = {
    alert: state,
    handling,
    rules: reminders,
    owners: owners ?? ownersNamed(await policies.ownersOf(state, files)),
    author: author !== null && (await people.notify(author, null)) !== "off" ? author : null,
    silenced: silence !== null,
    progressAt,
    told,
    askedAt,
    now,
  };
  return { facts, unsilencedAt: silence === null ? null : firstEnd(inFiles) };
}

interface Gathered {
  readonly facts: ReminderFacts;
  /** When a file ends the silence: the end of a mute that a person has set is told by that one. */
  readonly unsilencedAt: Instant | null;
}

function ownersNamed(owners: readonly Owner[]): readonly Owner[] | null {
  return owners.length === 0 ? null : owners;
}

/** @returns what the thread is told instead, when the person cannot be written to. */
async function tellDirectly(
  ref: AlertRef,
  { state, version, handling }: StoredAlert,
  { user, since, instead }: DirectReminder,
  tools: RemindTools,
  { log }: Run,
): Promise<NamedNote | null> {
  const content = reminderMessage({ alert: state, version, handling }, await permalinkOf(ref, tools));
  try {
    await tools.deliverer.deliverOnce({
      slot: directSlot(state, since),
      tag: { alert: ref.alert, slot: `dm-${since}` },
      // Slack opens the direct messages with a person by itself.
      channels: [user],
      content,
    });
    log.info({ user }, "author reminded");
    return null;
  } catch (error) {
    if (!(error instanceof SlackRefused)) throw error;
    // Whatever the reason, the next in line must not wait for it.
    log[unreachable.has(error.code) ? "info" : "warn"]({ user, err: error }, "author not reminded");
    return instead;
  }
}

function directSlot(state: StoredAlert["state"], since: Instant): SlotRef {
  return { organization: state.organization, name: `${alertSlot(state)}/dm-${since}` };
}

function givenBack(alert: AlertId, at: Instant): AuditEntry {
  return { at, action: "handBack", user: "system", name: "Signalbox", from: "clock", alert, detail: "no answer" };
}
