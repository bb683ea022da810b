/** A build that has finished may go on: a block step is released, a job is retried. And some builds never decide anything. */
import { describe, expect, it } from "vitest";
import { startBot } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { causes, grace, green, headline, red, thread } from "../harness/stories.ts";

const redis = useRedis();

describe("a block step", () => {
  it("holds a build that is neither red nor green", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job("Specs").pass();
    build.block();
    await bot.settle();
    expect(bot.messages()).toBe(0);
  });

  it("does not alert when its blocked state is failed", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job("Specs").pass();
    build.block(":hand: Deploy?", { blockedState: "failed" });
    await bot.settle();
    expect(bot.messages()).toBe(0);
  });

  it("does not fix a branch until the released build passes", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    const build = bot.buildkite.build("payments-api");
    bot.clock.advance(minute);
    build.job("Specs").pass();
    build.block();
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #1 failed on `main`* · Payments API");

    bot.clock.advance(minute);
    build.unblock();
    await bot.settle();
    expect(headline(bot)).toContain("Build #1 failed");

    build.job("Deploy").pass();
    build.finish();
    await bot.settle();
    expect(headline(bot)).toBe(":large_green_circle: *`main` is green again* · Payments API");
    expect(thread(bot)).toEqual([":large_green_circle: Fixed by #2 (Ada Lovelace) after 2 min"]);
  });

  it("is followed by a failure like any other", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job("Specs").pass();
    build.block();
    await bot.settle();
    bot.clock.advance(minute);
    build.unblock();
    build.job("Deploy").fail({ exitStatus: 3 });
    build.finish();
    await bot.settle();
    expect(causes(bot)).toEqual(["Deploy exit 3"]);
  });
});

describe("a retry of a build that had failed", () => {
  it("changes nothing while it runs, and turns the message green when it passes", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    bot.clock.advance(minute);
    build.job("Lint").pass();
    const specs = build.job("Specs").fail();
    build.finish();
    await bot.settle();
    const failed = headline(bot);

    bot.clock.advance(4 * minute);
    const again = specs.retry({ by: grace }).start();
    await bot.settle();
    expect(headline(bot)).toBe(failed);

    bot.clock.advance(minute);
    again.pass();
    build.finish();
    await bot.settle();
    expect(bot.read()).toMatchInlineSnapshot(`
      ":large_green_circle: *\`main\` is green again* · Payments API
      Build #1 passed on retry after 5 min: Specs — possibly flaky
      Was red since 2026-09-21 10:01 UTC: #1
        ↳ :large_green_circle: Build #1 passed on retry after 5 min: Specs — possibly flaky"
    `);
    expect(bot.messages()).toBe(1);
  });

  it("that fails again leaves the message as it was", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    bot.clock.advance(minute);
    const specs = build.job("Specs").fail({ exitStatus: 1 });
    build.finish();
    await bot.settle();
    bot.clock.advance(minute);
    specs.retry().fail({ exitStatus: 7 });
    build.finish();
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #1 failed on `main`* · Payments API");
    expect(causes(bot)).toEqual(["Specs exit 7"]);
    expect(thread(bot)).toEqual([]);
  });

  it("that is canceled proves nothing: the branch stays red", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    bot.clock.advance(minute);
    const specs = build.job("Specs").fail();
    build.finish();
    await bot.settle();
    bot.clock.advance(minute);
    specs.retry().start();
    build.cancel();
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #1 failed on `main`* · Payments API");
  });

  it("does not fix a branch on which a newer build failed", async () => {
    await using bot = await startBot({ redis });
    const first = bot.buildkite.build("payments-api");
    bot.clock.advance(minute);
    const specs = first.job("Specs").fail();
    first.finish();
    red(bot);
    await bot.settle();
    expect(bot.read()).toContain("2nd red build in a row");

    bot.clock.advance(minute);
    specs.retry().pass();
    first.finish();
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #2 failed on `main`* · Payments API");
    expect(bot.read()).not.toContain("in a row");
    expect(bot.messages()).toBe(1);
  });

  it("is told while the build still runs, when build.failing had opened the alert", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    const browser = build.job("Browser tests").start();
    bot.clock.advance(minute);
    const specs = build.job("Specs").fail();
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #1 is failing on `main`* · Payments API");

    bot.clock.advance(minute);
    specs.retry().pass();
    browser.pass();
    build.finish();
    await bot.settle();
    expect(headline(bot)).toBe(":large_green_circle: *`main` is green again* · Payments API");
    expect(thread(bot)).toEqual([":large_green_circle: Build #1 passed on retry after 1 min: Specs — possibly flaky"]);
  });
});

describe("an automatic retry", () => {
  it("that passes is silent", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job("Lint").start();
    build.job("Specs").fail({ exitStatus: -1, retryable: true }).retry({ type: "automatic" }).start();
    await bot.settle();
    expect(bot.messages()).toBe(0);
  });

  it("counts as a flake, and the next alert for that job says how often", async () => {
    await using bot = await startBot({ redis });
    for (let i = 0; i < 2; i += 1) {
      const build = bot.buildkite.build("payments-api");
      bot.clock.advance(minute);
      build.job("Specs").fail({ retryable: true }).retry({ type: "automatic" }).pass();
      build.finish();
    }
    await bot.settle();
    expect(bot.messages()).toBe(0);
    red(bot, ["Specs", "Lint"]);
    await bot.settle();
    expect(causes(bot)).toEqual(["Specs exit 1 · passed on retry 2× before", "Lint exit 1"]);
  });

  it("that fails for good lists its last attempt alone", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job("Specs").fail({ exitStatus: 1, retryable: true }).retry({ type: "automatic" }).fail({ exitStatus: 2 });
    build.finish();
    await bot.settle();
    expect(causes(bot)).toEqual(["Specs exit 2"]);
    expect(bot.read()).toContain("*Broken* 1 of 1 job\n");
  });
});

describe("a rebuild", () => {
  it("is a build of its own: green, it fixes the branch", async () => {
    await using bot = await startBot({ redis });
    const build = red(bot);
    await bot.settle();
    bot.clock.advance(minute);
    const again = build.rebuild({ by: grace });
    bot.clock.advance(minute);
    again.job("Specs").pass();
    again.finish();
    await bot.settle();
    expect(headline(bot)).toBe(":large_green_circle: *`main` is green again* · Payments API");
    expect(thread(bot)).toEqual([":large_green_circle: Fixed by #2 (Ada Lovelace) after 2 min"]);
  });
});

describe("a build that decides nothing", () => {
  it("skipped: neither opens an alert nor closes one", async () => {
    await using bot = await startBot({ redis });
    bot.buildkite.build("payments-api").skip();
    await bot.settle();
    expect(bot.messages()).toBe(0);
    red(bot);
    await bot.settle();
    const before = bot.read();
    bot.buildkite.build("payments-api").skip();
    await bot.settle();
    expect(bot.read()).toBe(before);
  });

  it("not run: neither opens an alert nor closes one", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    await bot.settle();
    const before = bot.read();
    bot.buildkite.build("payments-api").notRun();
    await bot.settle();
    expect(bot.read()).toBe(before);
  });

  it("canceled: opens no alert, also when a job had been canceled with it", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job("Specs").start();
    build.cancel();
    await bot.settle();
    expect(bot.messages()).toBe(0);
  });

  it("canceled while it was failing: the alert is withdrawn", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api");
    build.job("Browser tests").start();
    bot.clock.advance(minute);
    build.job("Specs").fail();
    await bot.settle();
    expect(headline(bot)).toContain("is failing");
    bot.clock.advance(minute);
    build.cancel();
    await bot.settle();
    expect(headline(bot)).toBe(":white_circle: *Build #1 was canceled before it finished* · `main` · Payments API");
    expect(thread(bot)).toEqual([":white_circle: #1 was canceled before it finished; nothing newer is red"]);
  });

  it("canceled while it was failing, on a branch that was red before: the alert goes back to what is red", async () => {
    await using bot = await startBot({ redis });
    red(bot, ["Lint"]);
    await bot.settle();
    const build = bot.buildkite.build("payments-api");
    build.job("Browser tests").start();
    bot.clock.advance(minute);
    build.job("Specs").fail();
    await bot.settle();
    expect(headline(bot)).toContain("Build #2 is failing");
    bot.clock.advance(minute);
    build.cancel();
    await bot.settle();
    expect(headline(bot)).toBe(":red_circle: *Build #1 failed on `main`* · Payments API");
    expect(causes(bot)).toEqual(["Lint exit 1"]);
  });

  it("canceled, and then the branch goes green: fixed by the green build", async () => {
    await using bot = await startBot({ redis });
    red(bot);
    const build = bot.buildkite.build("payments-api");
    build.job("Specs").start();
    build.cancel();
    await bot.settle();
    green(bot);
    await bot.settle();
    expect(thread(bot)).toEqual([":large_green_circle: Fixed by #3 (Ada Lovelace) after 2 min"]);
  });
});
