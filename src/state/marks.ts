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

export interface Taken extends Mark {
  /** The mark's value when it was taken: tells at the end whether somebody marked the subject again. */
  readonly value: string;
  /** 1 for the first run since the last success. */
  readonly attempt: number;
}

const Dead = z.object({ at: z.number(), attempts: z.number(), error: z.string() });
type Dead = z.infer<typeof Dead>;

const Flags = z.array(z.number());

export interface Marks {
  /** @returns the subjects that were not marked before: they need a trigger. */
  mark(organization: Organization, subjects: readonly string[], now: Instant): Promise<Mark[]>;
  take(mark: Mark): Promise<Taken | null>;
  /** @returns true when the subject was marked again since it was taken, and must run once more. */
  finish(taken: Taken): Promise<boolean>;
  /** Looks at the subject at a time; the earlier of two wins. `forgive`: the run that asks was no failed attempt. */
  postpone(mark: Mark, at: Instant, options?: { readonly forgive?: boolean }): Promise<void>;
  /** @returns true as `finish` does. */
  giveUp(taken: Taken, why: Dead): Promise<boolean>;
  /** Turns what is due into marks. `next` is the time of the next one that is not due yet. */
  wake(organization: Organization, now: Instant): Promise<{ readonly woken: Mark[]; readonly next: Instant | null }>;
  /** Marks that stand since before a time: somebody lost their trigger, or they are being worked on right now. */
  standing(organization: Organization, before: Instant): Promise<Mark[]>;
  /** How many subjects are marked, and since when the oldest is. */
  backlog(organization: Organization): Promise<{ readonly marked: number; readonly oldest: Instant | null }>;
  dead(organization: Organization): Promise<(Mark & { readonly why: Dead })[]>;
  forgetDead(mark: Mark): Promise<void>;
  /** Lets the sweep know of an organisation; asks Redis once per process. */
  introduce(organization: Organization): Promise<void>;
  organizations(): Promise<Organization[]>;
}

const wakeAtOnce = 200;

export function createMarks(redis: Redis, scripts: Scripts, keys: Keys): Marks {
  const read = async (organization: Organization): Promise<(Mark & { since: Instant })[]> => {
    const all = await redis.hgetall(keys.marks(organization).marks);
    return Object.entries(all).flatMap(([subject, value]) => {
      const since = /@(\d+)$/.exec(value)?.[1];
      // The field "#" counts marks; it is no subject.
      return since === undefined ? [] : [{ organization, subject, since: Number(since) }];
    });
  };
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
      const [value, attempt] = z.tuple([z.string(), z.number()]).parse(reply);
      return { organization, subject, value, attempt };
    },
    async finish({ organization, subject, value }) {
      const { marks, attempts } = keys.marks(organization);
      return (await scripts.run("finishMark", [marks, attempts], [subject, value])) === 1;
    },
    async postpone({ organization, subject }, at, options) {
      const { due, attempts } = keys.marks(organization);
      await scripts.run("postponeMark", [due, attempts], [subject, Math.ceil(at), options?.forgive ? "1" : "0"]);
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
      const reply = await scripts.run("wakeDue", [due, marks], [now, wakeAtOnce]);
      const [next, ...woken] = z.array(z.string()).parse(reply);
      return { woken: woken.map((subject) => ({ organization, subject })), next: next ? Number(next) : null };
    },
    async standing(organization, before) {
      const due = new Set(await redis.zrange(keys.marks(organization).due, "0", "-1"));
      // A subject with a time to come is waiting on purpose.
      return (await read(organization)).filter(({ subject, since }) => since < before && !due.has(subject));
    },
    async backlog(organization) {
      const all = await read(organization);
      return {
        marked: all.length,
        oldest: all.reduce<Instant | null>((min, m) => Math.min(min ?? m.since, m.since), null),
      };
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
