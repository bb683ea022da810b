import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Instant } from "../../src/clock.ts";
import { decideHandling, type Handling, type SlackActor } from "../../src/domain/handling.ts";
import { SlackGroup, SlackUser } from "../../src/domain/ids.ts";
import { usualSettings } from "../../src/domain/policy.ts";
import { directId, dueReminders, questionId, type ReminderFacts, type Reminders } from "../../src/domain/reminder.ts";
import { hour, minute } from "../harness/clock.ts";
import { at, begin, green } from "../harness/facts.ts";
import { watchBranch } from "./watched-branch.ts";

const author = SlackUser.parse("U0ADA");
const owners = SlackGroup.parse("S0OWNERS");
const grace: SlackActor = { user: SlackUser.parse("U0GRACE"), name: "Grace" };
const day = 24 * hour;
const rules = { unacknowledged: [30 * minute, 2 * hour, day], stillOnIt: 4 * hour, handBack: hour };
const failing = watchBranch().hasSeen({ number: 1, color: "red", redAt: begin, at: begin }).open();
const open: Handling = { kind: "open", since: begin };
const acknowledged: Handling = { kind: "acknowledged", by: grace, at: begin, confirmedAt: begin };
const [first, second, third] = [1, 2, 3].map((level) => `reminder-${begin}-${level}`) as [string, string, string];
const question = `still-on-it-${begin}`;

function facts(over: Partial<Omit<ReminderFacts, "told">> & { readonly told?: Iterable<string> } = {}): ReminderFacts {
  const usual = { alert: failing, handling: open, rules, owners, author, silenced: false, progressAt: begin };
  return { ...usual, askedAt: null, now: begin, ...over, told: new Set(over.told) };
}

interface Told {
  /** Note ids, with the user group they call. */
  readonly thread: string[];
  readonly direct: SlackUser | null;
  readonly next: number | null;
}

/** Times from the beginning, as they are easier to read. */
function summary({ notes, direct, next }: Reminders): Told {
  const thread = notes.map(({ id, note }) =>
    note.kind === "reminder" && note.owners !== null ? `${id} ${note.owners}` : id,
  );
  return { thread, direct: direct?.user ?? null, next: next === null ? null : next - begin };
}

function due(over: Parameters<typeof facts>[0] = {}): Told {
  return summary(dueReminders(facts(over)));
}

describe("an alert that nobody acknowledges", () => {
  const toThread = [first];
  const toOwners = [`${third} ${owners}`];
  it.each<[when: string, after: number, told: string[], Told]>([
    ["is quiet at first", 0, [], { thread: [], direct: null, next: 30 * minute }],
    ["is quiet a moment before", 30 * minute - 1, [], { thread: [], direct: null, next: 30 * minute }],
    ["tells the thread first", 30 * minute, [], { thread: toThread, direct: null, next: 2 * hour }],
    ["tells it once", 31 * minute, [first], { thread: [], direct: null, next: 2 * hour }],
    ["tells the author then", 2 * hour, [first], { thread: [], direct: author, next: day }],
    ["tells the author once", 3 * hour, [first, second], { thread: [], direct: null, next: day }],
    ["tells the owners at last", day, [first, second], { thread: toOwners, direct: null, next: null }],
    ["is quiet after that", 9 * day, [first, second, third], { thread: [], direct: null, next: null }],
    ["late, skips the thread for the author", 5 * hour, [], { thread: [], direct: author, next: day }],
    [
      "very late, tells owners, and the author who was missed",
      3 * day,
      [],
      { thread: toOwners, direct: author, next: null },
    ],
    ["does not go back when the clock does", hour, [second], { thread: [], direct: null, next: 2 * hour }],
  ])("%s", (_, after, told, expected) => {
    expect(due({ now: at(after), told })).toEqual(expected);
  });

  it("calls the owners in the thread when the author is not known", () => {
    expect(due({ now: at(2 * hour), author: null })).toEqual({
      thread: [`${second} ${owners}`],
      direct: null,
      next: day,
    });
    expect(due({ now: at(day), told: [second], author: null }).thread).toEqual([`${third} ${owners}`]);
  });

  it("reminds the thread each time when there is nobody else", () => {
    const nobody = { author: null, owners: null };
    expect(due({ now: at(2 * hour), ...nobody }).thread).toEqual([second]);
    expect(due({ now: at(day), ...nobody }).thread).toEqual([third]);
  });

  it("has something for the thread should the author be out of reach, unless the owners are called anyway", () => {
    const instead = { id: second, note: { kind: "reminder", since: begin, owners } };
    expect(dueReminders(facts({ now: at(2 * hour) })).direct).toEqual({
      id: second,
      user: author,
      since: begin,
      instead,
    });
    expect(dueReminders(facts({ now: at(day) })).direct).toMatchObject({ id: second, instead: null });
  });

  it("begins anew when it is given back, or breaks again: what was told before does not count", () => {
    const told = [first, second, third];
    const again: Handling = { kind: "open", since: at(2 * day) };
    expect(due({ handling: again, told, now: at(2 * day) }).next).toBe(2 * day + 30 * minute);
    const later = due({ handling: again, told, now: at(2 * day + 30 * minute) });
    expect(later).toEqual({ thread: [`reminder-${at(2 * day)}-1`], direct: null, next: 2 * day + 2 * hour });
  });

  it("follows a shorter ladder, and one whose steps are not in order", () => {
    const short = { ...rules, unacknowledged: [hour] };
    expect(due({ rules: short, now: begin }).next).toBe(hour);
    expect(due({ rules: short, now: at(hour) })).toEqual({ thread: [first], direct: null, next: null });
    const crossed = { ...rules, unacknowledged: [2 * hour, hour] };
    expect(due({ rules: crossed, now: begin }).next).toBe(hour);
    expect(due({ rules: crossed, now: at(hour) })).toEqual({ thread: [], direct: author, next: null });
    expect(due({ rules: { ...rules, unacknowledged: [] }, now: at(day) })).toEqual({
      thread: [],
      direct: null,
      next: null,
    });
  });
});

describe("an alert that somebody acknowledged", () => {
  const ask = { handling: acknowledged };
  const asked = { ...ask, told: [question], askedAt: at(4 * hour) };
  const quiet = { thread: [], direct: null };

  it("is quiet while it moves, and asks when it does not", () => {
    expect(due({ ...ask, now: at(day - 1), progressAt: at(21 * hour) })).toEqual({ ...quiet, next: 25 * hour });
    expect(due({ ...ask, now: at(4 * hour - 1) })).toEqual({ ...quiet, next: 4 * hour });
    expect(due({ ...ask, now: at(4 * hour) })).toEqual({ thread: [question], direct: null, next: 5 * hour });
    const [asks] = dueReminders(facts({ ...ask, now: at(4 * hour) })).notes;
    expect(asks?.note).toEqual({ kind: "stillOnIt", who: grace, since: begin });
  });

  it("asks once, and waits for the answer", () => {
    expect(due({ ...asked, now: at(4 * hour) })).toEqual({ ...quiet, next: 5 * hour });
    expect(due({ ...asked, now: at(5 * hour - 1) })).toEqual({ ...quiet, next: 5 * hour });
  });

  it("is open again without an answer, and the ladder begins anew", () => {
    expect(dueReminders(facts({ ...asked, now: at(5 * hour) }))).toEqual({
      notes: [{ id: `given-back-${begin}`, note: { kind: "released", by: null, was: grace } }],
      direct: null,
      handling: { kind: "open", since: at(5 * hour) },
      next: at(5 * hour + 30 * minute),
    });
  });

  it("gives the time to answer also when the question comes late, or Slack has not shown it yet", () => {
    expect(due({ ...ask, now: at(3 * day) })).toEqual({ thread: [question], direct: null, next: 3 * day + hour });
    const late = { ...asked, askedAt: at(3 * day) };
    expect(due({ ...late, now: at(3 * day + hour - 1) })).toEqual({ ...quiet, next: 3 * day + hour });
    expect(due({ ...asked, askedAt: null, now: at(5 * day) })).toEqual({ ...quiet, next: 5 * day + hour });
    const impatient = { ...rules, handBack: 0 };
    expect(due({ ...asked, rules: impatient, askedAt: null, now: at(5 * day) }).next).toBe(5 * day + minute);
  });

  it("is asked anew a while after they confirmed", () => {
    const confirmed: Handling = { ...acknowledged, confirmedAt: at(4.5 * hour) };
    expect(due({ ...asked, handling: confirmed, askedAt: null, now: at(6 * hour) })).toEqual({
      ...quiet,
      next: 8.5 * hour,
    });
    const again = due({ ...asked, handling: confirmed, askedAt: null, now: at(8.5 * hour) });
    expect(again).toEqual({ thread: [`still-on-it-${at(4.5 * hour)}`], direct: null, next: 9.5 * hour });
  });

  it("is not given back when it moved after the question", () => {
    const moved = { ...asked, askedAt: null, progressAt: at(4.5 * hour) };
    expect(due({ ...moved, now: at(5 * hour) })).toEqual({ ...quiet, next: 8.5 * hour });
    expect(due({ ...moved, now: at(8.5 * hour) }).thread).toEqual([`still-on-it-${at(4.5 * hour)}`]);
  });

  it("is never asked when the route does not want it", () => {
    const never = { ...rules, stillOnIt: null };
    expect(due({ ...ask, rules: never, now: at(9 * day) })).toEqual({ ...quiet, next: null });
  });

  it("has a question to look for only while it is acknowledged", () => {
    expect(questionId(acknowledged, begin)).toBe(question);
    expect(questionId(open, begin)).toBeNull();
  });
});

describe("nothing is due", () => {
  const quiet = { notes: [], direct: null, handling: null, next: null };
  const fixed = watchBranch().hasSeen(green(1), { number: 2, color: "red", redAt: begin, at: begin });
  fixed.open();
  const done = fixed.sees(green(3))?.state;
  if (done === undefined) throw new Error("Cannot test a fixed alert: the green build told nothing");

  it.each<[string, Parameters<typeof facts>[0]]>([
    ["while all of it is muted", { silenced: true }],
    ["when reminders are off", { rules: null }],
    ["when it is fixed", { alert: done }],
  ])("%s", (_, over) => {
    for (const handling of [open, acknowledged]) {
      expect(dueReminders(facts({ ...over, handling, now: at(9 * day) }))).toEqual(quiet);
    }
  });
});

describe("waking at any times in any order", () => {
  interface Step {
    readonly now: Instant;
    readonly person: "acknowledge" | "handBack" | "confirm" | null;
  }
  const step = fc.record({
    now: fc.oneof(
      fc.integer({ min: 0, max: 40 * hour }).map(at),
      fc.constantFrom(...rules.unacknowledged, rules.stillOnIt, rules.stillOnIt + rules.handBack).map(at),
    ),
    person: fc.option(fc.constantFrom("acknowledge", "handBack", "confirm"), { nil: null, freq: 8 }),
  }) satisfies fc.Arbitrary<Step>;
  const world = fc.record({
    owners: fc.option(fc.constant(owners), { nil: null }),
    author: fc.option(fc.constant(author), { nil: null }),
  });

  /** Plays them, and checks each against what must hold at any time. @returns all that was told, in order. */
  function play(steps: readonly Step[], over: Pick<ReminderFacts, "owners" | "author">): string[] {
    const told: string[] = [];
    const shown = new Map<string, Instant>();
    let handling: Handling = open;
    for (const { now, person } of steps) {
      if (person !== null) {
        const decision = decideHandling(handling, person, grace, now);
        if (decision.kind === "changed") handling = decision.handling;
      }
      const askedAt = shown.get(questionId(handling, begin) ?? "") ?? null;
      const result = dueReminders(facts({ ...over, handling, told, askedAt, now }));
      const { notes, direct } = result;
      if (handling.kind === "acknowledged") {
        expect(direct).toBeNull();
        expect(notes.filter(({ note }) => note.kind === "reminder")).toEqual([]);
      } else expect(result.handling).toBeNull();
      expect(notes.length).toBeLessThan(2);
      if (result.next !== null) expect(result.next).toBeGreaterThan(now);
      if (direct !== null) told.push(direct.id);
      for (const { id } of notes) {
        told.push(id);
        shown.set(id, now);
      }
      handling = result.handling ?? handling;
    }
    return told;
  }

  it("tells each level and asks each question at most once, and reminds nobody while somebody is on it", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), world, (steps, over) => {
        const told = play(steps, over);
        expect(new Set(told).size).toBe(told.length);
      }),
    );
  });

  it("at each next time, and no other, tells every level of the usual ladder", () => {
    const settings = usualSettings.reminders;
    if (settings === null) throw new Error("Cannot follow the usual reminders: there are none");
    const told: string[] = [];
    const times: number[] = [];
    for (let now: Instant | null = begin; now !== null; ) {
      const { notes, direct, next }: Reminders = dueReminders(facts({ rules: settings, told, now }));
      told.push(...notes.map(({ id }) => id), ...(direct === null ? [] : [direct.id]));
      times.push(now - begin);
      now = next;
    }
    expect(told).toEqual([first, directId(begin), third]);
    expect(times).toEqual([0, ...settings.unacknowledged]);
  });
});
