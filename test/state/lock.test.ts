import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { Organization } from "../../src/domain/ids.ts";
import { Later } from "../../src/later.ts";
import { createKeys } from "../../src/state/keys.ts";
import { createLocks, type LockOptions, noLocks } from "../../src/state/lock.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();
const organization = Organization.parse("acme");
const keys = createKeys("locks");

async function withLocks(
  use: (locks: ReturnType<typeof createLocks>, client: Awaited<ReturnType<typeof open>>) => Promise<void>,
  options: Partial<LockOptions> = {},
) {
  const client = await open();
  const settings = { keys, clock: systemClock, random: Math.random, expiryMs: 600, tries: 50, retryDelayMs: 10 };
  await use(createLocks({ ...settings, clients: [client], ...options }), client);
  client.disconnect();
}

async function open() {
  const client = await redis.open("lock");
  return client;
}

describe("a lock", () => {
  it("lets one holder in at a time, each with a higher fence", async () => {
    await withLocks(async (locks) => {
      let inside = 0;
      let most = 0;
      const fences: number[] = [];
      const work = () =>
        locks.hold(organization, "contended", async ({ fence }) => {
          inside += 1;
          most = Math.max(most, inside);
          fences.push(fence ?? 0);
          await Promise.resolve();
          inside -= 1;
        });
      await Promise.all(Array.from({ length: 8 }, work));
      expect(most).toBe(1);
      expect(fences).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });
  });

  it("tells a waiter to come later when it stays taken, and is free afterwards", async () => {
    await withLocks(
      async (locks) => {
        await locks.hold(organization, "taken", async () => {
          await expect(locks.hold(organization, "taken", async () => "in")).rejects.toBeInstanceOf(Later);
        });
        expect(await locks.hold(organization, "taken", async () => "in")).toBe("in");
      },
      { tries: 2 },
    );
  });

  it("aborts the holder that lost it, keeps its result, and leaves the new owner's key alone", async () => {
    await withLocks(async (locks, client) => {
      const key = `mutex:${keys.lock(organization, "stolen")}`;
      const result = await locks.hold(organization, "stolen", async ({ signal }) => {
        await client.set(key, "a thief");
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        return "done";
      });
      expect(result).toBe("done");
      expect(await client.get(key)).toBe("a thief");
    });
  });

  it("is released when the work fails", async () => {
    await withLocks(async (locks) => {
      const failing = locks.hold(organization, "failing", () => Promise.reject(new Error("no luck")));
      await expect(failing).rejects.toThrow("no luck");
      expect(await locks.hold(organization, "failing", async () => "in")).toBe("in");
    });
  });

  it("can be left out", async () => {
    expect(await noLocks.hold(organization, "any", async ({ fence }) => fence)).toBeNull();
  });
});
