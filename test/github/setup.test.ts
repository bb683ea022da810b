/** Making the GitHub App from a browser, while there is none. */
import { describe, expect, it, onTestFinished } from "vitest";
import { type HttpAnswer, startServer } from "../../sandbox/http.ts";
import { type Bot, startBot } from "../harness/bot.ts";
import { hour } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { appKey, githubEnvironment } from "./environment.ts";

const redis = useRedis();
const password = "a-long-password";
const credentials = { authorization: `Basic ${Buffer.from(`debug:${password}`).toString("base64")}` };

const made = (origin: string): HttpAnswer => ({
  status: 201,
  body: { id: 4711, pem: appKey, webhook_secret: "made-secret", html_url: `${origin}/apps/signalbox` },
});

/** A bot without an app, and a GitHub that makes one. */
async function start(answer: (origin: string) => HttpAnswer = made, env: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const server = await startServer(({ method, path }) => {
    asked.push(`${method} ${path}`);
    return answer(server.url);
  });
  onTestFinished(() => server.stop());
  const bot = await startBot({ redis, env: { DEBUG_PASSWORD: password, GITHUB_API_URL: server.url, ...env } });
  return { bot, server, asked };
}

function get(bot: Bot, path: string, headers: Readonly<Record<string, string>> = credentials): Promise<Response> {
  return fetch(`${bot.app.url}${path}`, { headers });
}

const unescaped = (html: string): string => html.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
/** What the page's button sends, and where to. */
function formIn(html: string) {
  const [, action = "", manifest = "{}"] =
    /action="([^"]+)">\s*<input type="hidden" name="manifest" value="([^"]+)"/.exec(html) ?? [];
  return { action: new URL(unescaped(action)), manifest: JSON.parse(unescaped(manifest)) };
}

describe("the setup from a browser", () => {
  it("sends the manifest to GitHub, and shows once what to set", async () => {
    const { bot, server, asked } = await start();
    await using _ = bot;
    const { action, manifest } = formIn(await (await get(bot, "/github/setup")).text());
    expect(action.origin + action.pathname).toBe(`${server.url}/settings/apps/new`);
    expect(manifest).toMatchObject({
      url: bot.app.url,
      hook_attributes: { url: `${bot.app.url}/github/webhooks` },
      redirect_url: `${bot.app.url}/github/setup/done`,
      public: false,
      default_permissions: { checks: "write", contents: "read" },
    });
    const done = await get(bot, `/github/setup/done?code=abc123&state=${action.searchParams.get("state")}`);
    const page = await done.text();
    expect(done.headers.get("cache-control")).toBe("no-store");
    expect(page).toContain("APP_ID=4711\nWEBHOOK_SECRET=made-secret\nPRIVATE_KEY=");
    expect(page).toContain(Buffer.from(appKey).toString("base64"));
    expect(page).toContain(`href="${server.url}/apps/signalbox/installations/new"`);
    expect(asked).toEqual(["POST /app-manifests/abc123/conversions"]);
    expect(bot.log.text).not.toMatch(/made-secret|PRIVATE KEY|abc123/);
  });

  it("makes it for an organization, under the address of a proxy", async () => {
    const { bot } = await start();
    await using _ = bot;
    const headers = { ...credentials, "x-forwarded-proto": "https", "x-forwarded-host": "ci.acme.dev" };
    const { action, manifest } = formIn(await (await get(bot, "/github/setup?organization=acme", headers)).text());
    expect(action.pathname).toBe("/organizations/acme/settings/apps/new");
    expect(manifest.url).toBe("https://ci.acme.dev");
  });

  it.each(["/github/setup", "/github/setup/done?code=abc"])("asks for the password at %s", async (path) => {
    const { bot, asked } = await start();
    await using _ = bot;
    expect((await get(bot, path, {})).status).toBe(401);
    expect(asked).toEqual([]);
  });

  it("is not there without a password, or when there is an app", async () => {
    const { bot: open } = await start(made, { DEBUG_PASSWORD: "" });
    await using _ = open;
    expect((await get(open, "/github/setup")).status).toBe(404);
    const { bot: set } = await start(() => ({ status: 200, body: [] }), githubEnvironment);
    await using _2 = set;
    expect((await get(set, "/github/setup")).status).toBe(404);
  });

  it.each([
    ["that nobody began here", "1.x"],
    ["of another password", `${Date.UTC(2026, 8, 21, 10)}.AAAA`],
    ["without a state", ""],
  ])("takes no code %s", async (_, state) => {
    const { bot, asked } = await start();
    await using _bot = bot;
    expect((await get(bot, `/github/setup/done?code=abc&state=${state}`)).status).toBe(400);
    expect(asked).toEqual([]);
  });

  it("takes no code after an hour", async () => {
    const { bot, asked } = await start();
    await using _ = bot;
    const { action } = formIn(await (await get(bot, "/github/setup")).text());
    bot.clock.advance(hour);
    const done = await get(bot, `/github/setup/done?code=abc&state=${action.searchParams.get("state")}`);
    expect([done.status, asked]).toEqual([400, []]);
  });

  it.each<[what: string, answer: HttpAnswer, warning: string]>([
    [
      "refuses",
      { status: 404, body: { message: "Not Found" } },
      "Cannot finish the GitHub App: GitHub refused the code",
    ],
    ["says something else", { status: 201, body: { pem: appKey } }, "Cannot finish the GitHub App"],
  ])("says so when GitHub %s, and nothing of the answer", async (_, answer, warning) => {
    const { bot } = await start(() => answer);
    await using _bot = bot;
    const { action } = formIn(await (await get(bot, "/github/setup")).text());
    const done = await get(bot, `/github/setup/done?code=abc&state=${action.searchParams.get("state")}`);
    expect(done.status).toBe(502);
    expect(await done.text()).not.toContain("PRIVATE KEY");
    expect(bot.log.take()).toEqual([warning]);
    expect(bot.log.text).not.toContain("PRIVATE KEY");
  });
});
