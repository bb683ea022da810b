/**
 * Marks say that somebody must look at a subject; they are the durable half of a trigger. Due times are marks to come.
 */

import type { Redis } from "ioredis";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import { Organization } from "../domain/ids.ts";
import type { Keys } from "./keys.ts";
import type { Scripts } from "./scripts.ts";

/** What is to be looked at, as it is spelled in Redis: job kind and the parts of the subject, each URI-encoded. */
export interface Mark {
  readonly organization: Organization;
  readonly subject: string;
}

interface Waiting extends Mark {
  readonly since: Instant;
  readonly due: Instant | null;
}

export interface Taken extends Mark {
  /** The mark's value when it was taken: tells at the end whether somebody marked the subject again. */
  readonly value: string;
  /** 1 for the first run since the last success. */
  readonly attempt: number;
  /** Runs before this one that began and never came to an end: their process died. */
  readonly deaths: number;
}

const Dead = z.object({ at: z.number(), attempts: z.number(), error: z.string() });
type Dead = z.infer<typeof Dead>;

// Schemas are made once: making one costs more than parsing with it.
const Flags = z.array(z.number());
const TakeReply = z.tuple([z.string(), z.number(), z.number()]);
const WakeReply = z.array(z.string());

export interface Marks {
  /** @returns the subjects that were not marked before: they need a trigger. */
  mark(organization: Organization, subjects: readonly string[], now: Instant): Promise<Mark[]>;
  take(mark: Mark): Promise<Taken | null>;
  /** @returns true when the subject was marked again since it was taken, and must run once more. */
  finish(taken: Taken, now: Instant): Promise<boolean>;
  /**
   * Looks at the subject at a time; the earlier of two wins.
   * @param why A run that ended thus, counted as an attempt or not, or a timer that somebody sets.
   */
  postpone(mark: Mark, at: Instant, why: "failed" | "forgiven" | "timer"): Promise<void>;
  /** @returns true as `finish` does. */
  giveUp(taken: Taken, why: Dead): Promise<boolean>;
  /** Turns what is due into marks. `next` is the time of the next one that is not due yet. */
  wake(organization: Organization, now: Instant): Promise<{ readonly woken: Mark[]; readonly next: Instant | null }>;
  /** All marked subjects: since when, and until when they wait on purpose. */
  waiting(organization: Organization): Promise<Waiting[]>;
  /** When a subject is to be looked at; null: at no set time. */
  dueAt(mark: Mark): Promise<Instant | null>;
  dead(organization: Organization): Promise<(Mark & { readonly why: Dead })[]>;
  forgetDead(mark: Mark): Promise<void>;
  /** Lets the sweep know of an organisation; asks Redis once per process. */
  introduce(organization: Organization): Promise<void>;
  organizations(): Promise<Organization[]>;
}

export function createMarks(redis: Redis, scripts: Scripts, keys: Keys): Marks {
  const introduced = new Set<Organization>();
  return {
    async mark(organization, subjects, now) {
      const { marks, dead } = keys.marks(organization);
      const flags = Flags.parse(await scripts.run("mark", [marks, dead], [now, ...subjects]));
      return subjects.filter((_, i) => flags[i] === 1).map((subject) => ({ organization, subject }));
    },
    async take({ organization, subject }) {
      const { marks, attempts, due, dead } = keys.marks(organization);
      const reply = await scripts.run("takeMark", [marks, attempts, due, dead], [subject]);
      if (reply === null) return null;
      const [value, attempt, deaths] = TakeReply.parse(reply);
      return { organization, subject, value, attempt, deaths };
    },
    async finish({ organization, subject, value }, now) {
      const { marks, attempts } = keys.marks(organization);
      return (await scripts.run("finishMark", [marks, attempts], [subject, value, now])) === 1;
    },
    async postpone({ organization, subject }, at, why) {
      const { due, attempts } = keys.marks(organization);
      await scripts.run("postponeMark", [due, attempts], [subject, Math.ceil(at), why]);
    },
    async giveUp({ organization, subject, value }, why) {
      const { marks, attempts, due, dead } = keys.marks(organization);
      const reply = await scripts.run(
        "giveUpMark",
        [marks, attempts, due, dead],
        [subject, value, JSON.stringify(why)],
      );
      return reply === 1;
    },
    async wake(organization, now) {
      const { due, marks } = keys.marks(organization);
      const reply = await scripts.run("wakeDue", [due, marks], [now]);
      const [next, ...woken] = WakeReply.parse(reply);
      return { woken: woken.map((subject) => ({ organization, subject })), next: next ? Number(next) : null };
    },
    async waiting(organization) {
      const { marks, due } = keys.marks(organization);
      const [marked, times] = await Promise.all([redis.hgetall(marks), redis.zrange(due, "0", "-1", "WITHSCORES")]);
      const dueAt = new Map<string, Instant>();
      for (let i = 0; i + 1 < times.length; i += 2) dueAt.set(times[i] ?? "", Number(times[i + 1]));
      return Object.entries(marked).flatMap(([subject, value]) => {
        const since = /@(\d+)$/.exec(value)?.[1];
        // The field "#" counts marks; it is no subject.
        if (since === undefined) return [];
        return [{ organization, subject, since: Number(since), due: dueAt.get(subject) ?? null }];
      });
    },
    async dueAt({ organization, subject }) {
      const at = await redis.zscore(keys.marks(organization).due, subject);
      return at === null ? null : Number(at);
    },
    async dead(organization) {
      const all = await redis.hgetall(keys.marks(organization).dead);
      return Object.entries(all).map(([subject, json]) => ({
        organization,
        subject,
        why: Dead.parse(JSON.parse(json)),
      }));
    },
    async forgetDead({ organization, subject }) {
      await redis.hdel(keys.marks(organization).dead, subject);
    },
    async introduce(organization) {
      if (introduced.has(organization)) return;
      await redis.sadd(keys.organizations, organization);
      introduced.add(organization);
    },
    async organizations() {
      const stored = await redis.smembers(keys.organizations);
      // A Redis that lost its data does not know the ones this process introduced before.
      return [...new Set([...stored.map((name) => Organization.parse(name)), ...introduced])];
    },
  };
}
