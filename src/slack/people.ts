/**
 * Who somebody is in Slack. What people said themselves comes first, then what an operator wrote down, then the e-mail
 * address. Never the name: whom a name fits is pinged for what others did.
 */
import type { Logger } from "pino";
import { ZodError } from "zod";
import type { Clock } from "../clock.ts";
import type { Person } from "../domain/build.ts";
import type { SlackGroup, SlackUser } from "../domain/ids.ts";
import { keysOf, type PersonKey, type SlackPerson } from "../domain/person.ts";
import type { Policy } from "../domain/policy.ts";
import { Later } from "../later.ts";
import type { Cache, DirectoryCache } from "../state/directory-cache.ts";
import type { PeopleStore } from "../state/people.ts";
import { SlackRefused, SlackUnclear } from "./call.ts";
import type { DirectoryCalls } from "./directory.ts";

export type Lookups = Pick<DirectoryCalls, "userByEmail" | "userInfo" | "groupMembers">;

/** `unavailable`: Slack cannot be asked now, or does not let us ask. */
type LookUp<T> =
  | { readonly kind: "found"; readonly value: T }
  | { readonly kind: "none" }
  | { readonly kind: "unavailable" };

/** `team` is a workspace's id; null, always, for that of the token in the environment. No error of Slack is thrown. */
export interface People {
  /**
   * The first of the authors who is an active member.
   * @returns null when nobody is, or when it cannot be found out now.
   */
  resolve(authors: readonly Person[], team: string | null): Promise<SlackUser | null>;
  /** @returns null when Slack knows no such user, or cannot be asked now. */
  who(user: SlackUser, team: string | null): Promise<SlackPerson | null>;
  lookUp(user: SlackUser, team: string | null): Promise<LookUp<SlackPerson>>;
  /** A group that was disabled or never was has no members. @returns null when Slack cannot be asked now. */
  groupMembers(group: SlackGroup, team: string | null): Promise<ReadonlySet<SlackUser> | null>;
}

export interface PeopleOptions {
  /** @returns null when Signalbox is not installed in the workspace. */
  readonly slackOf: (team: string | null) => Lookups | null | Promise<Lookups | null>;
  readonly store: Pick<PeopleStore, "userOf" | "hasDeclined">;
  readonly cache: DirectoryCache;
  readonly policy: Pick<Policy, "people">;
  readonly clock: Clock;
  readonly log: Logger;
}

const unavailable = { kind: "unavailable" } as const;

export function createPeople({ slackOf, store, cache, policy, clock, log }: PeopleOptions): People {
  /** From the cache, or else from Slack; what Slack did not answer is not remembered. */
  async function cached<Key extends string, Value>(
    answers: Cache<Key, Value>,
    team: string | null,
    key: Key,
    ask: (slack: Lookups) => Promise<Value | null>,
  ): Promise<LookUp<Value>> {
    const known = await answers.get(team, key, clock.now());
    if (known !== undefined) return lookedUp(known);
    const slack = await slackOf(team);
    if (slack === null) return unavailable;
    try {
      const value = await ask(slack);
      await answers.set(team, key, value, clock.now());
      return lookedUp(value);
    } catch (error) {
      if (error instanceof SlackRefused) {
        log.warn({ team, err: error }, "Slack refuses to tell who is who");
        return unavailable;
      }
      if (!(error instanceof Later || error instanceof SlackUnclear || error instanceof ZodError)) throw error;
      log.info({ team, err: error }, "Slack cannot tell now who is who");
      return unavailable;
    }
  }

  const users = once(async (user: SlackUser, team) => cached(cache.users, team, user, (slack) => slack.userInfo(user)));
  const groups = once(async (group: SlackGroup, team) =>
    cached(cache.groups, team, group, (slack) => slack.groupMembers(group)),
  );

  async function linked({ kind, value }: PersonKey, team: string | null): Promise<SlackUser | null> {
    return kind === "login" ? store.userOf(team, value) : null;
  }

  async function mapped({ value }: PersonKey): Promise<SlackUser | null> {
    return policy.people.get(value) ?? null;
  }

  async function byEmail({ kind, value }: PersonKey, team: string | null): Promise<SlackUser | null> {
    if (kind !== "email") return null;
    const found = await cached(cache.byEmail, team, value, async (slack) => {
      const person = await slack.userByEmail(value);
      if (person !== null) await cache.users.set(team, person.id, person, clock.now());
      return person?.id ?? null;
    });
    return found.kind === "found" ? found.value : null;
  }

  /** While Slack cannot be asked, what somebody linked or wrote down is taken to be right. */
  async function isActive(user: SlackUser, team: string | null): Promise<boolean> {
    const person = await users(user, team);
    return person.kind === "unavailable" || (person.kind === "found" && !person.value.deleted && !person.value.isBot);
  }

  async function resolveOne(author: Person, team: string | null): Promise<SlackUser | null> {
    const keys = keysOf(author);
    for (const source of [linked, mapped, byEmail]) {
      for (const key of keys) {
        const user = await source(key, team);
        if (user === null || (await store.hasDeclined(team, key, user, clock.now()))) continue;
        if (await isActive(user, team)) return user;
      }
    }
    return null;
  }

  return {
    async resolve(authors, team) {
      for (const author of authors) {
        const user = await resolveOne(author, team);
        if (user !== null) return user;
      }
      return null;
    },
    async who(user, team) {
      const person = await users(user, team);
      return person.kind === "found" ? person.value : null;
    },
    lookUp: users,
    async groupMembers(group, team) {
      const members = await groups(group, team);
      return members.kind === "unavailable" ? null : new Set(members.kind === "found" ? members.value : []);
    },
  };
}

function lookedUp<Value>(value: Value | null): LookUp<Value> {
  return value === null ? { kind: "none" } : { kind: "found", value };
}

/** Fifty people who click within a second are one question: the others wait for its answer. */
function once<Key extends string, Value>(
  ask: (key: Key, team: string | null) => Promise<Value>,
): (key: Key, team: string | null) => Promise<Value> {
  const underWay = new Map<string, Promise<Value>>();
  return (key, team) => {
    const name = `${team} ${key}`;
    const asked = underWay.get(name) ?? ask(key, team).finally(() => underWay.delete(name));
    underWay.set(name, asked);
    return asked;
  };
}
