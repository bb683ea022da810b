/** Deliveries get lost. An alert never waits for what is missing; Buildkite is asked, within limits, and only then. */
import { describe, expect, it } from "vitest";
import type { Delivery } from "../../sandbox/buildkite/webhooks.ts";
import { apiToken, startBot } from "../harness/bot.ts";
import { minute, second } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { asked, causes, green, headline, later, notAllowed, red, settleWithout, thread } from "../harness/stories.ts";

const redis = useRedis();
const withToken = { redis, env: { BUILDKITE_API_TOKEN: apiToken } };
const jobEvents = ({ event }: Delivery): boolean => event.startsWith("job.");
const unknown = "Which jobs failed is not known: Buildkite has not told Signalbox. Open the build to see them.";

describe("a red build whose job events were lost", () => {
  it("is told at once without its jobs, and completed as soon as Buildkite was asked, once", async () => {
    await using bot = await startBot(withToken);
    red(bot, ["Lint", "Specs"]);
    await settleWithout(bot, jobEvents);
    expect(headline(bot)).toBe(":red_circle: *Build #1 failed on `main`* · Payments API");
    expect(bot.read()).toContain("*Broken* jobs unknown");
    expect(bot.read()).toContain(unknown);
    expect(asked(bot)).toEqual([]);

    await later(bot, 3 * second);
    expect(causes(bot)).toEqual(["Lint exit 1", "Specs exit 1"]);
    expect(bot.read()).toContain("*Broken* 2 of 2 jobs");
    expect(asked(bot)).toEqual(["builds.get 200", "jobs.list 200", "jobs.log 206"]);
    expect(bot.messages()).toBe(1);
    await later(bot, minute);
    expect(asked(bot)).toEqual([]);
    bot.read();
  });

  it("is not asked about when the job events were only late", async () => {
    await using bot = await startBot(withToken);
    red(bot);
    const late = bot.buildkite.outbox.filter(jobEvents);
    await settleWithout(bot, jobEvents);
    expect(bot.read()).toContain(unknown);
    for (const delivery of late) await bot.buildkite.send(delivery);
    await later(bot, 3 * second);
    expect(causes(bot)).toEqual(["Specs exit 1"]);
    expect(asked(bot)).toEqual(["jobs.log 206"]);
  });

  it("stays without its jobs when there is no API token, and says so", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await settleWithout(bot, jobEvents);
    await later(bot, minute);
    expect(bot.read()).toMatchInlineSnapshot(`
      ":red_circle: *Build #1 failed on \`main\`* · Payments API
      *Broken* jobs unknown
      *Change* 366ce83 Change 1
      *Author* Ada Lovelace
      *Failing since* 2026-09-21 10:02 UTC
      Which jobs failed is not known: Buildkite has not told Signalbox. Open the build to see them.
      Open build  ·  Commit
      [Acknowledge] [Mute…]"
    `);
    expect(asked(bot)).toEqual([]);
  });

  it("is not asked about again when the answer explains nothing", async () => {
    await using bot = await startBot(withToken);
    const build = bot.buildkite.build("payments-api");
    build.start();
    bot.clock.advance(minute);
    const specs = build.job("Specs").fail();
    build.finish();
    await settleWithout(bot, jobEvents);
    bot.buildkite.faults.next("jobs.list", { kind: "status", status: 200, body: { items: [], links: {} } });
    await later(bot, 3 * second);
    expect(bot.read()).toContain(unknown);
    expect(asked(bot)).toEqual(["builds.get 200", "jobs.list 200"]);
    await later(bot, minute);
    expect(asked(bot)).toEqual([]);

    specs.retry().fail();
    bot.clock.advance(minute);
    build.finish();
    await settleWithout(bot, jobEvents);
    await later(bot, 3 * second);
    expect(asked(bot)).toEqual(["builds.get 200", "jobs.list 200", "jobs.log 206"]);
    expect(causes(bot)).toEqual(["Specs exit 1"]);
  });

  it("is not asked about when it turned green in the meantime", async () => {
    await using bot = await startBot(withToken);
    const build = bot.buildkite.build("payments-api");
    bot.clock.advance(minute);
    const specs = build.job("Specs").fail();
    build.finish();
    await settleWithout(bot, jobEvents);
    bot.clock.advance(second);
    specs.retry().pass();
    build.finish();
    await settleWithout(bot, jobEvents);
    expect(headline(bot)).toContain("is green again");
    await later(bot, 3 * second);
    expect(asked(bot)).toEqual([]);
  });

  it("on a branch nobody watches is not asked about", async () => {
    await using bot = await startBot(withToken);
    red(bot, ["Specs"], { branch: "feature/rounding" });
    await settleWithout(bot, jobEvents);
    await later(bot, minute);
    expect(asked(bot)).toEqual([]);
    expect(bot.messages()).toBe(0);
  });
});

describe("a build whose own events were lost", () => {
  it("is red as soon as a job's event says that it is failing", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job("Browser tests").start();
    bot.clock.advance(minute);
    build.job("Specs").fail();
    await settleWithout(bot, ({ event }) => event.startsWith("build."));
    expect(headline(bot)).toBe(":red_circle: *Build #1 is failing on `main`* · Payments API");
    expect(causes(bot)).toEqual(["Specs exit 1"]);
  });

  it("leaves the alert standing until the next build says otherwise", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    green(bot);
    await settleWithout(bot, ({ event }) => event === "build.finished");
    expect(headline(bot)).toContain("Build #1 failed");
    green(bot);
    await bot.settle();
    expect(thread(bot)).toEqual([":large_green_circle: Fixed by #3 (Ada Lovelace) after 4 min"]);
  });
});

describe("Buildkite's rate limit", () => {
  it("is obeyed: no request before the time it names, then the alert is completed", async () => {
    await using bot = await startBot(withToken);
    red(bot);
    await settleWithout(bot, jobEvents);
    bot.buildkite.faults.next("builds.get", { kind: "rateLimited", retryAfterSeconds: 30 });
    await later(bot, 3 * second);
    expect(asked(bot)).toEqual(["builds.get 429"]);
    await later(bot, 29 * second);
    expect(asked(bot)).toEqual([]);
    expect(bot.read()).toContain(unknown);

    await later(bot, 2 * second);
    expect(asked(bot)).toEqual(["builds.get 200", "jobs.list 200", "jobs.log 206"]);
    expect(causes(bot)).toEqual(["Specs exit 1"]);
  });

  it("is never reached: what is more than 40 requests in a minute waits for the next", async () => {
    await using bot = await startBot(withToken);
    for (let i = 0; i < 25; i += 1) red(bot);
    await settleWithout(bot, jobEvents);
    await later(bot, minute);
    expect(asked(bot).filter((request) => request.startsWith("builds.get"))).toHaveLength(20);
    await later(bot, minute);
    expect(asked(bot).filter((request) => request.startsWith("builds.get"))).toHaveLength(5);
    expect(bot.buildkite.requests.map(({ status }) => status)).not.toContain(429);
    expect(causes(bot)).toEqual(["Specs exit 1"]);
  });
});

describe("Buildkite's REST API in trouble", () => {
  it("costs the alert nothing: it stands without its jobs and is completed afterwards", async () => {
    await using bot = await startBot(withToken);
    red(bot);
    await settleWithout(bot, jobEvents);
    bot.buildkite.faults.next("builds.get", { kind: "status", status: 502 });
    bot.buildkite.faults.next("jobs.list", { kind: "drop" });
    await later(bot, 3 * second);
    expect(bot.log.take()).toEqual(["job failed"]);
    await later(bot, second);
    expect(bot.log.take()).toEqual(["job failed"]);
    expect(bot.read()).toContain(unknown);
    await later(bot, 2 * second);
    expect(causes(bot)).toEqual(["Specs exit 1"]);
  });

  it("costs the alert nothing either when the token may not read builds: the log says what it needs, once", async () => {
    await using bot = await startBot(withToken);
    red(bot);
    await settleWithout(bot, jobEvents);
    bot.buildkite.faults.next("builds.get", notAllowed("read_builds"));
    await later(bot, 3 * second);
    await later(bot, minute);
    expect(bot.read()).toContain(unknown);
    expect(bot.log.take()).toEqual(["build not fetched"]);
    expect(bot.log.text).toContain("give it the scope read_builds");
    expect(asked(bot)).toEqual(["builds.get 403"]);
  });
});
