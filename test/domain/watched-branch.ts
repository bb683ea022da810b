/** A branch that is looked at after each build, as the bot does it, but in memory. Every look checks what must always hold. */
import { expect } from "vitest";
import type { Instant } from "../../src/clock.ts";
import { type AlertDecision, type AlertFacts, AlertState, decideAlert, type Note } from "../../src/domain/alert.ts";
import { type BranchView, type HistoryEntry, viewBranch } from "../../src/domain/history.ts";
import type { Channel } from "../../src/domain/ids.ts";
import type { Verdict } from "../../src/domain/verdict.ts";
import { hour } from "../harness/clock.ts";
import { alertFacts, at, causeOf, summaryOf, verdictWith } from "../harness/facts.ts";

interface Look {
  /** null: nobody knows the builds any more. */
  readonly red?: null;
  readonly green?: null;
  readonly channel?: Channel;
  readonly now?: Instant;
}

interface Told {
  /** What failed in this build; Specs unless told otherwise. */
  readonly jobs?: readonly string[];
  readonly verdict?: Partial<Verdict>;
}

interface Options {
  readonly jobs?: Readonly<Record<number, readonly string[]>>;
  readonly reopenWithin?: number;
}

export function watchBranch({ jobs = {}, reopenWithin = 2 * hour }: Options = {}): WatchedBranch {
  return new WatchedBranch(jobs, reopenWithin);
}

class WatchedBranch {
  state: AlertState | null = null;
  /** What the thread of the alert was told, a line a note. */
  thread: string[] = [];
  #history: readonly HistoryEntry[] = [];
  readonly #told = new Map<number, Told>();
  #noteIds = new Set<string>();
  readonly #reopenWithin: number;

  constructor(jobs: Readonly<Record<number, readonly string[]>>, reopenWithin: number) {
    this.#reopenWithin = reopenWithin;
    for (const [number, names] of Object.entries(jobs)) this.#told.set(Number(number), { jobs: names });
  }

  get view(): BranchView {
    return viewBranch(this.#history, this.#reopenWithin);
  }

  /** Enters builds, and nobody looks yet. */
  hasSeen(...entries: readonly HistoryEntry[]): this {
    for (const entry of entries) {
      this.forgets(entry.number);
      this.#history = [...this.#history, entry].sort((a, b) => a.number - b.number);
    }
    return this;
  }

  /** The build is neither red nor green any more. */
  forgets(number: number): this {
    this.#history = this.#history.filter((entry) => entry.number !== number);
    return this;
  }

  sees(entry: HistoryEntry, told?: Told): AlertDecision | null {
    if (told !== undefined) this.#told.set(entry.number, told);
    return this.hasSeen(entry).looks();
  }

  looks(look: Look = {}): AlertDecision | null {
    const before = this.state;
    const decision = this.#decide(before, look);
    if (decision === null) return null;
    const json = JSON.stringify(decision.state);
    // As it comes back from Redis, which takes it for changed when a single character is.
    this.state = AlertState.parse(JSON.parse(json));
    const again = this.#decide(this.state, look);
    expect(again?.notes, "a second look tells nothing").toEqual([]);
    expect(JSON.stringify(again?.state), "a second look changes nothing").toBe(json);
    if (decision.state.id !== before?.id) {
      this.thread = [];
      this.#noteIds = new Set();
    }
    for (const { id, note } of decision.notes) {
      const isNew = !this.#noteIds.has(id);
      // A streak that shrinks and grows again reaches a length twice; all else is told each time.
      if (note.kind !== "stillFailing") expect(isNew, `a second note ${id} would not be told`).toBe(true);
      this.#noteIds.add(id);
      if (isNew) this.thread.push(spoken(note));
    }
    return decision;
  }

  /** Looks, and expects an alert. */
  open(): AlertState {
    const decision = this.looks();
    if (decision === null) throw new Error("Cannot open an alert: the branch is not red");
    return decision.state;
  }

  #decide(current: AlertState | null, look: Look): AlertDecision | null {
    const { view } = this;
    const stretch = view.lastStretch;
    const fixer = stretch?.fixedBy ?? null;
    const facts = stretch === null || look.red === null ? null : this.#describe(stretch.first, stretch.newest, look);
    const green = fixer === null || look.green === null ? null : summaryOf(fixer.number, { at: fixer.at });
    return decideAlert(current, view, facts, green, { reopenWithin: this.#reopenWithin }, look.now ?? at(100 * hour));
  }

  #describe(first: HistoryEntry, newest: HistoryEntry, { channel }: Look): AlertFacts {
    const told = this.#told.get(newest.number) ?? {};
    const passed = newest.color === "recovered";
    return alertFacts({
      ...(channel && { channel }),
      since: summaryOf(first.number, { at: first.redAt }),
      newest: summaryOf(newest.number, { at: newest.redAt }),
      verdict: verdictWith({
        outcome: passed ? "passed" : "failed",
        at: newest.at,
        causes: passed ? [] : (told.jobs ?? ["Specs"]).map((name) => causeOf(name)),
        ...(passed && { jobsUnknown: false, recoveredBuild: true }),
        ...told.verdict,
      }),
    });
  }
}

function spoken(note: Note): string {
  switch (note.kind) {
    case "alsoBroken":
      return `#${note.build} also broken: ${note.jobs.join(", ")}`;
    case "stillFailing":
      return `#${note.build} still failing, ${note.streak} in a row`;
    case "fixed":
      return `#${note.build} fixed: ${note.by}`;
    case "brokeAgain":
      return `#${note.build} broke again: ${note.timesBroken}`;
    case "log":
      return `#${note.build} log of ${note.job}`;
    default:
      // What people do is none of CI's notes.
      return note.kind;
  }
}
