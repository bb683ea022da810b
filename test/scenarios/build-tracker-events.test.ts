/**
 * How events reached Sourcegraph's build-tracker, and how they got lost there: in any order, twice, late, half empty, or
 * while the store was away. The ids (S…) are those of the list of its faults.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Delivery } from "../../sandbox/buildkite/webhooks.ts";
import { startBot } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
import { startRedis, useRedis } from "../harness/redis.ts";
import { causes, headline, red, send, settleWithout } from "../harness/stories.ts";

const redis = useRedis();

describe("an event", () => {
  it("that was answered with 200 is worked on, though the process that took it is gone (S1, S11)", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    expect(new Set(await bot.buildkite.deliver())).toEqual(new Set([200]));
    await bot.restart();
    await bot.settle();
    expect(headline(bot)).toContain("Build #1 failed");
  });

  it("is not accepted before it is stored: 503 while Redis is away, and nothing is lost (S11)", async () => {
    const dir = await mkdtemp(join(tmpdir(), "signalbox-away-"));
    const server = await startRedis(dir, { persist: true });
    try {
      await using bot = await startBot({ redis: { url: server.url } });
      const readiness = async () => (await fetch(`${bot.app.url}/readyz`)).status;
      red(bot);
      const deliveries = bot.buildkite.take();
      await server.kill();
      for (const delivery of deliveries) expect((await bot.buildkite.send(delivery)).status).toBe(503);
      expect(await readiness()).toBe(503);
      expect(new Set(bot.log.take())).toEqual(new Set(["Cannot store a Buildkite webhook: the store is unavailable"]));

      await server.restart();
      await expect.poll(readiness, { interval: 5, timeout: 10_000 }).toBe(200);
      await send(bot, deliveries);
      expect(causes(bot)).toEqual(["Specs exit 1"]);
    } finally {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    }
  });

  it("that comes again counts once: one message, the same streak, the same flakes (S4, S10)", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job("Specs").fail({ retryable: true }).retry({ type: "automatic" }).pass();
    build.finish();
    red(bot);
    red(bot);
    const deliveries = bot.buildkite.take();
    await send(bot, deliveries);
    const once = bot.read();
    expect(once).toContain("2nd red build in a row");
    expect(causes(bot)).toEqual(["Specs exit 1 · passed on retry 1× before"]);
    bot.slack.takeCalls();
    await send(bot, deliveries);
    await send(
      bot,
      deliveries.filter(({ event }) => event === "build.finished"),
    );
    expect(bot.slack.calls).toEqual([]);
    expect(bot.read()).toBe(once);
  });

  it("may come in any order, and the jobs stand in the order in which they failed (S6, S19)", async () => {
    const orders: ((deliveries: Delivery[]) => Delivery[])[] = [
      (all) => all,
      (all) => all.toReversed(),
      (all) => [...all.filter((_, i) => i % 2 === 1), ...all.filter((_, i) => i % 2 === 0)],
    ];
    for (const order of orders) {
      await using bot = await startBot({ redis });
      const build = bot.buildkite.build("payments-api");
      const retried = build.job("Flaky").fail({ retryable: true });
      for (const name of ["Zoo", "Yak", "Ant", "Bee", "Cat", "Dog"]) {
        bot.clock.advance(minute);
        build.job(name).fail();
      }
      retried.retry().pass();
      build.finish();
      await send(bot, order(bot.buildkite.take()));
      const listed = ["Zoo", "Yak", "Ant", "Bee", "Cat"].map((name) => `${name} exit 1`);
      expect(causes(bot)).toEqual([...listed, "+1 more"]);
      expect(bot.read()).toContain("*Broken* 6 of 7 jobs");
    }
  });

  it("of a job that comes after its build has finished completes the message (S5)", async () => {
    await using bot = await startBot({ redis });
    red(bot, ["Lint", "Specs"]);
    const isLate = ({ event, body }: Delivery): boolean => event === "job.finished" && body.includes('"name":"Specs"');
    const late = bot.buildkite.outbox.filter(isLate);
    await settleWithout(bot, isLate);
    expect(causes(bot)).toEqual(["Lint exit 1"]);
    await send(bot, late);
    expect(causes(bot)).toEqual(["Lint exit 1", "Specs exit 1"]);
    expect(bot.messages()).toBe(1);
  });

  it("with nothing in it but what names things is read all the same (S13)", async () => {
    await using bot = await startBot({ redis, yml: "track: [{ branch: main }]" });
    const build = bot.buildkite.build("payments-api", { commit: "HEAD" });
    build.job("Specs").fail();
    build.finish();
    await send(bot, bot.buildkite.take().map(withNulls));
    expect(bot.read()).toMatchInlineSnapshot(`
      ":red_circle: *Build #1 failed on \`main\`* · payments-api
      *Broken* 1 of 1 job
      *Change* no message
      • script failed
      Open build
      [Acknowledge] [Mute…] [View log]"
    `);
  });

  it("with HEAD for a commit is read all the same (S13)", async () => {
    await using bot = await startBot({ redis });
    red(bot, ["Specs"], { commit: "HEAD" });
    await bot.settle();
    expect(bot.read()).toContain("*Change* Change 1\n");
  });
});

/** Without these nobody could say what the event is about; it is refused. */
const naming = ["", "event", "build", "job", "id", "number", "state", "branch", "url", "type"];

/** Everything else is null. */
function withNulls(delivery: Delivery): Delivery {
  const body = JSON.parse(delivery.body, (key, value) => (naming.includes(key) ? value : null));
  return { ...delivery, body: JSON.stringify(body) };
}
