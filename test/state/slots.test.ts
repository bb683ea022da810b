import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Organization } from "../../src/domain/ids.ts";
import { createKeys } from "../../src/state/keys.ts";
import { loadScripts } from "../../src/state/scripts.ts";
import { createSlots, type Slots } from "../../src/state/slots.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();
const Result = z.object({ hash: z.string().nullable() });
const now = 1_000_000;
const lease = 1000;
let names = 0;

async function withSlots(use: (slots: Slots, slot: Parameters<Slots["claim"]>[0]) => Promise<void>): Promise<void> {
  const client = await redis.open();
  names += 1;
  const slot = { organization: Organization.parse("acme"), name: `slot-${names}` };
  await use(createSlots(loadScripts(client), createKeys("slots")), slot);
  client.disconnect();
}

describe("a slot", () => {
  it("is granted to one, busy for all others until the lease ends, and then in doubt", async () => {
    await withSlots(async (slots, slot) => {
      expect(await slots.claim(slot, Result, now, lease)).toMatchObject({
        kind: "granted",
        attempt: 1,
        doubt: false,
        firstClaimedAt: now,
      });
      expect(await slots.claim(slot, Result, now + 999, lease)).toEqual({ kind: "busy", until: now + lease });
      expect(await slots.claim(slot, Result, now + lease, lease)).toMatchObject({
        kind: "granted",
        attempt: 2,
        doubt: true,
        firstClaimedAt: now,
      });
    });
  });

  it("is without doubt after a release, and in doubt after an unclear end", async () => {
    await withSlots(async (slots, slot) => {
      await slots.claim(slot, Result, now, lease);
      await slots.release(slot, 1);
      expect(await slots.claim(slot, Result, now, lease)).toMatchObject({
        kind: "granted",
        attempt: 2,
        doubt: false,
        firstClaimedAt: now,
      });
      await slots.doubt(slot, 2);
      expect(await slots.claim(slot, Result, now, lease)).toMatchObject({
        kind: "granted",
        attempt: 3,
        doubt: true,
        firstClaimedAt: now,
      });
      // A clear no to a later attempt says nothing about the unclear one.
      await slots.release(slot, 3);
      expect(await slots.claim(slot, Result, now, lease)).toMatchObject({
        kind: "granted",
        attempt: 4,
        doubt: true,
        firstClaimedAt: now,
      });
    });
  });

  it("is done for whoever comes, and done once", async () => {
    await withSlots(async (slots, slot) => {
      await slots.claim(slot, Result, now, lease);
      await slots.done(slot, 1, { hash: "first" }, 3);
      await slots.done(slot, 2, { hash: "second" }, 4);
      expect(await slots.claim(slot, Result, now, lease)).toEqual({
        kind: "done",
        result: { hash: "first" },
        version: 3,
      });
      expect(await slots.read(slot, Result)).toEqual({ hash: "first" });
    });
  });

  it("does not let a holder that overslept release its successor's claim", async () => {
    await withSlots(async (slots, slot) => {
      await slots.claim(slot, Result, now, lease);
      await slots.claim(slot, Result, now + lease, lease);
      await slots.release(slot, 1);
      expect(await slots.claim(slot, Result, now + lease + 1, lease)).toMatchObject({ kind: "busy" });
    });
  });

  it("takes what a holder that overslept did, for it did happen", async () => {
    await withSlots(async (slots, slot) => {
      await slots.claim(slot, Result, now, lease);
      await slots.claim(slot, Result, now + lease, lease);
      await slots.done(slot, 1, { hash: "late" });
      expect(await slots.read(slot, Result)).toEqual({ hash: "late" });
    });
  });

  it("shows only newer versions, and shows again what somebody may have overwritten", async () => {
    await withSlots(async (slots, slot) => {
      await slots.claim(slot, Result, now, lease);
      await slots.done(slot, 1, { hash: "v1" }, 1);
      expect(await slots.shown(slot, 3, { hash: "v3" })).toBe(true);
      expect(await slots.shown(slot, 2, { hash: "v2" })).toBe(false);
      await slots.unsure(slot);
      expect(await slots.claim(slot, Result, now, lease)).toEqual({ kind: "done", result: { hash: null }, version: 3 });
    });
  });

  it("begins anew when its effect is gone", async () => {
    await withSlots(async (slots, slot) => {
      await slots.claim(slot, Result, now, lease);
      const gone = { channel: "C0ALERTS", ts: "1.000100" };
      await slots.done(slot, 1, { hash: "v1", ...gone });
      await slots.forget(slot, { ...gone, ts: "0.000100" });
      expect(await slots.read(slot, Result)).toEqual({ hash: "v1" });
      await slots.forget(slot, gone);
      expect(await slots.read(slot, Result)).toBeNull();
      expect(await slots.claim(slot, Result, now, lease)).toMatchObject({ kind: "granted", doubt: false });
    });
  });
});
