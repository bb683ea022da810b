/** What can go wrong while somebody clicks or types: nothing is done twice, nothing is lost, and they are told. */
import { describe, expect, it } from "vitest";
import { type App, createApp } from "../../src/app.ts";
import { connect, ready } from "../../src/state/redis.ts";
import { type Bot, channelId, startBot } from "../harness/bot.ts";
import { minute, second } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { headline, red } from "../harness/stories.ts";

const redis = useRedis();
const acknowledge = "alert.acknowledge";
const onIt = ":eyes: *ada* is on it";

/** A red branch in a channel that Ada and Bob are in. */
async function startRed(options: { readonly keyPrefix?: string } = {}): Promise<Bot> {
  const bot = await startBot({ redis, env: { SLACK_CHANNEL: "C0TEAM" }, app: options });
  for (const name of ["ada", "bob"]) bot.slack.addUser({ id: `U0${name.toUpperCase()}`, name });
  bot.slack.addChannel({ id: "C0TEAM", name: "team" });
  red(bot);
  await bot.settle();
  bot.slack.takeCalls();
  return bot;
}

function told(bot: Bot, user = "U0ADA"): string[] {
  return bot.slack.ephemerals("C0TEAM", user).map(({ text }) => text);
}

function mention(bot: Bot, text: string, channel = "C0TEAM") {
  const ts = String(bot.clock.now() / 1000);
  return { type: "app_mention", user: "U0ADA", channel, ts, event_ts: ts, text: `<@U0SIGNALBOX> ${text}` };
}

describe("an answer to one person", () => {
  it("goes through Slack's API when the address that came with the click is used up", async () => {
    await using bot = await startRed();
    bot.slack.faults.next("response_url", { kind: "status", status: 404 });
    await bot.slack.as("U0ADA").command("C0TEAM", "/signalbox", "status");
    await bot.settle();
    expect(told(bot)).toHaveLength(1);
    expect(bot.slack.takeCalls("chat.postEphemeral")).toHaveLength(1);
    bot.read("C0TEAM");
  });

  it("is a direct message to whoever cannot be shown it there", async () => {
    await using bot = await startRed();
    await bot.slack.sendEvent(mention(bot, "status", channelId));
    await bot.settle();
    expect(bot.slack.takeCalls("chat.postEphemeral").map(({ error }) => error)).toEqual(["user_not_in_channel"]);
    expect(bot.slack.as("U0ADA").directMessages()).toHaveLength(1);
    bot.read("C0TEAM");
  });

  it("that cannot be given at all undoes nothing", async () => {
    await using bot = await startRed();
    await bot.slack.as("U0ADA").click("C0TEAM", acknowledge);
    await bot.app.settled();
    bot.slack.faults.next("response_url", { kind: "drop" });
    bot.slack.faults.next("chat.postEphemeral", { kind: "error", error: "user_not_in_channel" });
    bot.slack.faults.next("chat.postMessage", { kind: "error", error: "messages_tab_disabled" });
    await bot.slack.as("U0BOB").click("C0TEAM", acknowledge);
    await bot.app.settled();
    expect(bot.log.take()).toEqual(["Cannot tell a person how it went"]);
    await bot.settle();
    expect(bot.read("C0TEAM")).toContain(onIt);
  });
});

describe("two clocks that differ", () => {
  it.each([-301, 301])("by %i seconds: refused, and the log has both times", async (seconds) => {
    await using bot = await startRed();
    const now = bot.clock.now();
    const signedAt = now + seconds * second;
    const { status } = await bot.slack.as("U0ADA", { signedAt }).click("C0TEAM", acknowledge);
    expect(status).toBe(401);
    expect(bot.log.take()).toEqual(["Refused a request to Slack's address: not authenticated"]);
    expect(bot.log.lines.at(-1)).toMatchObject({ reason: "stale", signedAt, receivedAt: now });
    await bot.settle();
    expect(bot.read("C0TEAM")).not.toContain(onIt);
  });
});

describe("an error in what a click does", () => {
  it("is told to them with a reference that the log has too; Slack was answered at once", async () => {
    await using bot = await startRed({ keyPrefix: "broken-record" });
    const client = connect(redis.url, "request");
    await ready(client, 5000);
    await client.hset("broken-record:subscriptions", "C0TEAM *", "{");
    client.disconnect();
    expect((await bot.slack.as("U0ADA").command("C0TEAM", "/signalbox", "list")).status).toBe(200);
    await bot.settle();
    expect(bot.log.take()).toEqual(["Cannot do what a person asked for"]);
    const reference = bot.log.lines.find(({ level }) => level === "error")?.reference;
    expect(told(bot)).toEqual([expect.stringContaining(String(reference))]);
    bot.read("C0TEAM");
  });
});

describe("two processes", () => {
  it("share the pauses, the claims and the clicks: everything is said once", async () => {
    await using bot = await startRed({ keyPrefix: "two-processes" });
    const other = await startAnother(bot, "two-processes");
    bot.slack.faults.next("chat.postMessage", { kind: "rateLimited", retryAfterSeconds: 30 });
    red(bot, ["Smoke"], { pipeline: "deploy" });
    await bot.buildkite.deliver();
    await Promise.all([bot.app.engine.drain(), other.engine.drain()]);
    await bot.slack.as("U0ADA").click("C0TEAM", acknowledge, { ts: oldest(bot) });
    await bot.slack.as("U0BOB").click("C0TEAM", acknowledge, { ts: oldest(bot) });
    await bot.app.settled();
    bot.clock.advance(minute);
    await Promise.all([bot.app.engine.drain(), other.engine.drain()]);
    await bot.settle();
    expect(bot.messages("C0TEAM")).toBe(2);
    expect(told(bot, "U0BOB")).toEqual([expect.stringContaining("ada acknowledged this")]);
    expect(headline(bot, "C0TEAM")).toBe(":red_circle: *Build #1 failed on `main`* · Payments API");
    await other.stop();
  });
});

describe("a commit's title", () => {
  it("calls nobody, and links to nowhere", async () => {
    await using bot = await startRed();
    const message = "<!channel> <@U0BOB> <https://evil.example|Fix> `<!here>`";
    red(bot, ["Specs"], { pipeline: "deploy", message, author: { name: "<!everyone>", email: "e@example.com" } });
    await bot.settle();
    await bot.slack.as("U0ADA").command("C0TEAM", "/signalbox", "status");
    await bot.settle();
    const said = JSON.stringify([bot.slack.channel("C0TEAM"), bot.slack.ephemerals("C0TEAM", "U0ADA")]);
    expect(said).not.toMatch(/<!(?:channel|here|everyone)|<@U0BOB|<https:\/\/evil/);
    expect(bot.read("C0TEAM")).toContain("evil.example");
  });
});

function oldest(bot: Bot): string {
  return bot.slack.channel("C0TEAM").messages[0]?.ts ?? "";
}

function startAnother({ config, clock, log }: Bot, keyPrefix: string): Promise<App> {
  const options = { config, clock, log: log.logger, redisUrl: redis.url, keyPrefix, workers: null, random: () => 0.5 };
  return createApp(options);
}
