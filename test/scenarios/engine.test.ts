import { describe, expect, it } from "vitest";
import { type Bot, type BotOptions, startBot } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { headline, later, red } from "../harness/stories.ts";

const redis = useRedis();

async function breakAndFix(bot: Bot, settle: () => Promise<void>): Promise<void> {
  const broken = bot.buildkite.build("payments-api", { branch: "main", commit: "a".repeat(40) });
  broken.job("Specs").fail({ exitStatus: 1 });
  bot.clock.advance(minute);
  broken.finish();
  await settle();
  bot.clock.advance(10 * minute);
  const green = bot.buildkite.build("payments-api", { branch: "main", commit: "b".repeat(40) });
  green.job("Specs").pass();
  green.finish();
  await settle();
}

describe("marks and triggers", () => {
  it("reach the same end by the sweep alone when every trigger is lost", async () => {
    await using bot = await startBot({ redis });
    await breakAndFix(bot, () => bot.settle());
    const told = bot.read();

    const deaf: BotOptions["app"] = { wrapTriggers: (triggers) => ({ ...triggers, fire: async () => {} }) };
    await using lossy = await startBot({ redis, app: deaf });
    await breakAndFix(lossy, async () => {
      lossy.slack.takeCalls();
      await lossy.settle();
      expect(lossy.slack.calls.filter(({ method }) => method.startsWith("chat."))).toEqual([]);
      while ((await lossy.app.engine.sweep(0)) > 0) await lossy.app.engine.drain();
    });
    expect(lossy.read()).toBe(told);
    expect(new Set(lossy.log.take())).toEqual(new Set(["sweep fired marks that nobody took"]));
  });

  it("tell what is red although it cannot be counted", async () => {
    await using bot = await startBot({ redis, app: { keyPrefix: "uncounted" } });
    const client = await redis.open();
    await client.set("uncounted:{acme-inc}:told:payments-api", "no such thing");
    red(bot);
    await bot.settle();
    expect(headline(bot)).toContain("failed on `main`");
    expect(bot.log.take()).toEqual(["job failed"]);
    await client.del("uncounted:{acme-inc}:told:payments-api");
    await later(bot, minute);
    expect(bot.messages()).toBe(1);
  });

  it("leave nothing for the sweep when none is lost", async () => {
    await using bot = await startBot({ redis });
    await breakAndFix(bot, () => bot.settle());
    expect(await bot.app.engine.sweep(0)).toBe(0);
    bot.read();
  });
});
