/**
 * Who somebody is in Slack. What people said themselves comes first, then what an operator wrote down, then the e-mail
 * address. Never the name: whom a name fits is pinged for what others did.
 */
import type { Logger } from "pino";
import { ZodError } from "zod";
import type { Clock } from "../clock.ts";
import type { Person } from "../domain/build.ts";
import type { Notify } from "../domain/command.ts";
import type { SlackGroup, SlackUser } from "../domain/ids.ts";
import { keysOf, type PersonKey, type SlackPerson } from "../domain/person.ts";
import type { Policy } from "../domain/policy.ts";
import { Later } from "../later.ts";
import type { Cache, DirectoryCache } from "../state/directory-cache.ts";
import type { PeopleStore } from "../state/people.ts";
import { SlackRefused, SlackUnclear } from "./call.ts";
import type { DirectoryCalls } from "./directory.ts";

export type Lookups = Pick<DirectoryCalls, "userByEmail" | "userInfo" | "groupMembers">;

type LookUp<T> =
  | { readonly kind: "found"; readonly value: T }
  | { readonly kind: "none" }
  /** Slack does not let us ask, and will not until somebody gives us the right to. */
  | { readonly kind: "forbidden" }
  /** Slack cannot be asked now. */
  | { readonly kind: "unavailable" };

/** `team` is a workspace's id; null, always, for that of the token in the environment. No error of Slack is thrown. */
export interface People {
  /** The first of the authors who is an active member. Whom Slack does not let us look for counts as nobody. */
  resolve(
    authors: readonly Person[],
    team: string | null,
  ): Promise<Exclude<LookUp<SlackUser>, { readonly kind: "forbidden" }>>;
  /** @returns null when Slack knows no such user, or cannot be asked now. */
  who(user: SlackUser, team: string | null): Promise<SlackPerson | null>;
  lookUp(user: SlackUser, team: string | null): Promise<LookUp<SlackPerson>>;
  /** Where they want to be told of their failures. */
  notify(user: SlackUser, team: string | null): Promise<Notify>;
  /** A group that was disabled or never was has no members. @returns null when Slack cannot be asked now. */
  groupMembers(group: SlackGroup, team: string | null): Promise<ReadonlySet<SlackUser> | null>;
}

export interface PeopleOptions {
  /** @returns null when Signalbox is not installed in the workspace. */
  readonly slackOf: (team: string | null) => Lookups | null | Promise<Lookups | null>;
  readonly store: Pick<PeopleStore, "userOf" | "hasDeclined" | "notify">;
  readonly cache: DirectoryCache;
  readonly policy: Pick<Policy, "people">;
  readonly clock: Clock;
  readonly log: Logger;
}

const none = { kind: "none" } as const;
const unavailable = { kind: "unavailable" } as const;
/** Codes by which Slack says that the token lacks a right, which asking again does not change. */
const lacksARight = new Set(["missing_scope", "not_allowed_token_type", "no_permission", "access_denied"]);

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
        return lacksARight.has(error.code) ? { kind: "forbidden" } : unavailable;
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

  async function linked({ kind, value }: PersonKey, team: string | null): Promise<LookUp<SlackUser>> {
    return kind === "login" ? lookedUp(await store.userOf(team, value)) : none;
  }

  async function mapped({ value }: PersonKey): Promise<LookUp<SlackUser>> {
    return lookedUp(policy.people.get(value) ?? null);
  }

  async function byEmail({ kind, value }: PersonKey, team: string | null): Promise<LookUp<SlackUser>> {
    if (kind !== "email") return none;
    return cached(cache.byEmail, team, value, async (slack) => {
      const person = await slack.userByEmail(value);
      if (person !== null) await cache.users.set(team, person.id, person, clock.now());
      return person?.id ?? null;
    });
  }

  /** While Slack cannot be asked, what somebody linked or wrote down is taken to be right. */
  async function isActive(user: SlackUser, team: string | null): Promise<boolean> {
    const person = await users(user, team);
    if (person.kind === "found") return !person.value.deleted && !person.value.isBot;
    return person.kind !== "none";
  }

  async function resolveOne(author: Person, team: string | null): ReturnType<People["resolve"]> {
    const keys = keysOf(author);
    let nobody: typeof none | typeof unavailable = none;
    for (const source of [linked, mapped, byEmail]) {
      for (const key of keys) {
        const user = await source(key, team);
        if (user.kind === "unavailable") nobody = unavailable;
        if (user.kind !== "found" || (await store.hasDeclined(team, key, user.value, clock.now()))) continue;
        if (await isActive(user.value, team)) return user;
      }
    }
    return nobody;
  }

  return {
    async resolve(authors, team) {
      for (const author of authors) {
        const user = await resolveOne(author, team);
        if (user.kind !== "none") return user;
      }
      return none;
    },
    async who(user, team) {
      const person = await users(user, team);
      return person.kind === "found" ? person.value : null;
    },
    lookUp: users,
    notify: async (user, team) => (await store.notify(team, user)) ?? "channel",
    async groupMembers(group, team) {
      const members = await groups(group, team);
      if (members.kind === "found") return new Set(members.value);
      return members.kind === "none" ? new Set() : null;
    },
  };
}

function lookedUp<Value>(value: Value | null): LookUp<Value> {
  return value === null ? none : { kind: "found", value };
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
