import type { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { SlackGroup, SlackUser } from "../../src/domain/ids.ts";
import { GithubLogin, type PersonKey, type SlackPerson } from "../../src/domain/person.ts";
import { createDirectoryCache, type DirectoryCache } from "../../src/state/directory-cache.ts";
import { createKeys, type Keys } from "../../src/state/keys.ts";
import { createPeopleStore, type Link, type PeopleStore } from "../../src/state/people.ts";
import { loadScripts } from "../../src/state/scripts.ts";
import { hour, minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";

const server = useRedis();
const now = 1_700_000_000_000;
const day = 24 * hour;
const ada = SlackUser.parse("U0ADA");
const grace = SlackUser.parse("U0GRACE");
const owners = SlackGroup.parse("S0OWNERS");
let prefixes = 0;

interface World {
  readonly people: PeopleStore;
  readonly cache: DirectoryCache;
  readonly keys: Keys;
  readonly redis: Redis;
}

async function within(use: (world: World) => Promise<void>): Promise<void> {
  const redis = await server.open();
  prefixes += 1;
  const keys = createKeys(`people${prefixes}`);
  const people = createPeopleStore(redis, loadScripts(redis), keys);
  await use({ people, cache: createDirectoryCache(redis, keys), keys, redis });
  redis.disconnect();
}

function login(text: string): GithubLogin {
  return GithubLogin.parse(text);
}

function link(name: string, user: SlackUser, by = user): Link {
  return { login: login(name), user, at: now, by };
}

const byLogin = (name: string): PersonKey => ({ kind: "login", value: login(name) });
const byEmail = (value: string): PersonKey => ({ kind: "email", value });

describe("a link between a GitHub login and a Slack user", () => {
  it("is found from both sides, with who made it and when", async () => {
    await within(async ({ people }) => {
      expect(await people.link(null, link("Ada", ada, grace))).toEqual({ login: null, user: null });
      expect(await people.userOf(null, login("ada"))).toBe(ada);
      expect(await people.linkOf(null, ada)).toEqual({ login: "ada", user: ada, at: now, by: grace });
      expect(await people.userOf(null, login("grace"))).toBeNull();
      expect(await people.linkOf(null, grace)).toBeNull();
    });
  });

  it("is replaced when the user takes another login", async () => {
    await within(async ({ people }) => {
      await people.link(null, link("ada", ada));
      expect(await people.link(null, link("lovelace", ada))).toEqual({ login: "ada", user: null });
      expect(await people.userOf(null, login("ada"))).toBeNull();
      expect(await people.userOf(null, login("lovelace"))).toBe(ada);
    });
  });

  it("is replaced when another user takes the login", async () => {
    await within(async ({ people }) => {
      await people.link(null, link("ada", ada));
      expect(await people.link(null, link("ada", grace))).toEqual({ login: null, user: ada });
      expect(await people.linkOf(null, ada)).toBeNull();
      expect(await people.userOf(null, login("ada"))).toBe(grace);
    });
  });

  it("is one to one when two who are linked swap, and stays itself when made again", async () => {
    await within(async ({ people }) => {
      await people.link(null, link("ada", ada));
      await people.link(null, link("grace", grace));
      expect(await people.link(null, link("grace", ada))).toEqual({ login: "ada", user: grace });
      expect(await people.link(null, link("grace", ada))).toEqual({ login: null, user: null });
      expect(await people.userOf(null, login("ada"))).toBeNull();
      expect(await people.userOf(null, login("grace"))).toBe(ada);
      expect(await people.linkOf(null, grace)).toBeNull();
      expect(await people.linkOf(null, ada)).toMatchObject({ login: "grace" });
    });
  });

  it("is one to one however many ask at once", async () => {
    await within(async ({ people, redis, keys }) => {
      const users = Array.from({ length: 20 }, (_, i) => SlackUser.parse(`U0${100 + i}`));
      await Promise.all(users.map((user, i) => people.link(null, link(`login-${i % 3}`, user))));
      const { users: forward, logins } = keys.people(null);
      expect(await redis.hlen(forward)).toBe(3);
      expect(await redis.hlen(logins)).toBe(3);
    });
  });

  it("is taken away from both sides, once", async () => {
    await within(async ({ people }) => {
      await people.link(null, link("ada", ada));
      expect(await people.unlink(null, ada)).toBe("ada");
      expect(await people.unlink(null, ada)).toBeNull();
      expect(await people.userOf(null, login("ada"))).toBeNull();
      expect(await people.linkOf(null, ada)).toBeNull();
    });
  });

  it("holds in its own workspace, and goes with it", async () => {
    await within(async ({ people }) => {
      await people.link("T1", link("ada", ada));
      await people.link(null, link("ada", grace));
      await people.setNotify("T1", ada, "off");
      expect(await people.userOf("T2", login("ada"))).toBeNull();
      await people.forget("T1");
      expect(await people.userOf("T1", login("ada"))).toBeNull();
      expect(await people.notify("T1", ada)).toBeNull();
      expect(await people.userOf(null, login("ada"))).toBe(grace);
    });
  });
});

describe("somebody who is the wrong person", () => {
  it("is so for that author alone, for 180 days", async () => {
    await within(async ({ people }) => {
      await people.decline(null, [byLogin("ada"), byEmail("ada@example.com")], grace, now);
      expect(await people.hasDeclined(null, byLogin("ada"), grace, now)).toBe(true);
      expect(await people.hasDeclined(null, byEmail("ada@example.com"), grace, now + 180 * day - 1)).toBe(true);
      expect(await people.hasDeclined(null, byEmail("ada@example.com"), grace, now + 180 * day)).toBe(false);
      expect(await people.hasDeclined(null, byLogin("ada"), ada, now)).toBe(false);
      expect(await people.hasDeclined(null, byLogin("grace"), grace, now)).toBe(false);
      expect(await people.hasDeclined("T1", byLogin("ada"), grace, now)).toBe(false);
    });
  });

  it("is the right one again after linking that login", async () => {
    await within(async ({ people }) => {
      await people.decline(null, [byLogin("ada"), byEmail("ada@example.com")], ada, now);
      await people.link(null, link("ada", ada));
      expect(await people.hasDeclined(null, byLogin("ada"), ada, now)).toBe(false);
      expect(await people.hasDeclined(null, byEmail("ada@example.com"), ada, now)).toBe(true);
    });
  });

  it("is not remembered in clear, nor for ever", async () => {
    await within(async ({ people, redis, keys }) => {
      const { declined } = keys.people(null);
      await people.decline(null, [], grace, now);
      expect(await redis.exists(declined)).toBe(0);
      await people.decline(null, [byEmail("ada@example.com")], grace, now);
      await people.decline(null, [byEmail("eve@example.com")], grace, now + 200 * day);
      const members = await redis.zrange(declined, "0", "-1");
      expect(members).toHaveLength(1);
      expect(members.join()).not.toContain("@");
      expect(await redis.ttl(declined)).toBeGreaterThan(179 * 24 * 3600);
    });
  });
});

describe("where a person wants to be told", () => {
  it("is null until they choose, and then their last choice", async () => {
    await within(async ({ people }) => {
      expect(await people.notify(null, ada)).toBeNull();
      await people.setNotify(null, ada, "dm");
      await people.setNotify(null, ada, "off");
      expect(await people.notify(null, ada)).toBe("off");
      expect(await people.notify(null, grace)).toBeNull();
    });
  });
});

describe("what Slack said", () => {
  const person: SlackPerson = {
    id: ada,
    name: "Ada",
    timeZone: null,
    isBot: false,
    isGuest: false,
    deleted: false,
    stranger: false,
    teams: ["T1"],
  };

  it("of an address is believed for a day, and of nobody's for six hours", async () => {
    await within(async ({ cache: { byEmail: cache } }) => {
      expect(await cache.get(null, "ada@example.com", now)).toBeUndefined();
      await cache.set(null, "ada@example.com", ada, now);
      await cache.set(null, "eve@example.com", null, now);
      expect(await cache.get(null, "ada@example.com", now + 24 * hour - 1)).toBe(ada);
      expect(await cache.get(null, "ada@example.com", now + 24 * hour)).toBeUndefined();
      expect(await cache.get(null, "eve@example.com", now + 6 * hour - 1)).toBeNull();
      expect(await cache.get(null, "eve@example.com", now + 6 * hour)).toBeUndefined();
      expect(await cache.get("T2", "ada@example.com", now)).toBeUndefined();
    });
  });

  it("of a user is believed for an hour, of a group for five minutes", async () => {
    await within(async ({ cache }) => {
      await cache.users.set("T1", ada, person, now);
      await cache.groups.set("T1", owners, [ada, grace], now);
      expect(await cache.users.get("T1", ada, now + hour - 1)).toEqual(person);
      expect(await cache.users.get("T1", ada, now + hour)).toBeUndefined();
      expect(await cache.groups.get("T1", owners, now + 5 * minute - 1)).toEqual([ada, grace]);
      expect(await cache.groups.get("T1", owners, now + 5 * minute)).toBeUndefined();
    });
  });

  it("is asked for again when it was written in another form", async () => {
    await within(async ({ cache, redis, keys }) => {
      await redis.set(keys.people(null).user(ada), JSON.stringify({ until: now + hour, value: { id: ada } }));
      expect(await cache.users.get(null, ada, now)).toBeUndefined();
    });
  });

  it("leaves no address and nothing lasting in Redis, and shares a slot of a cluster with the links", async () => {
    await within(async ({ people, cache, redis, keys }) => {
      await people.link(null, link("ada", ada));
      await cache.byEmail.set(null, "ada@example.com", ada, now);
      await cache.users.set(null, ada, person, now);
      await cache.groups.set(null, owners, [ada], now);
      const all = await redis.keys(`${keys.people(null).users.replace(/users$/, "")}*`);
      expect(all).toHaveLength(5);
      expect(all.every((key) => key.includes("{people}") && !key.includes("@"))).toBe(true);
      const lasting = [];
      for (const key of all) if ((await redis.ttl(key)) < 0) lasting.push(key);
      expect(lasting.sort()).toEqual([keys.people(null).logins, keys.people(null).users]);
    });
  });
});
