/** `mute`, `mutes` and `unmute`: how people say what is to be kept quiet, and for how long. */
import { describe, expect, it } from "vitest";
import { type Bot, startBot } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { later, red } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();
const ada = "U0ADA";
const bob = "U0BOB";

/** Two red branches of web, with Lint failing on both, and a third job on trunk. At 10:04 in London, 12:04 in Berlin. */
async function startRed(): Promise<Bot> {
  const yml = 'actions: { rerun: channel }\ntrack: [{ branch: "release/*" }]';
  const bot = await startBot({ redis, yml });
  bot.slack.addUser({ id: ada, name: "ada", timeZone: "Europe/Berlin" });
  bot.slack.addUser({ id: bob, name: "bob" });
  bot.buildkite.pipeline("web", { name: "Web", defaultBranch: "trunk" });
  red(bot, ["Lint", "unit tests"], { pipeline: "web", branch: "trunk" });
  await bot.settle();
  red(bot, ["Lint"], { pipeline: "web", branch: "release/1" });
  await bot.settle();
  bot.read();
  return bot;
}

function mutes(answer: string): string[] {
  return answer.split("\n").flatMap((line) => /^(\d+)\. :no_bell: (.*?) {2}\[Unmute\]$/.exec(line)?.[2] ?? []);
}

describe("mute", () => {
  it("says what is muted, until when and why, and everybody sees it", async () => {
    await using bot = await startRed();
    expect(await type(bot, bob, "mute web release/1 for 4h because the disk is full")).toBe(
      ":no_bell: You muted *Lint* on `release/1` until 2026-09-21 14:04 UTC: the disk is full",
    );
    expect(bot.read()).toContain(":no_bell: Muted by *bob* until 2026-09-21 14:04 UTC: the disk is full");
    expect(mutes(await type(bot, ada, "mutes"))).toEqual([
      "*Lint* on `release/1` of web · by bob, until 2026-09-21 14:04 UTC: the disk is full",
    ]);
  });

  it("takes an end as people say it, in their own time zone", async () => {
    await using bot = await startRed();
    const until = async (user: string, end: string) =>
      /until (.*)$/.exec(await type(bot, user, `mute web release/1 ${end}`))?.[1];
    expect(await until(bob, "")).toBe("2026-09-21 11:04 UTC");
    expect(await until(bob, "2h")).toBe("2026-09-21 12:04 UTC");
    expect(await until(bob, "until tomorrow")).toBe("2026-09-22 09:00 UTC");
    expect(await until(ada, "until tomorrow")).toBe("2026-09-22 07:00 UTC");
    expect(await until(bob, "until fixed")).toBe("it is fixed");
    bot.read();
  });

  it("names a job, also one with a space, or one on every branch", async () => {
    await using bot = await startRed();
    expect(await type(bot, bob, 'mute "unit tests"')).toContain("You muted *unit tests* on `trunk`");
    expect(await type(bot, bob, "mute lint in web trunk")).toContain("You muted *Lint* on `trunk`");
    expect(await type(bot, bob, "mute lint")).toContain("*That fits several alerts.*");
    expect(await type(bot, bob, "mute lint in web release/1 everywhere")).toContain(
      "You muted *Lint* on every branch of web",
    );
    bot.read();
  });

  it("wants a reason for a whole pipeline, and for more than a day", async () => {
    await using bot = await startRed();
    const why = "A mute of a whole pipeline, or for longer than a day, needs a reason: add `because …`.";
    expect(await type(bot, bob, "mute web release/1 whole pipeline")).toBe(why);
    expect(await type(bot, bob, "mute web release/1 for 3d")).toBe(why);
    expect(await type(bot, bob, "mute web whole pipeline because we move house")).toBe(
      ":no_bell: You muted everything of web on `trunk` until 2026-09-21 11:04 UTC: we move house",
    );
    bot.read();
  });
});

describe("unmute", () => {
  it("ends the mute of that number in the list that this person saw, whatever ended since", async () => {
    await using bot = await startRed();
    await type(bot, bob, 'mute "unit tests"');
    await later(bot, minute);
    await type(bot, bob, "mute web release/1");
    expect(mutes(await type(bot, bob, "mutes"))).toHaveLength(2);
    expect(await type(bot, ada, "unmute unit tests in web")).toContain("*unit tests* on `trunk`");
    expect(await type(bot, bob, "unmute 2")).toBe(":bell: You unmuted *Lint* on `release/1`");
    expect(await type(bot, bob, "unmute 2")).toBe("No mute fits that. `/signalbox mutes` shows what is muted.");
    expect(await type(bot, bob, "mutes")).toBe("Nothing is muted.");
    bot.read();
  });

  it("ends those of a job where it was named, and no others", async () => {
    await using bot = await startRed();
    await type(bot, bob, "mute lint in web trunk");
    await type(bot, bob, "mute web release/1");
    expect(await type(bot, bob, "unmute lint in web release/1")).toBe(":bell: You unmuted *Lint* on `release/1`");
    expect(mutes(await type(bot, bob, "mutes"))).toHaveLength(1);
    expect(await type(bot, bob, "unmute web")).toBe(":bell: You unmuted *Lint* on `trunk`");
    expect(await type(bot, bob, "unmute nothing")).toBe("No mute fits that. `/signalbox mutes` shows what is muted.");
    bot.read();
  });

  it("finds a mute on a branch that is green by now", async () => {
    await using bot = await startRed();
    await type(bot, bob, "mute web release/1 for 4h");
    bot.buildkite.build("web", { branch: "release/1" }).finish();
    await bot.settle();
    expect(await type(bot, bob, "unmute web release/1")).toBe(":bell: You unmuted *Lint* on `release/1`");
    bot.read();
  });
});
