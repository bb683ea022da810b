import { describe, expect, it } from "vitest";
import { SlackGroup, SlackUser } from "../../src/domain/ids.ts";
import { keysOf } from "../../src/domain/person.ts";
import { hour, minute, second } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { ada, called, gone, grace, onStage, owners, person } from "./people-stage.ts";

const redis = useRedis();

const hers = { name: "Ada Lovelace", username: "ada-gh", email: "ada@example.com" };

describe("who an author is in Slack", () => {
  it("is found by e-mail address, and asked for once", async () => {
    await onStage(redis, {}, async ({ slack, resolve }) => {
      expect(await resolve(hers)).toBe(ada);
      expect(await resolve({ email: "ADA@example.com" })).toBe(ada);
      // The answer to the address told all there is to know of the person.
      expect(called(slack)).toEqual(["users.lookupByEmail"]);
    });
  });

  it("is whom the login was linked to, before whom an operator wrote down, before whose address it is", async () => {
    await onStage(redis, { map: { "ada-gh": grace } }, async ({ resolve, link, store }) => {
      expect(await resolve(hers)).toBe(grace);
      await link("ada-gh", ada);
      expect(await resolve(hers)).toBe(ada);
      await store.unlink(null, ada);
      expect(await resolve(hers)).toBe(grace);
    });
  });

  it("may be written down by address too", async () => {
    await onStage(redis, { map: { "ada@private.example": ada } }, async ({ resolve, slack }) => {
      expect(await resolve({ email: "Ada@private.example" })).toBe(ada);
      expect(called(slack)).toEqual(["users.info"]);
    });
  });

  it("is found by the login in a private address, which is never looked up in Slack", async () => {
    await onStage(redis, {}, async ({ resolve, link, slack }) => {
      expect(await resolve({ email: "123+ada-gh@users.noreply.github.com" })).toBe("none");
      expect(called(slack)).toEqual([]);
      await link("ada-gh", ada);
      expect(await resolve({ email: "123+ada-gh@users.noreply.github.com" })).toBe(ada);
    });
  });

  it("is nobody by the name alone", async () => {
    await onStage(redis, {}, async ({ resolve, slack }) => {
      expect(await resolve({ name: "ada" })).toBe("none");
      expect(called(slack)).toEqual([]);
    });
  });

  it("is nobody for a bot, even one that shares a person's address", async () => {
    await onStage(redis, {}, async ({ resolve, slack }) => {
      expect(await resolve({ username: "renovate[bot]", email: "ada@example.com" })).toBe("none");
      expect(called(slack)).toEqual([]);
    });
  });

  it("is the first who is known, of several", async () => {
    await onStage(redis, {}, async ({ resolve }) => {
      expect(await resolve({ email: "eve@example.com" }, { email: "grace@example.com" }, hers)).toBe(grace);
    });
  });

  it("is asked for again after six hours when there was nobody, and after a day when there was", async () => {
    await onStage(redis, {}, async ({ slack, resolve, clock }) => {
      expect(await resolve({ email: "new@example.com" })).toBe("none");
      slack.addUser({ id: "U0NEW", name: "new", email: "new@example.com" });
      clock.advance(6 * hour - 1);
      expect(await resolve({ email: "new@example.com" })).toBe("none");
      expect(called(slack)).toEqual(["users.lookupByEmail"]);
      clock.advance(1);
      expect(await resolve({ email: "new@example.com" })).toBe("U0NEW");
      clock.advance(24 * hour - 1);
      expect(await resolve({ email: "new@example.com" })).toBe("U0NEW");
      expect(called(slack)).toEqual(["users.lookupByEmail", "users.info"]);
      clock.advance(1);
      expect(await resolve({ email: "new@example.com" })).toBe("U0NEW");
      expect(called(slack)).toEqual(["users.lookupByEmail"]);
    });
  });

  it("is not somebody who said that they are the wrong person, but the next who it may be", async () => {
    await onStage(redis, { map: { "ada-gh": grace } }, async ({ resolve, store, clock, link }) => {
      await store.decline(null, keysOf(person(hers)), grace, clock.now());
      expect(await resolve(hers)).toBe(ada);
      await store.decline(null, keysOf(person(hers)), ada, clock.now());
      expect(await resolve(hers)).toBe("none");
      expect(await resolve({ email: "grace@example.com" })).toBe(grace);
      await link("ada-gh", ada);
      expect(await resolve(hers)).toBe(ada);
    });
  });

  it("is nobody who was deactivated, however they were found", async () => {
    await onStage(redis, { map: { "gone-mapped": gone } }, async ({ resolve, link }) => {
      await link("gone-linked", gone);
      expect(await resolve({ username: "gone-linked" })).toBe("none");
      expect(await resolve({ username: "gone-mapped" })).toBe("none");
      expect(await resolve({ email: "gone@example.com" })).toBe("none");
    });
  });

  it("is a successor when the account that was linked is gone", async () => {
    await onStage(redis, {}, async ({ resolve, link }) => {
      await link("ada-gh", gone);
      expect(await resolve(hers)).toBe(ada);
    });
  });

  it("is nobody when a wrong id, or a bot's, was written down", async () => {
    const map = { typo: SlackUser.parse("U0TYPO"), ci: SlackUser.parse("U0BOT") };
    await onStage(redis, { map }, async ({ resolve }) => {
      expect(await resolve({ username: "typo" })).toBe("none");
      expect(await resolve({ username: "ci" })).toBe("none");
    });
  });

  it.each([
    [{ kind: "status", status: 500 }],
    [{ kind: "drop" }],
    [{ kind: "error", error: "internal_error" }],
    [{ kind: "status", status: 200, body: { ok: true } }],
  ] as const)("is not known while Slack fails (%j), and that is not remembered", async (fault) => {
    await onStage(redis, {}, async ({ slack, resolve }) => {
      slack.faults.next("users.lookupByEmail", fault);
      expect(await resolve(hers)).toBe("unavailable");
      expect(await resolve(hers)).toBe(ada);
    });
  });

  it("is not known while Slack asks to wait, and asked for when the time has come", async () => {
    await onStage(redis, {}, async ({ slack, resolve, clock }) => {
      slack.faults.next("users.lookupByEmail", { kind: "rateLimited", retryAfterSeconds: 30 });
      expect(await resolve(hers)).toBe("unavailable");
      expect(await resolve(hers)).toBe("unavailable");
      expect(called(slack)).toEqual(["users.lookupByEmail"]);
      clock.advance(30 * second);
      expect(await resolve(hers)).toBe(ada);
    });
  });

  it("is not known while Slack fails, unless another way leads to them", async () => {
    await onStage(redis, { map: { "ada@example.com": grace } }, async ({ slack, resolve }) => {
      slack.faults.next("*", { kind: "status", status: 500 }, Number.POSITIVE_INFINITY);
      expect(await resolve({ email: "eve@example.com" }, hers)).toBe("unavailable");
      expect(await resolve(hers)).toBe(grace);
      slack.faults.clear();
      expect(await resolve({ email: "eve@example.com" }, hers)).toBe(grace);
    });
  });

  it("is still whom they linked when Slack does not let us look", async () => {
    await onStage(redis, { scopes: ["chat:write"] }, async ({ resolve, link, log }) => {
      await link("ada-gh", ada);
      expect(await resolve({ username: "ada-gh" })).toBe(ada);
      expect(await resolve({ email: "grace@example.com" })).toBe("none");
      expect(log.take()).toEqual(["Slack refuses to tell who is who", "Slack refuses to tell who is who"]);
      expect(log.text).toContain("missing_scope");
      expect(log.text).not.toContain("grace@example.com");
    });
  });

  it("is not known where Signalbox is not installed", async () => {
    await onStage(redis, { slackOf: () => null }, async ({ resolve }) => {
      expect(await resolve(hers)).toBe("unavailable");
    });
  });
});

it("somebody is mentioned in the channel until they say otherwise", async () => {
  await onStage(redis, {}, async ({ people, store }) => {
    expect(await people.notify(ada, null)).toBe("channel");
    await store.setNotify(null, ada, "off");
    expect(await people.notify(ada, null)).toBe("off");
  });
});

describe("what is known of a user", () => {
  it("is asked for once an hour, however many ask at once", async () => {
    await onStage(redis, {}, async ({ slack, people, clock }) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => people.who(ada, null)));
      expect(answers.every((answer) => answer?.timeZone === "Europe/London")).toBe(true);
      clock.advance(hour - 1);
      await people.who(ada, null);
      expect(called(slack)).toEqual(["users.info"]);
      clock.advance(1);
      await people.who(ada, null);
      expect(called(slack)).toEqual(["users.info"]);
    });
  });

  it("is nothing for a user who is not there, or while Slack fails", async () => {
    await onStage(redis, {}, async ({ slack, people }) => {
      expect(await people.who(SlackUser.parse("U0NOBODY"), null)).toBeNull();
      slack.faults.next("users.info", { kind: "status", status: 503 });
      expect(await people.lookUp(ada, null)).toEqual({ kind: "unavailable" });
      expect(await people.who(ada, null)).toMatchObject({ id: ada });
    });
  });
});

describe("the members of a group", () => {
  it("are asked for once in five minutes, however many ask at once", async () => {
    await onStage(redis, {}, async ({ slack, people, clock }) => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => people.groupMembers(owners, null)));
      expect(answers[49]).toEqual(new Set([ada]));
      clock.advance(5 * minute - 1);
      await people.groupMembers(owners, null);
      expect(called(slack)).toEqual(["usergroups.users.list"]);
      clock.advance(1);
      await people.groupMembers(owners, null);
      expect(called(slack)).toEqual(["usergroups.users.list"]);
    });
  });

  it("are none of a group that is not there, and not known while Slack fails", async () => {
    await onStage(redis, {}, async ({ slack, people }) => {
      expect(await people.groupMembers(SlackGroup.parse("S0NEVER"), null)).toEqual(new Set());
      slack.faults.next("usergroups.users.list", { kind: "status", status: 500 });
      expect(await people.groupMembers(owners, null)).toBeNull();
    });
  });
});
