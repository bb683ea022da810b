/** What people told us about themselves: which GitHub login is theirs and which is not, and where they want to be told. */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { Notify } from "../domain/command.ts";
import { SlackUser } from "../domain/ids.ts";
import { GithubLogin, type PersonKey } from "../domain/person.ts";
import { type Keys, ttl } from "./keys.ts";
import type { Scripts } from "./scripts.ts";

const Link = z.object({
  login: GithubLogin,
  user: SlackUser,
  at: z.number(),
  /** Who made it: they themselves, or somebody for them. */
  by: SlackUser,
});
export type Link = Readonly<z.infer<typeof Link>>;

/** What a link took the place of; null: nothing, or the same. */
interface Replaced {
  /** The user's login before. */
  readonly login: GithubLogin | null;
  /** Whose login it was before. */
  readonly user: SlackUser | null;
}

/**
 * Per Slack workspace: `team` is null for that of the token in the environment, and must be so each time, for what is
 * told under null is not found under the workspace's id.
 */
export interface PeopleStore {
  /** One login has one user, and one user one login. */
  link(team: string | null, link: Link): Promise<Replaced>;
  /** @returns the login that was theirs. */
  unlink(team: string | null, user: SlackUser): Promise<GithubLogin | null>;
  userOf(team: string | null, login: GithubLogin): Promise<SlackUser | null>;
  linkOf(team: string | null, user: SlackUser): Promise<Link | null>;
  /** The user is not the author of what was written under these keys. Linking such a login to them takes it back. */
  decline(team: string | null, author: readonly PersonKey[], user: SlackUser, now: Instant): Promise<void>;
  hasDeclined(team: string | null, author: PersonKey, user: SlackUser, now: Instant): Promise<boolean>;
  /** @returns null when they never chose. */
  notify(team: string | null, user: SlackUser): Promise<Notify | null>;
  setNotify(team: string | null, user: SlackUser, notify: Notify): Promise<void>;
  /** When the workspace uninstalled: what people told goes with it. */
  forget(team: string | null): Promise<void>;
}

const Notified = z.enum(["dm", "channel", "off"]) satisfies z.ZodType<Notify>;
const none = z.literal("").transform(() => null);
const FormerLogin = z.union([none, GithubLogin]);
const Former = z.tuple([FormerLogin, z.union([none, SlackUser])]);

export function createPeopleStore(redis: Redis, scripts: Scripts, keys: Keys): PeopleStore {
  return {
    async link(team, given) {
      const link = Link.parse(given);
      const { login, user } = link;
      const { users, logins, declined } = keys.people(team);
      const pair = pairOf({ kind: "login", value: login }, user);
      const reply = await scripts.run(
        "linkPerson",
        [users, logins, declined],
        [login, user, JSON.stringify(link), pair],
      );
      const [formerLogin, formerUser] = Former.parse(reply);
      return {
        login: formerLogin === login ? null : formerLogin,
        user: formerUser === user ? null : formerUser,
      };
    },
    async unlink(team, user) {
      const { users, logins } = keys.people(team);
      return FormerLogin.parse(await scripts.run("unlinkPerson", [users, logins], [user]));
    },
    async userOf(team, login) {
      return SlackUser.nullable().parse(await redis.hget(keys.people(team).users, login));
    },
    async linkOf(team, user) {
      const stored = await redis.hget(keys.people(team).logins, user);
      return stored === null ? null : Link.parse(JSON.parse(stored));
    },
    async decline(team, author, user, now) {
      if (author.length === 0) return;
      const { declined } = keys.people(team);
      const until = now + ttl.declined * 1000;
      await Promise.all([
        redis.zadd(declined, ...author.flatMap((key) => [until, pairOf(key, user)])),
        redis.zremrangebyscore(declined, "-inf", now),
        redis.expire(declined, ttl.declined),
      ]);
    },
    async hasDeclined(team, author, user, now) {
      const until = await redis.zscore(keys.people(team).declined, pairOf(author, user));
      return until !== null && Number(until) > now;
    },
    async notify(team, user) {
      return Notified.nullable().parse(await redis.hget(keys.people(team).notify, user));
    },
    async setNotify(team, user, notify) {
      await redis.hset(keys.people(team).notify, user, notify);
    },
    async forget(team) {
      const { users, logins, notify, declined } = keys.people(team);
      await redis.unlink(users, logins, notify, declined);
    },
  };
}

/** Hashed, for it may hold an e-mail address. */
function pairOf({ kind, value }: PersonKey, user: SlackUser): string {
  return createHash("sha256").update(`${kind} ${value} ${user}`).digest("base64url");
}
