import { describe, expect, it } from "vitest";
import { Later } from "../../src/later.ts";
import { SlackRefused, SlackUnclear } from "../../src/slack/call.ts";
import { createSlackHealth } from "../../src/slack/health.ts";
import { InstallationUnreadable } from "../../src/state/installations.ts";
import { FakeClock, minute, second } from "../harness/clock.ts";
import { TestLog } from "../harness/log.ts";

function start() {
  const clock = new FakeClock();
  const log = new TestLog();
  return { clock, log, health: createSlackHealth(clock, log.logger) };
}

const revoked = new SlackRefused("chat.update", "token_revoked", "");

describe("the health of Slack", () => {
  it("is good until something is wrong, and again after one call that works", () => {
    const { health, log } = start();
    expect(health.trouble()).toBeNull();
    health.saw(new SlackUnclear("chat.update"));
    expect(health.trouble()).toBe("Slack does not answer");
    health.saw(null);
    expect(health.trouble()).toBeNull();
    expect(log.take()).toEqual([]);
  });

  it("is not worse for a refusal that is about the one call", () => {
    const { health } = start();
    health.saw(new SlackUnclear("chat.update"));
    health.saw(new SlackRefused("chat.update", "message_not_found", ""));
    expect(health.trouble()).toBeNull();
  });

  it("is an error in the log once, however many calls the token is refused for", () => {
    const { health, log } = start();
    for (let i = 0; i < 3; i += 1) health.saw(revoked);
    expect(health.trouble()).toBe("Slack refuses the token: token_revoked");
    expect(log.take()).toHaveLength(1);
    health.saw(null);
    health.saw(revoked);
    expect(log.take()).toHaveLength(1);
  });

  it("says what to do about an installation that no key opens", () => {
    const { health, log } = start();
    health.saw(new InstallationUnreadable("T1", "no key opens it"));
    expect(health.trouble()).toContain("add its key to INSTALLATION_KEY");
    expect(log.take()).toHaveLength(1);
  });

  it("is worse for a wait of more than two minutes, until it has passed, whatever else works", () => {
    const { health, log, clock } = start();
    health.saw(new Later("Slack asked to wait with chat.update", clock.now() + 2 * minute));
    expect(health.trouble()).toBeNull();
    const long = new Later("Slack asked to wait with chat.update", clock.now() + 2 * minute + second);
    health.saw(long);
    health.saw(long);
    health.saw(null);
    expect(health.trouble()).toBe("Slack asked to wait with chat.update");
    expect(log.take()).toEqual(["Slack asked to wait with chat.update: updates are delayed"]);
    clock.advance(3 * minute);
    expect(health.trouble()).toBeNull();
  });
});
