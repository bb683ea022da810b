/** What time alone does about a failing alert: nobody takes it, or whoever did has gone quiet. */
import type { Instant } from "../clock.ts";
import type { AlertState, NamedNote } from "./alert.ts";
import type { Handling } from "./handling.ts";
import type { Owner, SlackUser } from "./ids.ts";
import type { ReminderRules } from "./policy.ts";

type Owners = Owner | readonly Owner[];

export interface ReminderFacts {
  readonly alert: AlertState;
  readonly handling: Handling;
  /** null: off. */
  readonly rules: ReminderRules | null;
  /** Of the route or, where it names none, of the files that changed. */
  readonly owners: Owners | null;
  readonly author: SlackUser | null;
  /** All of it is muted. The end of the mute is a reason of its own to look again. */
  readonly silenced: boolean;
  /** The last thing that happened besides people's words: a newer build, a rerun. */
  readonly progressAt: Instant;
  /** The ids of what was told before, in the thread or directly. */
  readonly told: ReadonlySet<string>;
  /** When Slack showed the question whether they are still on it; null: not yet. */
  readonly askedAt: Instant | null;
  readonly now: Instant;
}

export interface DirectReminder {
  readonly id: string;
  readonly user: SlackUser;
  readonly since: Instant;
  /** For the thread, when the person cannot be reached; null when the thread is told anyway. */
  readonly instead: NamedNote | null;
}

export interface Reminders {
  readonly notes: readonly NamedNote[];
  readonly direct: DirectReminder | null;
  /** Given back by time. */
  readonly handling: Handling | null;
  /** The earliest time at which something else becomes due. */
  readonly next: Instant | null;
}

/** Whom each level addresses: those who read along, whoever broke it, and at last those who own it. */
const levels = { thread: 1, author: 2, owners: 3 } as const;

const nothing: Reminders = { notes: [], direct: null, handling: null, next: null };

/** A question that Slack has not shown yet is looked at again soon, however short the time to answer is. */
const shortestWait = 60_000;

/** Decides from times alone, so waking late, early or twice does no harm. */
export function dueReminders(facts: ReminderFacts): Reminders {
  const { alert, handling, rules, silenced } = facts;
  if (alert.status !== "failing" || rules === null || silenced) return nothing;
  return handling.kind === "open" ? remindOf(facts, handling.since, rules) : askWhoeverIsOnIt(facts, handling, rules);
}

function reminderId(since: Instant, level: number): string {
  return `reminder-${since}-${level}`;
}

/** The id of the message that reminds the author. */
export function directId(since: Instant): string {
  return reminderId(since, levels.author);
}

/** One question for each quiet spell: after progress, or a confirmation, there is something new to ask. */
export function questionId(handling: Handling, progressAt: Instant): string | null {
  return handling.kind === "open" ? null : questionOf(quietSince(handling, progressAt));
}

function questionOf(quiet: Instant): string {
  return `still-on-it-${quiet}`;
}

type Acknowledged = Extract<Handling, { kind: "acknowledged" }>;

function quietSince({ confirmedAt }: Acknowledged, progressAt: Instant): Instant {
  return Math.max(confirmedAt, progressAt);
}

/** Of several levels that became due while nobody looked, only the highest speaks. */
function remindOf(facts: ReminderFacts, since: Instant, { unacknowledged }: ReminderRules): Reminders {
  const { told, now } = facts;
  const dueAt = unacknowledged.map((after) => since + after);
  const level = dueAt.findLastIndex((at) => at <= now) + 1;
  const next = earliest(dueAt.slice(level));
  const silent = dueAt.every((_, i) => i + 1 < level || !told.has(reminderId(since, i + 1)));
  return { ...nothing, ...(level > 0 && silent && tell(level, since, facts)), next };
}

function tell(level: number, since: Instant, { alert, author, owners, told }: ReminderFacts): Partial<Reminders> {
  const note = (to: Owners | null): NamedNote => ({
    id: reminderId(since, level),
    note: { kind: "reminder", since: alert.since.at, owners: typeof to === "object" && to !== null ? [...to] : to },
  });
  if (level === levels.thread) return { notes: [note(null)] };
  const direct = (user: SlackUser, instead: NamedNote | null) => ({ id: directId(since), user, since, instead });
  // Whom nobody knows cannot be told: the next in line are.
  if (level === levels.author) {
    return author === null ? { notes: [note(owners)] } : { direct: direct(author, note(owners)) };
  }
  // What the thread was not told, it is told now; the author would not see it there.
  const missed = author !== null && !told.has(directId(since));
  return { notes: [note(owners)], direct: missed ? direct(author, null) : null };
}

function askWhoeverIsOnIt(facts: ReminderFacts, handling: Acknowledged, rules: ReminderRules): Reminders {
  const { stillOnIt, handBack } = rules;
  const { progressAt, told, askedAt, now } = facts;
  if (stillOnIt === null) return nothing;
  const quiet = quietSince(handling, progressAt);
  if (now < quiet + stillOnIt) return { ...nothing, next: quiet + stillOnIt };
  const id = questionOf(quiet);
  if (!told.has(id)) {
    const note: NamedNote = { id, note: { kind: "stillOnIt", who: handling.by, since: handling.at } };
    return { ...nothing, notes: [note], next: now + handBack };
  }
  // The time to answer begins when the question can be read: we, or Slack, may have been away when it was due.
  if (askedAt === null) return { ...nothing, next: now + Math.max(handBack, shortestWait) };
  if (now < askedAt + handBack) return { ...nothing, next: askedAt + handBack };
  return release(handling, rules, now);
}

function release({ by, confirmedAt }: Acknowledged, { unacknowledged }: ReminderRules, now: Instant): Reminders {
  return {
    notes: [{ id: `given-back-${confirmedAt}`, note: { kind: "released", by: null, was: by } }],
    direct: null,
    handling: { kind: "open", since: now },
    next: earliest(unacknowledged.map((after) => now + after)),
  };
}

function earliest(times: readonly Instant[]): Instant | null {
  return times.length === 0 ? null : Math.min(...times);
}
