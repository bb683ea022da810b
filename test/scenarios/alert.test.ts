import { describe, expect, it } from "vitest";
import { startBot } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();

describe("a branch breaks", () => {
  it("posts one message, follows the streak in place, and turns green", async () => {
    await using bot = await startBot({ redis });
    const build = bot.buildkite.build("payments-api", { branch: "main", message: "Round amounts half-even (#512)" });
    bot.clock.advance(minute);
    build.job("Lint").pass();
    build.job("Specs").fail({ exitStatus: 1 });
    build.finish();
    await bot.settle();
    expect(bot.read()).toMatchInlineSnapshot(`
      ":red_circle: *Build #1 failed on \`main\`* · Payments API
      *Broken* 1 of 2 jobs
      *Change* 366ce83 Round amounts half-even (#512)
      *Author* Ada Lovelace
      *Failing since* 2026-09-21 10:01 UTC
      • Specs exit 1
      Open build  ·  Commit
      [Acknowledge] [Mute…] [View log]"
    `);
    expect(bot.messages()).toBe(1);
  });
});
