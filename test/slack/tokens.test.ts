import { describe, expect, it } from "vitest";
import { type Bot, createTokens } from "../../src/slack/tokens.ts";
import { type Installation, type Installations, NotInstalled } from "../../src/state/installations.ts";
import { FakeClock, second } from "../harness/clock.ts";

const home: Bot = { token: "xoxb-home", botId: "B0", botUserId: "U0", team: "T0HOME" };

function installation(id: string, token: string): Installation {
  return {
    team: { id },
    enterprise: undefined,
    user: { id: "U1", token: undefined, scopes: undefined },
    bot: { token, id: "B1", userId: "U2", scopes: [] },
    isEnterpriseInstall: false,
    tokenType: "bot",
    authVersion: "v2",
  };
}

function world({ own = home as Bot | null, stored = {} as Record<string, string> } = {}) {
  const clock = new FakeClock();
  const rows = new Map(Object.entries(stored));
  const asked: string[] = [];
  const installations: Installations = {
    async storeInstallation() {},
    async fetchInstallation({ teamId = "", enterpriseId = "" }) {
      asked.push(teamId);
      const id = rows.has(teamId) ? teamId : enterpriseId;
      const token = rows.get(id);
      if (token === undefined) throw new NotInstalled("not there");
      return installation(id, token);
    },
    async forget(id) {
      return rows.delete(id);
    },
  };
  return { clock, rows, asked, tokens: createTokens({ home: () => own, installations, clock }) };
}

describe("the token for a workspace", () => {
  it("is the environment's for the home workspace, by whatever name", async () => {
    const { tokens, asked } = world();
    expect(await tokens.tokenFor(null)).toEqual(home);
    expect(await tokens.tokenFor("T0HOME")).toEqual(home);
    expect(asked).toEqual([]);
  });

  it("is the environment's for everybody when there is no other", async () => {
    const tokens = createTokens({ home: () => home, installations: null, clock: new FakeClock() });
    expect(await tokens.tokenFor("T0GUEST")).toEqual(home);
  });

  it("is nobody's where it is not installed", async () => {
    const { tokens } = world({ own: null });
    expect(await tokens.tokenFor(null)).toBeNull();
    expect(await tokens.tokenFor("T1")).toBeNull();
  });

  it("is what the workspace gave, with the ids by which the bot knows itself", async () => {
    const { tokens } = world({ stored: { T1: "xoxb-1", T2: "xoxb-2" } });
    expect(await tokens.tokenFor("T1")).toEqual({ token: "xoxb-1", botId: "B1", botUserId: "U2", team: "T1" });
    expect(await tokens.tokenFor("T2")).toMatchObject({ token: "xoxb-2", team: "T2" });
  });

  it("is the enterprise's for a team that did not install by itself", async () => {
    const { tokens } = world({ stored: { E1: "xoxb-org" } });
    expect(await tokens.tokenFor("T1", "E1")).toMatchObject({ token: "xoxb-org", team: "T1" });
    expect(await tokens.tokenFor(null, "E1")).toMatchObject({ token: "xoxb-org", team: null });
    expect(await tokens.tokenFor("T1")).toBeNull();
    expect(await tokens.tokenFor(null)).toEqual(home);
  });

  it("is asked for once a minute, and at once after it was not there", async () => {
    const { tokens, asked, rows, clock } = world();
    expect(await tokens.tokenFor("T1")).toBeNull();
    rows.set("T1", "xoxb-1");
    expect(await tokens.tokenFor("T1")).toMatchObject({ token: "xoxb-1" });
    rows.set("T1", "xoxb-2");
    clock.advance(59 * second);
    expect(await tokens.tokenFor("T1")).toMatchObject({ token: "xoxb-1" });
    clock.advance(second);
    expect(await tokens.tokenFor("T1")).toMatchObject({ token: "xoxb-2" });
    expect(asked).toHaveLength(3);
  });

  it("is gone as soon as the workspace took it back; the environment's stays", async () => {
    const { tokens, clock } = world({ stored: { T1: "xoxb-1" } });
    await tokens.tokenFor("T1");
    await tokens.forget("T1", clock.now());
    await tokens.forget("T0HOME", clock.now());
    expect(await tokens.tokenFor("T1")).toBeNull();
    expect(await tokens.tokenFor("T0HOME")).toEqual(home);
  });

  it("is an error, and not an absence, when the store cannot tell", async () => {
    const broken = async (): Promise<never> => {
      throw new Error("Redis is away");
    };
    const installations = { storeInstallation: broken, fetchInstallation: broken, forget: broken };
    const tokens = createTokens({ home: () => null, installations, clock: new FakeClock() });
    await expect(tokens.tokenFor("T1")).rejects.toThrow("Redis is away");
    await expect(tokens.forget("T1", 0)).rejects.toThrow("Redis is away");
  });
});
