/**
 * What can go wrong between us and Slack, row by row of the list in the reference (5.2), and where each is played:
 *
 * | row                                    | test                                                                   |
 * | -------------------------------------- | ---------------------------------------------------------------------- |
 * | 429                                    | here; hostile-slack "a rate limit"; lanes                              |
 * | 5xx, network, time-out                 | hostile-slack "an answer that tells nothing", "Slack away for an hour" |
 * | Slack down at our start                | here; slack-requests "although Slack was away"; workspaces             |
 * | two people click at once               | acknowledge-crowd                                                      |
 * | double click, stale button, dead alert | acknowledge "a click"                                                  |
 * | rerun twice, rerun impossible          | reruns; buildkite/reruns                                               |
 * | message deleted by a person            | lost-messages "people"; slack/deliver                                  |
 * | thread parent deleted                  | lost-messages "before its thread was complete"                         |
 * | cannot be edited any more              | here; lost-messages                                                    |
 * | layout refused                         | here; hostile-slack "a layout that Slack refuses"                      |
 * | archived, not in channel, restricted   | here; lost-messages "a channel that takes no messages"                 |
 * | ephemeral to whoever is not there      | slack-failures-people                                                  |
 * | direct message impossible              | slack-failures-people; reminders "the author has left"                 |
 * | token revoked, uninstalled             | here; workspaces "uninstalling"                                        |
 * | missing_scope                          | here; hostile-slack "without the right to read"                        |
 * | event retried, request replayed        | slack-requests                                                         |
 * | listener slower than 3 s               | slack-requests: answered before anything is done                       |
 * | response_url used up or expired        | slack-failures-people                                                  |
 * | trigger_id expired                     | mutes "Slack gave up on the click"                                     |
 * | modal race                             | cannot be: Home is shown without a hash, no dialog is updated          |
 * | Redis down                             | slack-requests; build-tracker-events                                   |
 * | SIGTERM in the middle                  | slack-requests "told to stop"; main                                    |
 * | two replicas                           | slack-failures-people; reruns; reminders                               |
 * | clock skew                             | slack-requests; slack-failures-people                                  |
 * | error in a listener                    | slack-failures-people                                                  |
 * | injection by commit title              | slack-failures-people; slack/messages/hostile                          |
 */
import { describe, expect, it } from "vitest";
import { ALL_SCOPES } from "../../sandbox/slack/index.ts";
import { type Bot, channelId, startBot } from "../harness/bot.ts";
import { minute, second } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { green, headline, later, red, thread } from "../harness/stories.ts";

const redis = useRedis();
const failed = ":red_circle: *Build #1 failed on `main`* · Payments API";
const well = { ready: true };

async function ready(bot: Bot): Promise<unknown> {
  const answer = await fetch(`${bot.app.url}/readyz`);
  expect(answer.status).toBe(200);
  return answer.json();
}

function methods(bot: Bot): string[] {
  const calls = bot.slack.takeCalls().filter(({ method }) => method.startsWith("c"));
  return calls.map(({ method, error }) => (error === null ? method : `${method}: ${error}`));
}

function addAda(bot: Bot): void {
  bot.slack.addUser({ id: "U0ADA", name: "ada", realName: "Ada Lovelace", email: "ada@example.com" });
}

describe("429", () => {
  it("holds back a process that was not told, too", async () => {
    await using bot = await startBot({ redis });
    bot.slack.faults.next("chat.postMessage", { kind: "rateLimited", retryAfterSeconds: 240 });
    red(bot);
    await bot.settle();
    bot.log.take();
    await bot.restart();
    red(bot, ["Smoke"], { pipeline: "deploy" });
    await bot.settle();
    expect(methods(bot)).toEqual(["chat.postMessage: ratelimited"]);
    await later(bot, 2 * minute);
    expect(methods(bot)).toEqual(["chat.postMessage", "chat.postMessage"]);
    expect(bot.read()).toContain(failed);
  });

  it("that does not say for how long: certainly not posted, and tried again in half a minute", async () => {
    await using bot = await startBot({ redis });
    bot.slack.faults.next("chat.postMessage", { kind: "rateLimited", retryAfterSeconds: null });
    red(bot);
    await bot.settle();
    await later(bot, 29 * second);
    expect(methods(bot)).toEqual(["chat.postMessage: ratelimited"]);
    await later(bot, second);
    expect(methods(bot)).toEqual(["chat.postMessage"]);
    expect(headline(bot)).toBe(failed);
  });

  it("for more than two minutes: the operator is told once, and then all of it is said in one edit", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    methods(bot);
    bot.slack.faults.next("chat.update", { kind: "rateLimited", retryAfterSeconds: 600 });
    for (let i = 0; i < 5; i += 1) {
      red(bot);
      await bot.settle();
    }
    expect(bot.log.take()).toEqual(["Slack asked to wait with chat.update: updates are delayed"]);
    expect(await ready(bot)).toEqual({
      ready: true,
      slack: "degraded",
      reason: "Slack asked to wait with chat.update",
    });
    await later(bot, 10 * minute);
    expect(methods(bot).filter((call) => call.startsWith("chat.update"))).toEqual([
      "chat.update: ratelimited",
      "chat.update",
    ]);
    expect(headline(bot)).toContain("Build #6 failed");
    expect(await ready(bot)).toEqual(well);
  });
});

describe("Slack down when a process starts", () => {
  it("is no reason not to: events are taken, the health says so, and the first answer clears it", async () => {
    await using bot = await startBot({ redis });
    bot.slack.faults.next("*", { kind: "status", status: 503 }, Number.POSITIVE_INFINITY);
    await bot.restart();
    expect(await ready(bot)).toEqual({ ready: true, slack: "degraded", reason: "Slack does not answer" });
    red(bot);
    await bot.settle();
    expect(bot.log.take()).toEqual(["job failed"]);
    bot.slack.faults.clear();
    await later(bot, second);
    expect(headline(bot)).toBe(failed);
    expect(await ready(bot)).toEqual(well);
  });

  it("does not keep people from acting once it is back", async () => {
    await using bot = await startBot({ redis });
    addAda(bot);
    red(bot);
    await bot.settle();
    bot.slack.faults.next("auth.test", { kind: "drop" });
    await bot.restart();
    await bot.slack.as("U0ADA").click(channelId, "alert.acknowledge");
    await bot.settle();
    expect(bot.read()).toContain(":eyes: *ada* is on it");
  });
});

describe("a token that was revoked", () => {
  it("is said in the health and the log until one call works; what was to be told has waited", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    bot.slack.faults.next("*", { kind: "error", error: "token_revoked" }, Number.POSITIVE_INFINITY);
    green(bot);
    await bot.settle();
    for (let i = 0; i < 12; i += 1) await later(bot, 5 * minute);
    expect(await ready(bot)).toMatchObject({ ready: true, reason: "Slack refuses the token: token_revoked" });
    const told = bot.log.take();
    expect(told.filter((line) => line.startsWith("Slack refuses the token"))).toHaveLength(1);
    expect(told.length).toBeLessThan(20);
    bot.slack.faults.clear();
    await later(bot, minute);
    expect(headline(bot)).toContain("`main` is green again");
    expect(await ready(bot)).toEqual(well);
  });
});

describe("a scope that was not granted", () => {
  const without = (...scopes: string[]): string[] => ALL_SCOPES.filter((scope) => !scopes.includes(scope));

  it("is said at the start, with what is off; alerts are told all the same", async () => {
    const scopes = without("usergroups:read", "users:read.email", "chat:write.public");
    await using bot = await startBot({ redis, scopes });
    const line = bot.log.lines.find(({ msg }) => msg.startsWith("Some things are off"));
    expect(line).toMatchObject({
      level: "warn",
      missing: [
        "usergroups:read (rules that name user groups)",
        "users:read.email (finding authors by their e-mail address)",
      ],
      declined: ["chat:write.public (posting in public channels without an invitation)"],
    });
    red(bot);
    await bot.settle();
    expect(headline(bot)).toBe(failed);
    bot.log.take();
  });

  it("is not worth a warning when an administrator may well refuse it", async () => {
    await using bot = await startBot({ redis, scopes: without("channels:history") });
    const line = bot.log.lines.find(({ msg }) => msg.startsWith("Some things are off"));
    expect(line).toMatchObject({ level: "info" });
    bot.log.take();
  });
});

describe("a message that cannot be edited any more", () => {
  it.each(["cant_update_message", "edit_window_closed"])(
    "(%s) is acknowledged and fixed in its thread",
    async (error) => {
      await using bot = await startBot({ redis });
      addAda(bot);
      red(bot);
      await bot.settle();
      bot.slack.faults.next("chat.update", { kind: "error", error });
      await bot.slack.as("U0ADA").click(channelId, "alert.acknowledge");
      await bot.settle();
      green(bot);
      await bot.settle();
      expect(headline(bot)).toBe(failed);
      expect(thread(bot)).toEqual([
        ":eyes: *ada* acknowledged",
        ":large_green_circle: Fixed by #2 (Ada Lovelace) after 2 min",
      ]);
    },
  );
});

describe("a layout that Slack refuses", () => {
  it.each(["invalid_blocks", "msg_blocks_too_long", "msg_too_long", "metadata_too_large"])(
    "(%s) becomes a plain one that can be acknowledged, and the log says what Slack did not like",
    async (error) => {
      await using bot = await startBot({ redis });
      addAda(bot);
      bot.slack.faults.next("chat.postMessage", { kind: "error", error });
      red(bot);
      await bot.settle();
      expect(bot.log.take()).toEqual(["Slack refused the layout of a message: a plain one is sent"]);
      expect(bot.log.text).toContain(`Slack refused chat.postMessage: ${error}`);
      await bot.slack.as("U0ADA").click(channelId, "alert.acknowledge");
      await bot.settle();
      expect(bot.read()).toContain(":eyes: *ada* is on it");
    },
  );
});

describe("a channel in which nobody lets us post", () => {
  it.each([
    ["restricted_action_read_only_channel", "where an administrator does not let me post: allow it"],
    ["ekm_access_denied", "where an administrator does not let me post: allow it"],
    ["not_in_channel", "where I cannot post: `/invite @signalbox` there"],
    ["channel_deleted", "which is archived: unarchive it"],
  ])("(%s) has its alerts in the default channel, each with a hint", async (error, hint) => {
    await using bot = await startBot({ redis, yml: "routes: [{ match: { pipeline: payments-api }, channel: C0PAY }]" });
    bot.slack.faults.next("chat.postMessage", { kind: "error", error });
    red(bot);
    await bot.settle();
    expect(headline(bot)).toBe(failed);
    expect(thread(bot)).toEqual([`:mailbox: This is meant for <#C0PAY>, ${hint}, or route its alerts elsewhere.`]);
    expect(bot.log.take()).toEqual(["Cannot post in a channel: the next one is told instead"]);
  });

  it("and no other: the alert waits until somebody lets us", async () => {
    await using bot = await startBot({ redis });
    bot.slack.archive(channelId);
    red(bot);
    await bot.settle();
    expect(bot.log.take()).toEqual(["job failed"]);
    bot.slack.unarchive(channelId);
    await later(bot, minute);
    expect(headline(bot)).toBe(failed);
  });
});
