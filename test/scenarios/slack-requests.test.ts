/** What reaches us as Slack: whom we believe, what we do once, and what becomes of a click when something is away. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { press, shown, startFailing, startTeam } from "../harness/acting.ts";
import { type Bot, channelId } from "../harness/bot.ts";
import { minute, second } from "../harness/clock.ts";
import { startRedis, useRedis } from "../harness/redis.ts";
import { later, red, thread } from "../harness/stories.ts";

const redis = useRedis();
const form = { "content-type": "application/x-www-form-urlencoded" };

function post(bot: Bot, body: string, headers: Record<string, string> = form): Promise<Response> {
  return fetch(`${bot.app.url}/slack/events`, { method: "POST", headers, body });
}

describe("a request", () => {
  it("is refused when its signature is too old, or of a time to come", async () => {
    await using bot = await startFailing({ redis });
    const now = bot.clock.now();
    for (const off of [-5 * minute - second, 5 * minute + second]) {
      const person = bot.slack.as("U0ADA", { signedAt: now + off });
      expect((await person.click(channelId, "alert.acknowledge")).status).toBe(401);
    }
    await bot.settle();
    expect(thread(bot)).toEqual([]);
    const [refused] = new Set(bot.log.take());
    expect(refused).toBe("Refused a request to Slack's address: not authenticated");
    for (const off of [-5 * minute, 5 * minute]) {
      const person = bot.slack.as("U0ADA", { signedAt: now + off });
      expect((await person.click(channelId, "alert.acknowledge")).status).toBe(200);
    }
    await bot.settle();
    expect(thread(bot)).toEqual([":eyes: *ada* acknowledged"]);
  });

  it("is refused when it is not signed, or with another secret", async () => {
    await using bot = await startFailing({ redis });
    const url = `${bot.app.url}/slack/events`;
    expect((await post(bot, "payload=%7B%7D")).status).toBe(401);
    bot.slack.connect({ url, signingSecret: "another" });
    expect((await bot.slack.as("U0ADA").click(channelId, "alert.acknowledge")).status).toBe(401);
    expect(bot.log.take()).toEqual(["Refused a request to Slack's address: not authenticated"]);
    await bot.settle();
    expect(thread(bot)).toEqual([]);
  });

  it("that was captured and is sent again does nothing", async () => {
    await using bot = await startFailing({ redis });
    const { request } = await bot.slack.as("U0ADA").click(channelId, "alert.acknowledge");
    await bot.settle();
    await press(bot, "U0ADA", "alert.unacknowledge");
    expect((await bot.slack.resend(request)).status).toBe(200);
    await bot.settle();
    expect(thread(bot).slice(1)).toEqual(["*ada* is not on it any more: nobody is"]);
    expect(shown(bot, "U0ADA")).toEqual([]);
  });

  it("by which Slack looks at the certificate, or at the address, is answered", async () => {
    await using bot = await startTeam({ redis });
    expect((await post(bot, "ssl_check=1&token=legacy")).status).toBe(200);
    const { status, body } = await bot.slack.verifyUrl("3eZbrw1aB");
    expect({ status, body }).toEqual({ status: 200, body: { challenge: "3eZbrw1aB" } });
  });
});

describe("a click", () => {
  it("counts although Slack was away when the process started", async () => {
    await using bot = await startFailing({ redis });
    bot.slack.faults.next("*", { kind: "status", status: 503 }, Number.POSITIVE_INFINITY);
    await bot.restart();
    await bot.app.settled();
    bot.slack.faults.clear();
    expect(await press(bot, "U0ADA", "alert.acknowledge")).toBe("");
    expect(thread(bot)).toEqual([":eyes: *ada* acknowledged"]);
  });

  it("of another workspace's people is refused although Slack was away when the process started", async () => {
    const foreign = { id: "U0ELSE", name: "else", teamId: "T0ELSE" };
    await using bot = await startFailing({ redis }, [foreign]);
    bot.slack.addChannel({ name: "shared", people: ["U0ELSE"] });
    bot.slack.faults.next("auth.test", { kind: "status", status: 503 });
    await bot.restart();
    await bot.app.settled();
    expect(await press(bot, "U0ELSE", "alert.acknowledge")).toContain("Only people of the workspace");
    expect(thread(bot)).toEqual([]);
  });

  it("counts while Slack is away, and is told of when Slack is back", async () => {
    await using bot = await startFailing({ redis });
    bot.slack.faults.next("*", { kind: "status", status: 503 }, Number.POSITIVE_INFINITY);
    await bot.slack.as("U0ADA").click(channelId, "alert.acknowledge");
    await bot.settle();
    expect(new Set(bot.log.take())).toEqual(new Set(["job failed"]));
    bot.slack.faults.clear();
    await later(bot, minute);
    expect(thread(bot)).toEqual([":eyes: *ada* acknowledged"]);
  });

  it("that could not be saved, because Redis is away, is told to be so; the next one counts", async () => {
    const dir = await mkdtemp(join(tmpdir(), "signalbox-click-"));
    const server = await startRedis(dir, { persist: true });
    try {
      await using bot = await startFailing({ redis: { url: server.url } });
      const readiness = async () => (await fetch(`${bot.app.url}/readyz`)).status;
      await server.kill();
      const clicked = await bot.slack.as("U0ADA").click(channelId, "alert.acknowledge");
      expect(clicked.status).toBe(200);
      await bot.app.settled();
      expect(shown(bot, "U0ADA")).toEqual([expect.stringContaining("could not be saved, so nothing has changed")]);
      expect(bot.log.take()).toEqual(["Cannot do what a person asked for"]);
      const reference = /tell your operator: ([0-9a-f]{8})/.exec(shown(bot, "U0ADA").join())?.[1];
      expect(bot.log.lines.filter((line) => line.reference === reference)).toHaveLength(1);

      await server.restart();
      await expect.poll(readiness, { interval: 5, timeout: 10_000 }).toBe(200);
      await press(bot, "U0ADA", "alert.acknowledge");
      // The connection for locks may come back a little later than the others.
      await later(bot, minute);
      bot.log.take();
      expect(thread(bot)).toEqual([":eyes: *ada* acknowledged"]);
    } finally {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    }
  });

  it("that is stored, and whose trigger is not, has not failed: the sweep goes on with it", async () => {
    let lost = false;
    await using bot = await startFailing({
      redis,
      app: {
        wrapTriggers: (triggers) => ({
          ...triggers,
          fire: (marks) => (lost ? Promise.reject(new Error("Redis is away")) : triggers.fire(marks)),
          refire: (marks) => triggers.refire(marks),
          wakeAt: (organization, at) => triggers.wakeAt(organization, at),
        }),
      },
    });
    lost = true;
    await bot.slack.as("U0ADA").click(channelId, "alert.acknowledge");
    await bot.app.settled();
    lost = false;
    expect(shown(bot, "U0ADA")).toEqual([]);
    await bot.app.engine.sweep(0);
    expect(bot.log.take()).toEqual(["sweep fired marks that nobody took"]);
    await bot.settle();
    expect(thread(bot)).toEqual([":eyes: *ada* acknowledged"]);
  });

  it("that is being worked on when the process is told to stop is finished", async () => {
    await using bot = await startFailing({ redis });
    bot.slack.faults.next("users.info", { kind: "hang" });
    await bot.slack.as("U0ADA").click(channelId, "alert.acknowledge");
    await expect.poll(() => bot.slack.faults.hanging, { interval: 5, timeout: 10_000 }).toBe(1);
    const restarted = bot.restart();
    bot.slack.faults.release();
    await restarted;
    await bot.settle();
    expect(thread(bot)).toEqual([":eyes: *ada* acknowledged"]);
  });
});

it("a dialog that cannot be saved stays open, with what was filled in, to be sent again", async () => {
  const dir = await mkdtemp(join(tmpdir(), "signalbox-dialog-"));
  const server = await startRedis(dir, { persist: true });
  try {
    await using bot = await startFailing({ redis: { url: server.url } });
    const ada = bot.slack.as("U0ADA");
    await ada.click(channelId, "alert.mute");
    await bot.app.settled();
    await server.kill();
    expect((await ada.submit("mute.submit", { "mute.reason": "flaky" })).status).toBe(503);
    await bot.app.settled();
    expect(bot.log.take()).toContain("Cannot do what a person asked for");
    expect(ada.view()).toBeDefined();
    await server.restart();
    const readiness = async () => (await fetch(`${bot.app.url}/readyz`)).status;
    await expect.poll(readiness, { interval: 5, timeout: 10_000 }).toBe(200);
    expect((await ada.submit("mute.submit", {})).status).toBe(200);
    await bot.settle();
    expect(ada.view()).toBeUndefined();
    expect(bot.read()).toContain("flaky");
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
});

it("an event that Slack repeats because the answer was slow is worked on once", async () => {
  await using bot = await startTeam({ redis });
  red(bot);
  await bot.settle();
  const event = { type: "app_home_opened", user: "U0ADA", channel: "D0", tab: "home" };
  for (const number of [1, 2] as const) {
    await bot.slack.sendEvent(event, { eventId: "Ev0REPEATED", retry: { number, reason: "http_timeout" } });
    await bot.app.settled();
  }
  expect(bot.slack.takeCalls("views.publish")).toHaveLength(1);
  bot.read();
});
