/**
 * What Sourcegraph's build-tracker did for its users, and Signalbox does as well. The ids are those of its description:
 * W for the webhook, D for the debug view, E for events, N for what Slack is told, 1.x for its sections.
 */
import { describe, expect, it } from "vitest";
import { Organization } from "../../src/domain/ids.ts";
import { createAgents } from "../../src/state/agents.ts";
import { createKeys } from "../../src/state/keys.ts";
import { loadScripts } from "../../src/state/scripts.ts";
import { startBot, webhookToken } from "../harness/bot.ts";
import { hour, minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { green, headline, later, red } from "../harness/stories.ts";

const redis = useRedis();

describe("the webhook", () => {
  it("is answered in order: who sends it, whether it is JSON, and everything else is fine (W1, W2, W5, W6)", async () => {
    await using bot = await startBot({ redis, env: { BUILDKITE_WEBHOOK_AUTH: "token" } });
    async function post(body: string, headers: Record<string, string>): Promise<number> {
      const answer = await fetch(`${bot.app.url}/buildkite/webhooks`, { method: "POST", body, headers });
      return answer.status;
    }
    const token = { "x-buildkite-token": webhookToken };
    expect(await post("{", {})).toBe(401);
    expect(await post("{", { "x-buildkite-token": "another" })).toBe(401);
    expect(await post("{", token)).toBe(400);
    expect(await post('{ "event": "build.finished" }', token)).toBe(400);
    expect(await post('{ "event": "build.started" }', token)).toBe(200);
    expect(await post('{ "event": "ping" }', token)).toBe(200);
    expect(bot.log.take()).toEqual([
      "Refused a Buildkite webhook: not authenticated",
      "Cannot read a Buildkite webhook",
      "Cannot read a Buildkite webhook",
    ]);
  });

  it("is named by its body, not by its header (E1, E2)", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    for (const delivery of bot.buildkite.take()) {
      const headers = { ...bot.buildkite.headers(delivery), "X-Buildkite-Event": "ping" };
      const answer = await fetch(`${bot.app.url}/buildkite/webhooks`, { method: "POST", body: delivery.body, headers });
      expect(answer.status).toBe(200);
    }
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #1 failed on `main`* · Payments API");
  });

  it("brings agent events too: each agent's last change is kept (E3, 1.13)", async () => {
    await using bot = await startBot({ redis, app: { keyPrefix: "agents" } });
    bot.buildkite.build("payments-api", { branch: "docs" }).job("Specs").loseAgent();
    await bot.settle();
    const client = await redis.open();
    const agents = await createAgents(client, loadScripts(client), createKeys("agents")).list(
      Organization.parse("acme-inc"),
    );
    client.disconnect();
    expect(Object.values(agents)).toMatchObject([{ change: "lost", at: bot.clock.now(), queues: ["default"] }]);
  });

  it("has its own path; the process says whether it lives and is ready, and knows no other (H1 to H5)", async () => {
    await using bot = await startBot({ redis });
    const status = async (method: string, path: string) => (await fetch(`${bot.app.url}${path}`, { method })).status;
    expect(await status("GET", "/healthz")).toBe(200);
    expect(await status("GET", "/readyz")).toBe(200);
    expect(await status("GET", "/buildkite/webhooks")).toBe(405);
    expect(await status("POST", "/healthz")).toBe(405);
    expect(await status("GET", "/revert/4f8d2c9")).toBe(404);
  });
});

describe("the debug view", () => {
  it("shows a stored build to who has the password (D1 to D6)", async () => {
    const password = "correct horse battery";
    await using bot = await startBot({ redis, env: { DEBUG_PASSWORD: password } });
    red(bot, ["Specs"], { env: { DEPLOY_KEY: "do-not-show" } });
    await bot.settle();
    bot.read();
    async function view(path: string, user = `debug:${password}`) {
      const authorization = `Basic ${Buffer.from(user).toString("base64")}`;
      const answer = await fetch(`${bot.app.url}/debug/builds/${path}`, {
        headers: user === "" ? {} : { authorization },
      });
      return { status: answer.status, body: await answer.text() };
    }
    expect((await view("acme-inc/payments-api/1", "")).status).toBe(401);
    expect((await view("acme-inc/payments-api/1", "devx:wrong")).status).toBe(401);
    expect((await view("acme-inc/payments-api/one")).status).toBe(400);
    expect((await view("acme-inc/payments-api/2")).status).toBe(404);
    const found = await view("acme-inc/payments-api/1");
    expect(found.status).toBe(200);
    expect(JSON.parse(found.body)).toMatchObject({
      facts: { branch: "main", counts: { cause: 1 } },
      verdict: { outcome: "failed", causes: [{ name: "Specs", exitStatus: 1 }] },
    });
    expect(found.body).not.toContain("do-not-show");
  });
});

describe("Slack is told", () => {
  it("nothing of green builds, of builds that run, and of branches that nobody watches (N1 to N4)", async () => {
    await using bot = await startBot({ redis });
    green(bot);
    bot.buildkite.build("payments-api").job("Specs").start();
    red(bot, ["Specs"], { branch: "round/half-even" });
    red(bot, ["Specs"], { branch: "round/half-even", pullRequest: { number: 512, base: "main" } });
    red(bot, ["Specs"], { branch: "mainline" });
    await bot.settle();
    expect(bot.messages()).toBe(0);
  });

  it("of the default branch, whatever it is called (N2)", async () => {
    await using bot = await startBot({ redis });
    bot.buildkite.pipeline("website", { defaultBranch: "trunk" });
    red(bot, ["Specs"], { pipeline: "website", branch: "main" });
    await bot.settle();
    expect(bot.messages()).toBe(0);
    red(bot, ["Specs"], { pipeline: "website", branch: "trunk" });
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #2 failed on `trunk`* · Website");
  });

  it("of the other branches that signalbox.yml names, each in its own message (N2)", async () => {
    const yml = 'track: [{ pipeline: payments-*, branch: "release/*" }]';
    await using bot = await startBot({ redis, yml });
    red(bot, ["Specs"], { branch: "release/7.1" });
    red(bot, ["Specs"], { branch: "release/7.2" });
    red(bot, ["Specs"], { pipeline: "website", branch: "release/7.1" });
    await bot.settle();
    expect(bot.read().match(/^:red_circle:.*$/gm)).toEqual([
      ":red_circle: *Build #1 failed on `release/7.1`* · Payments API",
      ":red_circle: *Build #2 failed on `release/7.2`* · Payments API",
    ]);
  });

  it("by editing the message that is there, and by a new one for the next red stretch (N5)", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    red(bot);
    await bot.settle();
    green(bot);
    await bot.settle();
    expect(bot.messages()).toBe(1);
    bot.clock.advance(180 * minute);
    red(bot, ["Lint"]);
    await bot.settle();
    expect(bot.messages()).toBe(2);
    expect(bot.read().match(/^:\w+:.*$/gm)).toEqual([
      ":large_green_circle: *`main` is green again* · Payments API",
      ":red_circle: *Build #4 failed on `main`* · Payments API",
    ]);
    expect(bot.read()).toContain("\nPrevious alert");
  });

  it("in the channel that the first fitting route names, else in the default one (N11)", async () => {
    const yml = `
      track: [{ branch: "release/*" }]
      routes:
        - { match: { branch: "release/*" }, channel: C0RELEASES }
        - { match: { pipeline: website }, channel: "#website" }
    `;
    await using bot = await startBot({ redis, yml });
    bot.slack.addChannel({ id: "C0RELEASES", name: "releases" });
    bot.slack.addChannel({ id: "C0WEBSITE", name: "website" });
    red(bot);
    red(bot, ["Specs"], { pipeline: "website" });
    red(bot, ["Specs"], { pipeline: "website", branch: "release/7.1" });
    await bot.settle();
    expect(headline(bot)).toContain("`main`* · Payments API");
    expect(headline(bot, "C0WEBSITE")).toContain("`main`* · Website");
    expect(headline(bot, "C0RELEASES")).toContain("`release/7.1`* · Website");
    green(bot, { pipeline: "website" });
    await bot.settle();
    expect(headline(bot, "C0WEBSITE")).toContain("is green again");
    expect([bot.messages(), bot.messages("C0WEBSITE"), bot.messages("C0RELEASES")]).toEqual([1, 1, 1]);
  });
});

describe("what is kept", () => {
  it("of builds, alerts and messages ends by itself some day (1.14, S16)", async () => {
    await using bot = await startBot({ redis, app: { keyPrefix: "kept" } });
    red(bot);
    await bot.settle();
    green(bot);
    await bot.settle();
    // The reminder that nobody needed any more.
    await later(bot, hour);
    bot.read();
    const client = await redis.open();
    const keys = (await client.keys("kept:*")).sort();
    const endless: string[] = [];
    for (const key of keys) if ((await client.ttl(key)) < 0) endless.push(key);
    client.disconnect();
    expect(keys.length).toBeGreaterThan(8);
    expect(endless).toEqual(["kept:organizations", "kept:{acme-inc}:marks"]);
  });
});
