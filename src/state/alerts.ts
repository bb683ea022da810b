/** Alerts, and which one is current for a branch. Writes are compare-and-set. */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import { AlertState, type NamedNote, Note } from "../domain/alert.ts";
import type { AuditEntry } from "../domain/audit.ts";
import { Handling } from "../domain/handling.ts";
import { AlertId, type BranchRef, type Organization } from "../domain/ids.ts";
import { Mention } from "../domain/mention.ts";
import { Rerun } from "../domain/rerun.ts";
import { Suspicion } from "../domain/suspects.ts";
import { type Keys, ttl } from "./keys.ts";
import type { Mark } from "./marks.ts";
import type { Scripts } from "./scripts.ts";
import { transact } from "./transaction.ts";

export interface StoredAlert {
  /** Rises with each change of the state and of what people did. */
  readonly version: number;
  readonly state: AlertState;
  readonly handling: Handling;
  readonly rerun: Rerun | null;
  /** null: nobody has looked yet who it is. */
  readonly mention: Mention | null;
  /** null: nobody has asked GitHub yet. */
  readonly suspects: Suspicion | null;
  /** It was muted when it would have been told, and has no message. */
  readonly hidden: boolean;
}

export interface ToldNote extends NamedNote {
  readonly at: Instant;
}

/** What people, or time, change about an alert. */
export interface AlertChange {
  readonly handling?: Handling;
  readonly rerun?: Rerun;
  readonly mention?: Mention;
  readonly suspects?: Suspicion;
  readonly notes?: readonly NamedNote[];
  readonly audit?: AuditEntry;
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
    /** From now on nobody is on it: the branch breaks, and what people did was about another failure; or it was muted. */
    begins: "opens" | "heard" | null,
    notes: readonly NamedNote[],
    subjects: readonly string[],
    now: Instant,
  ): Promise<AlertWrite>;
  /** @returns null when somebody changed the alert since `version` was read: read it again. */
  act(
    organization: Organization,
    id: AlertId,
    version: number,
    change: AlertChange,
    subjects: readonly string[],
    now: Instant,
  ): Promise<Mark[] | null>;
  /** The failing alerts, the longest open first. */
  open(organization: Organization): Promise<AlertId[]>;
  /** In the order they were made, without those that were dropped. */
  notes(organization: Organization, id: AlertId): Promise<ToldNote[]>;
  /** Of all notes ever made, the dropped ones too. */
  noteIds(organization: Organization, id: AlertId): Promise<ReadonlySet<string>>;
  /** These will not be told, not even later: the alert was muted when it was their time. */
  dropNotes(organization: Organization, id: AlertId, names: readonly string[]): Promise<void>;
  /** Nobody was told of the alert, since it was muted; `unhide`: now they are. */
  hide(organization: Organization, id: AlertId): Promise<void>;
  unhide(organization: Organization, id: AlertId): Promise<void>;
  /** Adds a note once; a second one under its id is dropped. @returns what to fire. */
  addNote(organization: Organization, id: AlertId, note: NamedNote, subject: string, now: Instant): Promise<Mark[]>;
}

const StoredNote = z.object({ at: z.number(), note: Note, dropped: z.literal(true).optional() });

export const auditLength = 10_000;

const Flag = z.number();
const Flags = z.array(Flag);

export function createAlerts(redis: Redis, scripts: Scripts, keys: Keys): Alerts {
  return {
    async current(ref) {
      return AlertId.nullable().parse(await redis.hget(keys.branch(ref), "alert"));
    },
    async read(organization, id) {
      const fields = ["version", "state", "handling", "rerun", "mention", "suspects", "hidden"] as const;
      const [version, state, handling, rerun, mention, suspects, hidden] = await redis.hmget(
        keys.alert(organization, id),
        ...fields,
      );
      if (version == null || state == null) return null;
      const parsed = AlertState.parse(JSON.parse(state));
      return {
        version: Number(version),
        state: parsed,
        handling: handling == null ? { kind: "open", since: parsed.since.at } : Handling.parse(JSON.parse(handling)),
        rerun: rerun == null ? null : Rerun.parse(JSON.parse(rerun)),
        mention: mention == null ? null : Mention.parse(JSON.parse(mention)),
        suspects: suspects == null ? null : Suspicion.parse(JSON.parse(suspects)),
        hidden: hidden === "1",
      };
    },
    async write(ref, expected, state, begins, notes, subjects, now) {
      const { organization } = ref;
      const id = state.id;
      const reply = await scripts.run(
        "writeAlert",
        [
          keys.branch(ref),
          keys.alert(organization, id),
          keys.notes(organization, id),
          keys.open(organization),
          keys.marks(organization).marks,
        ],
        [
          now,
          ttl.idle,
          expected.current ?? "",
          expected.version,
          id,
          // Parsed, so that the same state is always spelled the same way.
          JSON.stringify(AlertState.parse(state)),
          begins === null ? "" : JSON.stringify({ kind: "open", since: now } satisfies Handling),
          begins === "opens" ? 1 : 0,
          state.status === "failing" ? 1 : 0,
          notes.length,
          ...spelled(notes, now),
          ...subjects,
        ],
      );
      const [outcome, ...flags] = Flags.parse(reply);
      if (outcome === 0) return { kind: "conflict" };
      return { kind: "stored", changed: outcome === 1, fire: marked(organization, subjects, flags) };
    },
    async act(organization, id, version, { notes = [], audit, ...change }, subjects, now) {
      const fields = Object.entries(change).flatMap(([name, value]) => [name, JSON.stringify(value)]);
      const reply = await scripts.run(
        "act",
        [
          keys.alert(organization, id),
          keys.notes(organization, id),
          keys.audit(organization),
          keys.marks(organization).marks,
        ],
        [
          now,
          ttl.idle,
          version,
          auditLength,
          audit === undefined ? "" : JSON.stringify(audit),
          fields.length / 2,
          ...fields,
          notes.length,
          ...spelled(notes, now),
          ...subjects,
        ],
      );
      const [stored, ...flags] = Flags.parse(reply);
      return stored === 1 ? marked(organization, subjects, flags) : null;
    },
    async open(organization) {
      return (await redis.zrange(keys.open(organization), "0", "-1")).map((id) => AlertId.parse(id));
    },
    async notes(organization, id) {
      const all = await redis.hgetall(keys.notes(organization, id));
      return Object.entries(all)
        .map(([name, json]) => ({ id: name, ...StoredNote.parse(JSON.parse(json)) }))
        .filter(({ dropped }) => dropped === undefined)
        .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
        .map(({ at, id: name, note }) => ({ at, id: name, note }));
    },
    async noteIds(organization, id) {
      return new Set(await redis.hkeys(keys.notes(organization, id)));
    },
    async dropNotes(organization, id, names) {
      const key = keys.notes(organization, id);
      const stored = names.length === 0 ? [] : await redis.hmget(key, ...names);
      const dropped = names.flatMap((name, i) => {
        const json = stored[i];
        return json == null ? [] : [name, JSON.stringify({ ...StoredNote.parse(JSON.parse(json)), dropped: true })];
      });
      if (dropped.length > 0) await redis.hset(key, ...dropped);
    },
    async hide(organization, id) {
      const key = keys.alert(organization, id);
      await transact(redis.multi().hset(key, "hidden", "1").expire(key, ttl.idle));
    },
    async unhide(organization, id) {
      await redis.hdel(keys.alert(organization, id), "hidden");
    },
    async addNote(organization, id, { id: name, note }, subject, now) {
      const k = [keys.alert(organization, id), keys.notes(organization, id), keys.marks(organization).marks];
      const json = JSON.stringify({ at: now, note });
      const flag = Flag.parse(await scripts.run("addNote", k, [now, ttl.idle, name, json, subject]));
      return marked(organization, [subject], [flag]);
    },
  };
}

function spelled(notes: readonly NamedNote[], now: Instant): string[] {
  return notes.flatMap(({ id, note }) => [id, JSON.stringify({ at: now, note })]);
}

export function marked(organization: Organization, subjects: readonly string[], flags: readonly number[]): Mark[] {
  return subjects.filter((_, i) => flags[i] === 1).map((subject) => ({ organization, subject }));
}
