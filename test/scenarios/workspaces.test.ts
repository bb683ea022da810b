/** Several workspaces: each installs from a browser, has its own token and its own people, and may leave again. */
import { describe, expect, it } from "vitest";
import type { SlackTeam } from "../../sandbox/slack/team.ts";
import { type Bot, type BotOptions, channelId, signingSecret, startBot } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { everythingIn } from "../harness/redis-dump.ts";
import { green, headline, later, red } from "../harness/stories.ts";

const redis = useRedis();
const failed = ":red_circle: *Build #1 failed on `main`* · Payments API";
const fixed = ":large_green_circle: *`main` is green again* · Payments API";
const key = Buffer.alloc(32, 7).toString("base64");
const there = "C0THERE";

const install = {
  SLACK_CLIENT_ID: "sandbox-client-id",
  SLACK_CLIENT_SECRET: "sandbox-client-secret",
  INSTALLATION_KEY: key,
};
/** No token in the environment: home installs like any other. */
const byOAuth: BotOptions = { redis, env: { ...install, SLACK_BOT_TOKEN: "", SLACK_TEAM: "T0SANDBOX" } };
const beside: BotOptions = { redis, env: install };

function withPrefix(options: BotOptions, keyPrefix: string): BotOptions {
  return { ...options, app: { keyPrefix } };
}

/** What a person does who opens /slack/install and says yes in Slack. @returns the page they end on. */
async function installIn(bot: Bot, team: string): Promise<{ readonly status: number; readonly page: string }> {
  const begun = await fetch(`${bot.app.url}/slack/install`, { redirect: "manual" });
  const state = new URL(begun.headers.get("location") ?? "").searchParams.get("state") ?? "";
  const cookie = (begun.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const back = new URLSearchParams({ code: bot.slack.issueCode(team), state });
  const answer = await fetch(`${bot.app.url}/slack/oauth_redirect?${back}`, { headers: { cookie } });
  return { status: answer.status, page: await answer.text() };
}

/** Another workspace, with Eve in it. */
function otherTeam(bot: Bot): SlackTeam {
  return bot.slack.addTeam({
    id: "T0OTHER",
    name: "other",
    users: [{ id: "U0EVE", name: "eve" }],
    channels: [{ id: there, name: "builds" }],
  });
}

function shown(team: SlackTeam): string {
  return JSON.stringify(team.channel(there).messages.filter(({ deleted }) => !deleted));
}

async function subscribed(bot: Bot): Promise<SlackTeam> {
  const team = otherTeam(bot);
  await installIn(bot, "T0OTHER");
  await team.as("U0EVE").command(there, "/signalbox", "subscribe payments-api");
  await bot.settle();
  expect(team.ephemerals(there, "U0EVE")).toHaveLength(1);
  return team;
}

describe("without a token in the environment", () => {
  it("alerts wait until home is installed, and then go where the settings say", async () => {
    await using bot = await startBot(byOAuth);
    red(bot);
    await bot.settle();
    expect(bot.log.take()).toEqual(["job failed"]);
    expect(bot.log.text).toContain("Signalbox is not installed in its home workspace: open /slack/install");
    const { status, page } = await installIn(bot, "T0SANDBOX");
    expect([status, page]).toEqual([200, expect.stringContaining("Signalbox is installed in sandbox")]);
    await later(bot, minute);
    expect(headline(bot)).toBe(failed);
  });

  it("people of home act as always", async () => {
    await using bot = await startBot(byOAuth);
    bot.slack.addUser({ id: "U0ADA", name: "ada" });
    await installIn(bot, "T0SANDBOX");
    red(bot);
    await bot.settle();
    await bot.slack.as("U0ADA").click(channelId, "alert.acknowledge");
    await bot.settle();
    expect(bot.read()).toContain(":eyes: *ada* is on it");
  });
});

describe.each([
  ["home installed as well", byOAuth],
  ["home by the token in the environment", beside],
])("a second workspace, %s", (name, options) => {
  it("subscribes, has a message of its own, and its people can act on it", async () => {
    await using bot = await startBot(options);
    if (options === byOAuth) await installIn(bot, "T0SANDBOX");
    const team = await subscribed(bot);
    red(bot);
    await bot.settle();
    expect(headline(bot)).toBe(failed);
    expect(shown(team)).toContain("Build #1 failed");
    await team.as("U0EVE").click(there, "alert.acknowledge");
    await bot.settle();
    expect(shown(team)).toContain("*eve* is on it");
    expect(bot.read()).toContain("*eve* is on it");
    green(bot);
    await bot.settle();
    expect(headline(bot)).toBe(fixed);
    expect(shown(team)).toContain("is green again");
    const calls = bot.slack.takeCalls("chat.postMessage");
    expect(new Set(calls.map(({ args, team: of }) => `${args.channel} ${of}`))).toEqual(
      new Set([`${channelId} T0SANDBOX`, `${there} T0OTHER`]),
    );
  });

  it("has its tokens in Redis sealed, and not in the log", async () => {
    const keyPrefix = `sealed-${name.length}`;
    await using bot = await startBot(withPrefix(options, keyPrefix));
    if (options === byOAuth) await installIn(bot, "T0SANDBOX");
    const team = await subscribed(bot);
    red(bot);
    await bot.settle();
    const stored = await everythingIn(redis, keyPrefix);
    expect(stored).toContain("installation:{T0OTHER}");
    for (const secret of [team.token, bot.slack.token, "sandbox-client-secret", key, "xoxb-"]) {
      expect(stored).not.toContain(secret);
      expect(bot.log.text).not.toContain(secret);
    }
    bot.read();
  });
});

describe("a workspace that cannot be told", () => {
  it("does not keep the others waiting", async () => {
    await using bot = await startBot(byOAuth);
    const team = await subscribed(bot);
    red(bot);
    await bot.settle();
    expect(bot.log.take()).toEqual(["job failed"]);
    expect(shown(team)).toContain("Build #1 failed");
    await installIn(bot, "T0SANDBOX");
    await later(bot, minute);
    expect(headline(bot)).toBe(failed);
    expect(bot.messages()).toBe(1);
  });

  it("is told later, when it is only slow", async () => {
    await using bot = await startBot(beside);
    const team = await subscribed(bot);
    red(bot);
    await bot.settle();
    bot.slack.takeCalls();
    bot.slack.faults.next("chat.update", { kind: "rateLimited", retryAfterSeconds: 60 });
    green(bot);
    await bot.settle();
    expect(shown(team)).toContain("is green again");
    expect(headline(bot)).toBe(failed);
    await later(bot, minute);
    expect(headline(bot)).toBe(fixed);
  });

  it("because its token was revoked: home does not notice", async () => {
    await using bot = await startBot(beside);
    const team = await subscribed(bot);
    team.revokeToken();
    red(bot);
    await bot.settle();
    expect(bot.log.take()).toEqual(["Cannot tell a subscribed channel"]);
    expect(headline(bot)).toBe(failed);
    expect(await (await fetch(`${bot.app.url}/readyz`)).json()).toEqual({ ready: true });
  });
});

describe("a workspace in which it is not installed", () => {
  it("is refused without harm when somebody clicks or types there", async () => {
    await using bot = await startBot(beside);
    const team = otherTeam(bot);
    const { status } = await team.as("U0EVE").command(there, "/signalbox", "status");
    await bot.settle();
    expect(status).toBe(200);
    expect(team.ephemerals(there, "U0EVE").map(({ text }) => text)).toEqual([
      expect.stringContaining("not installed in this workspace"),
    ]);
    expect(bot.log.take()).toEqual([]);
    red(bot);
    await bot.settle();
    expect(headline(bot)).toBe(failed);
  });
});

describe("Slack down when a process starts that serves several workspaces", () => {
  it("home is known by its first click, and not taken for another one", async () => {
    await using bot = await startBot(beside);
    bot.slack.addUser({ id: "U0ADA", name: "ada" });
    red(bot);
    await bot.settle();
    bot.slack.faults.next("auth.test", { kind: "drop" });
    await bot.restart();
    await bot.slack.as("U0ADA").click(channelId, "alert.acknowledge");
    await bot.settle();
    expect(bot.read()).toContain(":eyes: *ada* is on it");
  });
});

describe("uninstalling", () => {
  it("deletes the tokens and what is known of people, and ends what was to be told there", async () => {
    await using bot = await startBot(withPrefix(beside, "uninstalled"));
    const team = await subscribed(bot);
    await team.as("U0EVE").command(there, "/signalbox", "notify dm");
    red(bot);
    await bot.settle();
    bot.clock.advance(minute);
    expect((await team.uninstall()).map(({ status }) => status)).toEqual([200, 200]);
    await bot.settle();
    expect(new Set(bot.log.take())).toEqual(new Set(["A workspace has uninstalled Signalbox"]));
    const stored = await everythingIn(redis, "uninstalled");
    expect(stored).not.toContain("installation:{T0OTHER}");
    expect(stored).not.toMatch(/\{people\}:T0OTHER:(?:users|logins|notify|declined)/);
    expect(stored).not.toContain("uninstalled:subscriptions");
    const before = shown(team);
    bot.slack.takeCalls();
    green(bot);
    await bot.settle();
    expect(headline(bot)).toBe(fixed);
    expect(shown(team)).toBe(before);
    expect(bot.slack.takeCalls().filter(({ error }) => error !== null)).toEqual([]);
  });

  it("that is told only after it was installed again changes nothing", async () => {
    await using bot = await startBot(withPrefix(beside, "reinstalled"));
    const team = await subscribed(bot);
    const url = `${bot.app.url}/slack/events`;
    bot.slack.connect({ url: `${bot.app.url}/not-there`, signingSecret });
    const lost = await team.uninstall();
    expect(lost.map(({ status }) => status)).toEqual([404, 404]);
    bot.clock.advance(minute);
    await installIn(bot, "T0OTHER");
    bot.slack.connect({ url, signingSecret });
    for (const { request } of lost) expect((await bot.slack.resend(request)).status).toBe(200);
    await bot.settle();
    red(bot);
    await bot.settle();
    expect(shown(team)).toContain("Build #1 failed");
    bot.read();
  });

  it("home, whose token is in the environment: the operator hears of it", async () => {
    await using bot = await startBot(beside);
    await bot.slack.uninstall();
    await bot.app.settled();
    red(bot);
    await bot.settle();
    expect(new Set(bot.log.take())).toEqual(
      new Set([
        "A workspace has uninstalled Signalbox",
        "Slack refuses the token: account_inactive; alerts wait until it is replaced",
        "Slack refuses to tell who is who",
        "job failed",
      ]),
    );
  });
});

describe("a wrong INSTALLATION_KEY", () => {
  it("is said at the start and in the health, with what to do", async () => {
    {
      await using bot = await startBot(withPrefix(byOAuth, "wrong-key"));
      await installIn(bot, "T0SANDBOX");
    }
    const env = { ...byOAuth.env, INSTALLATION_KEY: Buffer.alloc(32, 8).toString("base64") };
    await using bot = await startBot(withPrefix({ ...byOAuth, env }, "wrong-key"));
    const [message, ...more] = bot.log.take();
    expect(message).toMatch(
      /^Cannot read the Slack installation of T0SANDBOX: .*; add its key to INSTALLATION_KEY, or /,
    );
    expect(more).toEqual([]);
    const health: unknown = await (await fetch(`${bot.app.url}/readyz`)).json();
    expect(health).toEqual({ ready: true, slack: "degraded", reason: message });
    await installIn(bot, "T0SANDBOX");
    red(bot);
    await bot.settle();
    expect(headline(bot)).toBe(failed);
  });
});
