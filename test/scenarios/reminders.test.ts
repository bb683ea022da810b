/**
 * Nobody acknowledges: the thread is told, then the author, then the owners. Somebody did, and nothing moves: they are
 * asked. Whatever becomes of the process meanwhile.
 */
import { describe, expect, it } from "vitest";
import type { Instant } from "../../src/clock.ts";
import { Organization, SlackUser } from "../../src/domain/ids.ts";
import { createAlerts } from "../../src/state/alerts.ts";
import { createKeys } from "../../src/state/keys.ts";
import { loadScripts } from "../../src/state/scripts.ts";
import { type Bot, type BotOptions, startBot } from "../harness/bot.ts";
import { hour, minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { ada, green, later, red, thread } from "../harness/stories.ts";

const redis = useRedis();
const day = 24 * hour;
const organization = Organization.parse("acme-inc");
const owners = "S0OWNERS";
const yml = `
owners: ${owners}
people:
  ${ada.email}: U0ADA
`;

async function startTeam(over: Partial<BotOptions> = {}, gone = false): Promise<Bot> {
  const bot = await startBot({ redis, yml, ...over });
  bot.slack.addUser({ id: "U0ADA", name: "ada", email: ada.email, deleted: gone });
  return bot;
}

/** How often each was told: the thread without and with a call of the owners, and the author. */
function told(bot: Bot): { readonly thread: number; readonly owners: number; readonly author: number } {
  const replies = thread(bot);
  const called = replies.filter((reply) => reply.includes(owners)).length;
  const direct = bot.slack.calls.filter(({ args }) => args.channel === "U0ADA").length;
  return { thread: replies.length - called, owners: called, author: direct };
}

const grace = { user: SlackUser.parse("U0GRACE"), name: "Grace" };

/** What a click leaves behind: this story is about the hours after it. */
async function acknowledge(keyPrefix: string, at: Instant, confirmedAt = at): Promise<void> {
  const client = await redis.open();
  const alerts = createAlerts(client, loadScripts(client), createKeys(keyPrefix));
  const [id, ...others] = await alerts.open(organization);
  if (id === undefined || others.length > 0) throw new Error("Cannot acknowledge: there is not exactly one alert");
  const version = (await alerts.read(organization, id))?.version ?? 0;
  const handling = { kind: "acknowledged", by: grace, at, confirmedAt } as const;
  expect(await alerts.act(organization, id, version, { handling }, [], confirmedAt)).not.toBeNull();
  client.disconnect();
}

describe("an alert that nobody acknowledges", () => {
  it("reminds the thread after 30 minutes, the author after 2 hours, and the owners after a day", async () => {
    await using bot = await startTeam();
    red(bot, ["Specs"], { author: ada });
    await bot.settle();
    await later(bot, 30 * minute - 1);
    expect(told(bot)).toEqual({ thread: 0, owners: 0, author: 0 });
    await later(bot, 1);
    expect(told(bot)).toEqual({ thread: 1, owners: 0, author: 0 });
    await later(bot, 90 * minute);
    expect(told(bot)).toEqual({ thread: 1, owners: 0, author: 1 });
    expect(bot.read("dm-ada")).toContain("Payments API");
    await later(bot, 22 * hour - 1);
    expect(told(bot)).toEqual({ thread: 1, owners: 0, author: 1 });
    await later(bot, 1);
    expect(told(bot)).toEqual({ thread: 1, owners: 1, author: 1 });
    await later(bot, 7 * day);
    expect(told(bot)).toEqual({ thread: 1, owners: 1, author: 1 });
  });

  it("is reminded of once by whichever process is there when it is time", async () => {
    await using bot = await startTeam();
    red(bot, ["Specs"], { author: ada });
    await bot.settle();
    await later(bot, 29 * minute);
    await bot.restart();
    await later(bot, minute);
    await bot.restart();
    await later(bot, 0);
    expect(told(bot)).toEqual({ thread: 1, owners: 0, author: 0 });
    await bot.restart();
    await later(bot, 90 * minute);
    await bot.restart();
    await later(bot, 22 * hour);
    expect(told(bot)).toEqual({ thread: 1, owners: 1, author: 1 });
  });

  it("is reminded of by the highest level that is due after a long time without a process", async () => {
    await using bot = await startTeam();
    red(bot, ["Specs"], { author: ada });
    await bot.settle();
    bot.clock.advance(3 * day);
    await bot.restart();
    await bot.settle();
    // The author would not see what the owners are told.
    expect(told(bot)).toEqual({ thread: 0, owners: 1, author: 1 });
  });

  it("climbs a ladder of its own for each branch, also through a restart", async () => {
    const names = Array.from({ length: 8 }, (_, i) => `release/${i + 1}`);
    await using bot = await startTeam({ yml: `${yml}\ntrack:\n  - branch: "release/*"\n` });
    for (const branch of names) red(bot, ["Specs"], { author: ada, branch });
    await bot.settle();
    await later(bot, 20 * minute);
    await bot.restart();
    await later(bot, 10 * minute);
    expect(told(bot)).toEqual({ thread: names.length, owners: 0, author: 0 });
    await later(bot, 90 * minute);
    expect(told(bot)).toEqual({ thread: names.length, owners: 0, author: names.length });
  });

  it("is told to the owners when the author has left", async () => {
    await using bot = await startTeam({}, true);
    red(bot, ["Specs"], { author: ada });
    await bot.settle();
    await later(bot, 2 * hour);
    const { owners: called } = told(bot);
    expect(called).toBe(1);
    expect(bot.slack.channel("#ci-alerts").messages).toHaveLength(1);
  });

  it("is not spoken of again once it is fixed; broken again, it begins anew", async () => {
    await using bot = await startTeam();
    red(bot, ["Specs"], { author: ada });
    await bot.settle();
    await later(bot, 20 * minute);
    green(bot);
    await bot.settle();
    const fixed = thread(bot).length;
    await later(bot, hour);
    expect(thread(bot)).toHaveLength(fixed);
    red(bot, ["Specs"], { author: ada });
    await bot.settle();
    const broken = thread(bot).length;
    await later(bot, 30 * minute - 1);
    expect(thread(bot)).toHaveLength(broken);
    await later(bot, 1);
    expect(thread(bot)).toHaveLength(broken + 1);
  });

  it("is left alone when reminders are off", async () => {
    await using bot = await startTeam({ yml: `${yml}\nreminders: off\n` });
    red(bot, ["Specs"], { author: ada });
    await bot.settle();
    await later(bot, 3 * day);
    expect(told(bot)).toEqual({ thread: 0, owners: 0, author: 0 });
  });

  it("follows the times of its route", async () => {
    const route = `
routes:
  - match: { branch: main }
    channel: C0ALERTS
    reminders: { unacknowledged: [5m] }
`;
    await using bot = await startTeam({ yml: `${yml}${route}` });
    red(bot, ["Specs"], { author: ada });
    await bot.settle();
    await later(bot, 5 * minute);
    await later(bot, 3 * day);
    expect(told(bot)).toEqual({ thread: 1, owners: 0, author: 0 });
  });
});

describe("an alert that somebody is on", () => {
  it("asks them after four hours without progress, and is open again after one more without an answer", async () => {
    const keyPrefix = "still-on-it";
    await using bot = await startTeam({ app: { keyPrefix } });
    red(bot, ["Specs"], { author: ada });
    await bot.settle();
    const at = bot.clock.now();
    await acknowledge(keyPrefix, at);
    await later(bot, 4 * hour - 1);
    expect(thread(bot)).toEqual([]);
    await later(bot, 1);
    expect(thread(bot)).toHaveLength(1);
    expect(thread(bot)[0]).toContain("<@U0GRACE>, are you still on it?");
    await bot.restart();
    await later(bot, hour - 1);
    expect(thread(bot)).toHaveLength(1);
    await later(bot, 1);
    expect(thread(bot)).toHaveLength(2);
    await later(bot, 30 * minute);
    expect(told(bot)).toEqual({ thread: 3, owners: 0, author: 0 });
  });

  it("asks again after a confirmation, and reminds nobody else meanwhile", async () => {
    const keyPrefix = "confirmed";
    await using bot = await startTeam({ app: { keyPrefix } });
    red(bot, ["Specs"], { author: ada });
    await bot.settle();
    const at = bot.clock.now();
    await acknowledge(keyPrefix, at);
    await later(bot, 4 * hour);
    await later(bot, 30 * minute);
    await acknowledge(keyPrefix, at, bot.clock.now());
    await later(bot, 4 * hour - 1);
    expect(told(bot)).toEqual({ thread: 1, owners: 0, author: 0 });
    await later(bot, 1);
    expect(told(bot)).toEqual({ thread: 2, owners: 0, author: 0 });
  });
});
