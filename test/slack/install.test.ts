/** Installing as a browser sees it: through the app's own HTTP server, against a server that answers as Slack does. */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { startIngress } from "../../src/ingress/server.ts";
import { type InstallSettings, installRoutes } from "../../src/slack/install.ts";
import { createInstallStates } from "../../src/state/install-states.ts";
import { createInstallations } from "../../src/state/installations.ts";
import { createKeys } from "../../src/state/keys.ts";
import { loadScripts } from "../../src/state/scripts.ts";
import { createSeal } from "../../src/state/seal.ts";
import { FakeClock, minute } from "../harness/clock.ts";
import { TestLog } from "../harness/log.ts";
import { useRedis } from "../harness/redis.ts";
import { sendTo } from "../ingress/harness.ts";

const redis = useRedis();
let worlds = 0;

const secret = "client-secret-of-the-app";
const token = "xoxb-given-by-slack";
const granted = {
  ok: true,
  access_token: token,
  token_type: "bot",
  scope: "chat:write,commands",
  bot_user_id: "U0BOT",
  app_id: "A0APP",
  team: { id: "T0ACME", name: "Acme" },
  enterprise: null,
  is_enterprise_install: false,
  authed_user: { id: "U0ADA" },
};
const identity = { ok: true, bot_id: "B0BOT", url: "https://acme.slack.com/" };

interface Call {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
}

/** Null: the connection is cut off. */
type Answers = Record<string, { readonly status?: number; readonly headers?: object; readonly body?: unknown } | null>;

const usual: Answers = { "oauth.v2.access": { body: granted }, "auth.test": { body: identity } };

async function startSlack(answers: Answers) {
  const calls: Call[] = [];
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.url?.replace("/api/", "") ?? "";
    calls.push({ method, headers: request.headers, form: new URLSearchParams(await text(request)) });
    const answer = method in answers ? answers[method] : usual[method];
    if (!answer) return void request.socket.destroy();
    response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
    response.end(JSON.stringify(answer.body));
  };
  const server = createServer((request, response) => void answerTo(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { calls, url: `http://127.0.0.1:${port}/api/`, close: () => server.close() };
}

async function startWorld({ answers = {} as Answers, settings = {} as Partial<InstallSettings> } = {}) {
  worlds += 1;
  const prefix = `install-${worlds}`;
  const slack = await startSlack(answers);
  const client = await redis.open();
  const keys = createKeys(prefix);
  const clock = new FakeClock();
  const log = new TestLog();
  const seal = createSeal([randomBytes(32)]);
  const installations = createInstallations(client, loadScripts(client), keys, { seal, clock });
  const routes = installRoutes({
    settings: {
      clientId: "123.456",
      clientSecret: secret,
      stateSecret: randomBytes(32),
      scopes: ["chat:write", "commands"],
      apiUrl: slack.url,
      authorizeUrl: "https://slack.com/oauth/v2/authorize",
      redirectUri: null,
      ...settings,
    },
    installations,
    states: createInstallStates(client, keys),
    timeoutMs: 500,
    clock,
    log: log.logger,
  });
  const ingress = await startIngress({ host: "127.0.0.1", port: 0, routes, log: log.logger });
  const get = (path: string, cookie?: string) => sendTo(ingress.port, path, { headers: cookie ? { cookie } : {} });

  async function start() {
    const answer = await get("/slack/install");
    const location = new URL(answer.headers.location ?? "");
    const [cookie = ""] = answer.headers["set-cookie"] ?? [];
    return {
      answer,
      location,
      state: location.searchParams.get("state") ?? "",
      setCookie: cookie,
      cookie: cookie.split(";")[0] ?? "",
    };
  }

  return {
    slack,
    client,
    clock,
    log,
    get,
    start,
    back: (query: Record<string, string>, cookie?: string) =>
      get(`/slack/oauth_redirect?${new URLSearchParams(query)}`, cookie),
    /** The whole way, as nobody disturbs it. */
    async install(code = "a-code") {
      const { state, cookie } = await start();
      return this.back({ code, state }, cookie);
    },
    keysInRedis: () => client.keys(`${prefix}:*`),
    stored: () => client.keys(`${prefix}:installation:*`),
    installed: (team: string) =>
      installations.fetchInstallation({ teamId: team, enterpriseId: undefined, isEnterpriseInstall: false }),
    async [Symbol.asyncDispose]() {
      await ingress.stop(0);
      slack.close();
      client.disconnect();
      expect(log.text).not.toContain(token);
      expect(log.text).not.toContain(secret);
      expect(log.take()).toEqual([]);
    },
  };
}

describe("an installation begins", () => {
  it("at Slack, with what the app needs, and a cookie for this browser alone", async () => {
    await using world = await startWorld();
    const { answer, location, state, setCookie } = await world.start();
    expect(answer.status).toBe(302);
    expect(answer.headers).toMatchObject({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
    expect(location.origin + location.pathname).toBe("https://slack.com/oauth/v2/authorize");
    expect(Object.fromEntries(location.searchParams)).toEqual({
      client_id: "123.456",
      scope: "chat:write,commands",
      state,
    });
    expect(setCookie).toBe(`__Host-signalbox-install=${state}; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax`);
    expect(await world.keysInRedis()).toEqual([]);
  });

  it("differently each time", async () => {
    await using world = await startWorld();
    expect((await world.start()).state).not.toBe((await world.start()).state);
  });

  it("with the way back that was set, told to Slack both times", async () => {
    const redirectUri = "https://signalbox.example.com/slack/oauth_redirect";
    await using world = await startWorld({ settings: { redirectUri } });
    expect((await world.start()).location.searchParams.get("redirect_uri")).toBe(redirectUri);
    await world.install();
    expect(world.slack.calls[0]?.form.get("redirect_uri")).toBe(redirectUri);
  });
});

describe("an installation ends", () => {
  it("with the workspace's tokens stored, and a page that says what is next", async () => {
    await using world = await startWorld();
    const answer = await world.install();
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(answer.headers["set-cookie"]?.[0]).toContain("__Host-signalbox-install=; Path=/; Max-Age=0");
    expect(answer.body).toContain("<h1>Signalbox is installed in Acme</h1>");
    expect(answer.body).toContain("/invite @signalbox");
    expect(answer.body).toContain('href="https://slack.com/app_redirect?app=A0APP&amp;team=T0ACME"');
    expect(answer.body).not.toContain(token);
    expect(await world.installed("T0ACME")).toMatchObject({
      team: { id: "T0ACME", name: "Acme" },
      user: { id: "U0ADA" },
      bot: { token, id: "B0BOT", userId: "U0BOT", scopes: ["chat:write", "commands"] },
      appId: "A0APP",
    });
    expect(world.log.lines.find(({ msg }) => msg === "Installed in Slack")).toMatchObject({
      team: "T0ACME",
      by: "U0ADA",
    });
  });

  it("after Slack was asked as it wants to be", async () => {
    await using world = await startWorld();
    await world.install("the-code");
    expect(world.slack.calls.map(({ method }) => method)).toEqual(["oauth.v2.access", "auth.test"]);
    expect(Object.fromEntries(world.slack.calls[0]?.form ?? [])).toEqual({
      client_id: "123.456",
      client_secret: secret,
      code: "the-code",
    });
    expect(world.slack.calls[1]?.headers.authorization).toBe(`Bearer ${token}`);
  });

  it("for each workspace with its own tokens, and with newer ones when it is repeated", async () => {
    const answers: Answers = {};
    const give = (id: string, access_token: string): void => {
      answers["oauth.v2.access"] = { body: { ...granted, team: { id, name: id }, access_token } };
    };
    await using world = await startWorld({ answers });
    for (const [id, given] of [
      ["T0ONE", "xoxb-1"],
      ["T0TWO", "xoxb-2"],
      ["T0ONE", "xoxb-3"],
    ] as const) {
      give(id, given);
      expect((await world.install()).status).toBe(200);
    }
    expect((await world.installed("T0ONE")).bot.token).toBe("xoxb-3");
    expect((await world.installed("T0TWO")).bot.token).toBe("xoxb-2");
  });

  it("for an enterprise with all its teams", async () => {
    const orgWide = {
      ...granted,
      team: null,
      enterprise: { id: "E0ORG", name: "Acme Group" },
      is_enterprise_install: true,
    };
    await using world = await startWorld({ answers: { "oauth.v2.access": { body: orgWide } } });
    expect((await world.install()).body).toContain("Signalbox is installed in Acme Group");
    expect(await world.stored()).toEqual([expect.stringContaining("{E0ORG}")]);
  });

  it("with a page that no workspace's name can break", async () => {
    const team = { id: "T0EVIL", name: `<script>alert("1")</script>&'` };
    await using world = await startWorld({ answers: { "oauth.v2.access": { body: { ...granted, team } } } });
    const { body } = await world.install();
    expect(body).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;");
    expect(body).not.toContain("<script");
  });
});

describe("an installation does not end", () => {
  it("when the person did not allow it", async () => {
    await using world = await startWorld();
    const { state, cookie } = await world.start();
    const answer = await world.back({ error: "access_denied", state }, cookie);
    expect(answer.status).toBe(403);
    expect(answer.body).toContain("You did not allow it in Slack");
    expect(answer.body).toContain('<a href="/slack/install">');
    expect(world.slack.calls).toEqual([]);
  });

  it.each([
    ["invalid_scope", "Slack says: invalid_scope."],
    ["<b>x</b>", "Slack says: an error that is not known."],
  ])("when Slack sends the browser back with %j", async (error, says) => {
    await using world = await startWorld();
    const answer = await world.back({ error });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(says);
  });

  it("without the state, the cookie or the code, or with one of them twice", async () => {
    await using world = await startWorld();
    const { state, cookie } = await world.start();
    const queries: [string, string | undefined][] = [
      ["", cookie],
      [`code=c`, cookie],
      [`code=c&state=${state}`, undefined],
      [`code=c&state=${state}`, "other=1"],
      [`code=c&state=${state}`, `${cookie}; ${cookie}`],
      [`code=c&state=${state}&state=${state}`, cookie],
      [`code=c&code=d&state=${state}`, cookie],
      [`code=&state=${state}`, cookie],
    ];
    for (const [query, sent] of queries) {
      const answer = await world.get(`/slack/oauth_redirect?${query}`, sent);
      expect([query, answer.status]).toEqual([query, 400]);
      expect(answer.body).toContain("in the browser in which the installation was started");
    }
    expect(world.slack.calls).toEqual([]);
  });

  it("in another browser than the one in which it was started", async () => {
    await using world = await startWorld();
    const mine = await world.start();
    const theirs = await world.start();
    const answer = await world.back({ code: "c", state: mine.state }, theirs.cookie);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("started somewhere else");
    expect(world.slack.calls).toEqual([]);
  });

  it("with a state that was not signed here, though the cookie has it too", async () => {
    await using world = await startWorld();
    const { state } = await world.start();
    const [nonce = "", expires = "", signature = ""] = state.split(".");
    const forged = [
      "x",
      `${nonce}.${expires}`,
      `${nonce}.${Number(expires) + minute}.${signature}`,
      `${nonce}x.${expires}.${signature}`,
      `${nonce}.${expires}.${signature}.x`,
      `${nonce}.${expires}.${"A".repeat(signature.length)}`,
    ];
    for (const wrong of forged) {
      const answer = await world.back({ code: "c", state: wrong }, `__Host-signalbox-install=${wrong}`);
      expect([wrong, answer.status]).toEqual([wrong, 400]);
    }
    expect(world.slack.calls).toEqual([]);
  });

  it("after ten minutes", async () => {
    await using world = await startWorld();
    const early = await world.start();
    world.clock.advance(10 * minute - 1);
    expect((await world.back({ code: "c", state: early.state }, early.cookie)).status).toBe(200);
    const late = await world.start();
    world.clock.advance(10 * minute);
    const answer = await world.back({ code: "c", state: late.state }, late.cookie);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("more than ten minutes ago");
  });

  it("twice, not even at once: the second one is told that it may be done", async () => {
    await using world = await startWorld();
    const { state, cookie } = await world.start();
    const answers = await Promise.all([1, 2, 3].map(() => world.back({ code: "c", state }, cookie)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400]);
    expect(answers.find(({ status }) => status === 400)?.body).toContain("This link from Slack was used before");
    expect(world.slack.calls).toHaveLength(2);
  });

  it.each(["invalid_code", "code_already_used"])("with a code of which Slack says %s", async (error) => {
    await using world = await startWorld({ answers: { "oauth.v2.access": { body: { ok: false, error } } } });
    const answer = await world.install();
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("This link from Slack was used before");
    expect(await world.stored()).toEqual([]);
  });

  it.each(["bad_client_secret", "invalid_client_id", "bad_redirect_uri"])(
    "with wrong settings, of which Slack says %s",
    async (error) => {
      await using world = await startWorld({ answers: { "oauth.v2.access": { body: { ok: false, error } } } });
      const answer = await world.install();
      expect(answer.status).toBe(500);
      expect(answer.body).toContain(`Slack says: ${error}.`);
      expect(world.log.take()).toEqual(["Cannot install in Slack: Slack refused the settings of the app"]);
      expect(await world.stored()).toEqual([]);
    },
  );

  const limited = { status: 429, headers: { "retry-after": "30" }, body: {} };
  it.each<[string, Answers]>([
    ["cannot be reached", { "oauth.v2.access": null }],
    ["answers 500", { "oauth.v2.access": { status: 500, body: {} } }],
    ["has troubles of its own", { "oauth.v2.access": { body: { ok: false, error: "internal_error" } } }],
    ["asks to wait", { "oauth.v2.access": limited }],
    ["answers something else", { "oauth.v2.access": { body: { ok: true, access_token: token } } }],
    ["names no workspace", { "oauth.v2.access": { body: { ...granted, team: null } } }],
    ["fails at the second question", { "auth.test": { status: 503, body: {} } }],
    ["is gone at the second question", { "auth.test": null }],
  ])("when Slack %s, and nothing is stored", async (_, answers) => {
    await using world = await startWorld({ answers });
    const answer = await world.install();
    expect(answer.status).toBe(502);
    expect(answer.body).toContain("Slack did not answer");
    expect(world.log.take()).toEqual(["Cannot install in Slack: Slack gave no usable answer"]);
    expect(await world.stored()).toEqual([]);
  });

  it("when the app's tokens would end within hours", async () => {
    const rotating = { ...granted, refresh_token: "xoxe-1", expires_in: 43_200 };
    await using world = await startWorld({ answers: { "oauth.v2.access": { body: rotating } } });
    const answer = await world.install();
    expect(answer.status).toBe(500);
    expect(answer.body).toContain("token rotation");
    expect(world.log.take()).toHaveLength(1);
    expect(await world.stored()).toEqual([]);
  });

  it("while Redis is away; and Slack's code is not used up", async () => {
    await using world = await startWorld();
    const { state, cookie } = await world.start();
    world.client.disconnect();
    const answer = await world.back({ code: "c", state }, cookie);
    expect(answer.status).toBe(503);
    expect(answer.body).toContain("Signalbox cannot store the installation now");
    expect(world.slack.calls).toEqual([]);
    expect(world.log.take()).toEqual(["Cannot install in Slack: the store is unavailable"]);
  });
});
