import { randomBytes } from "node:crypto";
import type { InstallationStore } from "@slack/bolt";
import type { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { createInstallStates } from "../../src/state/install-states.ts";
import {
  createInstallations,
  type Installations,
  InstallationUnreadable,
  type NewInstallation,
  NotInstalled,
} from "../../src/state/installations.ts";
import { createKeys } from "../../src/state/keys.ts";
import { loadScripts } from "../../src/state/scripts.ts";
import { createSeal } from "../../src/state/seal.ts";
import { FakeClock, minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();
const keys = createKeys("installations");
const [first, second] = [randomBytes(32), randomBytes(32)];
let teams = 0;

interface World {
  readonly client: Redis;
  readonly clock: FakeClock;
  readonly store: Installations;
  readonly team: string;
  withKeys(...keys: Buffer[]): Installations;
}

async function withStore(use: (world: World) => Promise<void>): Promise<void> {
  const client = await redis.open();
  const scripts = loadScripts(client);
  const clock = new FakeClock();
  const withKeys = (...given: Buffer[]): Installations =>
    createInstallations(client, scripts, keys, { seal: createSeal(given), clock });
  teams += 1;
  await use({ client, clock, withKeys, store: withKeys(first), team: `T0${teams}` });
  client.disconnect();
}

function installation(
  team: string,
  token = `xoxb-${team}`,
): NewInstallation & { readonly team: { readonly id: string } } {
  return {
    team: { id: team, name: "Acme" },
    user: { id: "U1" },
    bot: { token, id: "B1", userId: "U2", scopes: ["chat:write"] },
    appId: "A1",
    isEnterpriseInstall: false,
  };
}

const of = (team: string, enterprise?: string) => ({
  teamId: team,
  enterpriseId: enterprise,
  isEnterpriseInstall: false,
});

describe("an installation", () => {
  it("is kept, and found by its team, in the form that Slack's own libraries use", async () => {
    await withStore(async ({ store, team }) => {
      const asSlackHasIt: InstallationStore = store;
      await asSlackHasIt.storeInstallation({
        ...{ team: { id: team, name: "Acme" }, enterprise: undefined, isEnterpriseInstall: false },
        bot: { token: `xoxb-${team}`, id: "B1", userId: "U2", scopes: ["chat:write"] },
        user: { id: "U1", token: "xoxp-of-a-person", scopes: ["search:read"] },
        incomingWebhook: { url: "https://hooks.slack.com/secret" },
      });
      const found = await asSlackHasIt.fetchInstallation(of(team));
      expect(found.bot).toEqual({ token: `xoxb-${team}`, id: "B1", userId: "U2", scopes: ["chat:write"] });
      expect(found).toMatchObject({ team: { id: team, name: "Acme" }, authVersion: "v2", tokenType: "bot" });
      expect(JSON.stringify(found)).not.toMatch(/xoxp|hooks/);
    });
  });

  it("never lies in Redis in clear", async () => {
    await withStore(async ({ store, client, team }) => {
      await store.storeInstallation(installation(team));
      const stored = await client.get(keys.installation(team));
      expect(stored).not.toBeNull();
      const forms = [stored ?? "", Buffer.from(stored?.split(".")[2] ?? "", "base64url").toString("latin1")];
      // With their quotes: two letters alone are in random text now and then.
      for (const form of forms) expect(form).not.toMatch(/xoxb-|"Acme"|"U1"/);
    });
  });

  it("is found through the enterprise when the team has none of its own", async () => {
    await withStore(async ({ store, team }) => {
      const enterprise = team.replace("T", "E");
      const { team: _, ...orgWide } = installation(team, "xoxb-org");
      await store.storeInstallation({ ...orgWide, enterprise: { id: enterprise }, isEnterpriseInstall: true });
      expect((await store.fetchInstallation(of(team, enterprise))).bot.token).toBe("xoxb-org");
      await store.storeInstallation(installation(team));
      expect((await store.fetchInstallation(of(team, enterprise))).bot.token).toBe(`xoxb-${team}`);
      const everywhere = { teamId: team, enterpriseId: enterprise, isEnterpriseInstall: true };
      expect((await store.fetchInstallation(everywhere)).bot.token).toBe("xoxb-org");
    });
  });

  it.each(["T0UNKNOWN", "", "T0*", "../T01"])("is not found for %j", async (team) => {
    await withStore(async ({ store }) => {
      await expect(store.fetchInstallation(of(team))).rejects.toThrow(NotInstalled);
    });
  });

  it("that names no place is not kept", async () => {
    await withStore(async ({ store, team }) => {
      const { team: _, ...nowhere } = installation(team);
      await expect(store.storeInstallation(nowhere)).rejects.toThrow("it names no team or enterprise");
    });
  });

  it("is encrypted anew with the first key when it is read, so that the old key can go", async () => {
    await withStore(async ({ withKeys, team }) => {
      await withKeys(second).storeInstallation(installation(team));
      expect((await withKeys(first, second).fetchInstallation(of(team))).bot.token).toBe(`xoxb-${team}`);
      expect((await withKeys(first).fetchInstallation(of(team))).bot.token).toBe(`xoxb-${team}`);
    });
  });

  it("that no key opens says what to do", async () => {
    await withStore(async ({ store, withKeys, team }) => {
      await store.storeInstallation(installation(team));
      const read = withKeys(second).fetchInstallation(of(team));
      await expect(read).rejects.toThrow(InstallationUnreadable);
      await expect(read).rejects.toThrow(
        `Cannot read the Slack installation of ${team}: it was encrypted with another key; add its key to INSTALLATION_KEY, or install again at /slack/install`,
      );
    });
  });

  it("does not open under another team's key", async () => {
    await withStore(async ({ store, client, team }) => {
      await store.storeInstallation(installation(team));
      await client.copy(keys.installation(team), keys.installation("T0THIEF"));
      await expect(store.fetchInstallation(of("T0THIEF"))).rejects.toThrow("belongs to something else");
    });
  });

  it("of another form than this version writes is not guessed at", async () => {
    await withStore(async ({ store, client, team }) => {
      const sealed = createSeal([first]).seal('{"installedAt":1}', `slack installation ${team}`);
      await client.set(keys.installation(team), sealed);
      await expect(store.fetchInstallation(of(team))).rejects.toThrow("not in the form that this version writes");
    });
  });

  it("is gone when it was removed, and stays gone", async () => {
    await withStore(async ({ store, clock, client, team }) => {
      await store.storeInstallation(installation(team));
      clock.advance(minute);
      expect(await store.forget(team, clock.now())).toBe(true);
      expect(await client.exists(keys.installation(team))).toBe(0);
      expect(await store.forget(team, clock.now())).toBe(true);
      await expect(store.fetchInstallation(of(team))).rejects.toThrow(NotInstalled);
    });
  });

  it("stays when it is newer than the removal that Slack tells of late", async () => {
    await withStore(async ({ store, clock, team }) => {
      const removedAt = clock.now();
      clock.advance(minute);
      await store.storeInstallation(installation(team));
      expect(await store.forget(team, removedAt)).toBe(false);
      expect((await store.fetchInstallation(of(team))).bot.token).toBe(`xoxb-${team}`);
    });
  });

  it("that nobody can read can be removed all the same", async () => {
    await withStore(async ({ store, withKeys, clock, team }) => {
      await store.storeInstallation(installation(team));
      expect(await withKeys(second).forget(team, clock.now())).toBe(true);
    });
  });
});

describe("a started installation", () => {
  it("is spent once, and forgotten when it could not come back any more", async () => {
    await withStore(async ({ client, team }) => {
      const states = createInstallStates(client, keys);
      expect(await states.spend(team)).toBe(true);
      expect(await states.spend(team)).toBe(false);
      expect(await client.ttl(keys.installState(team))).toBeGreaterThan(590);
    });
  });
});
