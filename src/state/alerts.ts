/** Alerts, and which one is current for a branch. Writes are compare-and-set. */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import { AlertState, type NamedNote, Note } from "../domain/alert.ts";
import { AlertId, type BranchRef, type Organization } from "../domain/ids.ts";
import { type Keys, ttl } from "./keys.ts";
import type { Mark } from "./marks.ts";
import type { Scripts } from "./scripts.ts";

export interface StoredAlert {
  readonly version: number;
  readonly state: AlertState;
}

type AlertWrite =
  | { readonly kind: "conflict" }
  | { readonly kind: "stored"; readonly changed: boolean; readonly fire: Mark[] };

export interface Alerts {
  /** The id of the branch's current alert. */
  current(ref: BranchRef): Promise<AlertId | null>;
  read(organization: Organization, id: AlertId): Promise<StoredAlert | null>;
  /**
   * Makes `state` the branch's current alert, unless somebody was faster: `current` and `version` (0 for a new alert)
   * are what the decision was made from.
   */
  write(
    ref: BranchRef,
    expected: { readonly current: AlertId | null; readonly version: number },
    state: AlertState,
    notes: readonly NamedNote[],
    subjects: readonly string[],
    now: Instant,
  ): Promise<AlertWrite>;
  notes(organization: Organization, id: AlertId): Promise<NamedNote[]>;
  /** Adds a note once; a second one under its id is dropped. @returns what to fire. */
  addNote(organization: Organization, id: AlertId, note: NamedNote, subject: string, now: Instant): Promise<Mark[]>;
}

const StoredNote = z.object({ at: z.number(), note: Note });

const Flag = z.number();
const Flags = z.array(Flag);

export function createAlerts(redis: Redis, scripts: Scripts, keys: Keys): Alerts {
  return {
    async current(ref) {
      return AlertId.nullable().parse(await redis.hget(keys.branch(ref), "alert"));
    },
    async read(organization, id) {
      const [version, state] = await redis.hmget(keys.alert(organization, id), "version", "state");
      if (version == null || state == null) return null;
      return { version: Number(version), state: AlertState.parse(JSON.parse(state)) };
    },
    async write(ref, expected, state, notes, subjects, now) {
      const { organization } = ref;
      const id = state.id;
      const reply = await scripts.run(
        "writeAlert",
        [keys.branch(ref), keys.alert(organization, id), keys.notes(organization, id), keys.marks(organization).marks],
        [
          now,
          ttl.idle,
          expected.current ?? "",
          expected.version,
          id,
          // Parsed, so that the same state is always spelled the same way.
          JSON.stringify(AlertState.parse(state)),
          notes.length,
          ...notes.flatMap(({ id: name, note }) => [name, JSON.stringify({ at: now, note })]),
          ...subjects,
        ],
      );
      const [outcome, ...flags] = Flags.parse(reply);
      if (outcome === 0) return { kind: "conflict" };
      return { kind: "stored", changed: outcome === 1, fire: marked(organization, subjects, flags) };
    },
    async notes(organization, id) {
      const all = await redis.hgetall(keys.notes(organization, id));
      return Object.entries(all)
        .map(([name, json]) => ({ id: name, ...StoredNote.parse(JSON.parse(json)) }))
        .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
        .map(({ id: name, note }) => ({ id: name, note }));
    },
    async addNote(organization, id, { id: name, note }, subject, now) {
      const k = [keys.alert(organization, id), keys.notes(organization, id), keys.marks(organization).marks];
      const json = JSON.stringify({ at: now, note });
      const flag = Flag.parse(await scripts.run("addNote", k, [now, ttl.idle, name, json, subject]));
      return marked(organization, [subject], [flag]);
    },
  };
}

export function marked(organization: Organization, subjects: readonly string[], flags: readonly number[]): Mark[] {
  return subjects.filter((_, i) => flags[i] === 1).map((subject) => ({ organization, subject }));
}
