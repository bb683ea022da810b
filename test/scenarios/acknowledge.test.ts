/** Somebody says "I am on it", gives it back, or takes it from somebody else. Clicks may be late, doubled or stale. */
import { describe, expect, it } from "vitest";
import { press, shown, startFailing, startTeam } from "../harness/acting.ts";
import { type Bot, channelId } from "../harness/bot.ts";
import { hour, minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { green, later, red, thread } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();

/** What the message itself says of who is on it. */
function onIt(bot: Bot): string | null {
  const [message = ""] = bot.read().split("\n  ↳");
  return message.split("\n").find((line) => line.startsWith(":eyes:")) ?? null;
}

describe("an alert", () => {
  it("shows who acknowledged it and since when, and offers what they can do then", async () => {
    await using bot = await startFailing({ redis });
    await later(bot, 5 * minute);
    expect(await press(bot, "U0ADA", "alert.acknowledge")).toBe("");
    expect(bot.read()).toMatchInlineSnapshot(`
      ":red_circle: *Build #1 failed on \`main\`* · Payments API  [⋯]
      *Broken* 1 of 1 job
      *Change* 366ce83 Change 1
      *Author* Eve
      *Failing since* 2026-09-21 10:02 UTC
      • Specs exit 1
      Open build  ·  Commit
      [Mute…] [View log]
      :eyes: *ada* is on it since 2026-09-21 10:07 UTC
        ↳ :eyes: *ada* acknowledged"
    `);
  });

  it("can be given back, and taken over from whoever is on it", async () => {
    await using bot = await startFailing({ redis });
    await press(bot, "U0ADA", "alert.acknowledge");
    expect(await press(bot, "U0ADA", "alert.unacknowledge")).toBe("");
    expect(onIt(bot)).toBeNull();
    await press(bot, "U0ADA", "alert.acknowledge");
    expect(await press(bot, "U0GRACE", "alert.take_over")).toBe("");
    expect(onIt(bot)).toBe(":eyes: *grace* is on it since 2026-09-21 10:02 UTC");
    expect(thread(bot)).toEqual([
      ":eyes: *ada* acknowledged",
      "*ada* is not on it any more: nobody is",
      ":eyes: *ada* acknowledged",
      ":eyes: *grace* took over from ada",
    ]);
  });

  it("pings nobody but, once, whoever it was taken from", async () => {
    await using bot = await startFailing({ redis });
    await press(bot, "U0ADA", "alert.acknowledge");
    await press(bot, "U0GRACE", "alert.take_over");
    bot.slack.takeCalls();
    await press(bot, "U0BOB", "alert.unacknowledge");
    expect(bot.read()).toContain("↳ *bob* took the acknowledgement of <@U0GRACE> back: nobody is on it any more");
    const calls = bot.slack.takeCalls().filter(({ args }) => JSON.stringify(args).includes("<@U0"));
    expect(calls.map(({ method, args }) => [method, args.thread_ts !== undefined])).toEqual([
      ["chat.postMessage", true],
    ]);
    await later(bot, minute);
    expect(bot.slack.calls).toEqual([]);
  });

  it("that somebody is on tells everybody else so, and lets them take over from there", async () => {
    await using bot = await startFailing({ redis });
    const seen = bot.slack.as("U0GRACE").button(channelId, "alert.acknowledge");
    await press(bot, "U0ADA", "alert.acknowledge");
    await later(bot, 3 * minute);
    await seen.press();
    await bot.settle();
    expect(shown(bot, "U0GRACE")).toEqual(["*ada* acknowledged this 3 min ago.\n[Take over]"]);
    expect(await press(bot, "U0GRACE", "alert.take_over")).toBe("");
    expect(onIt(bot)).toContain("*grace*");
    expect(thread(bot)).toHaveLength(2);
  });

  it("is open again when the branch breaks again, for that is another failure", async () => {
    await using bot = await startFailing({ redis });
    await press(bot, "U0ADA", "alert.acknowledge");
    green(bot);
    await bot.settle();
    expect(bot.read()).toContain(":eyes: *ada* was on it");
    red(bot);
    await bot.settle();
    expect(onIt(bot)).toBeNull();
    expect(bot.messages()).toBe(1);
    expect(await press(bot, "U0GRACE", "alert.acknowledge")).toBe("");
    expect(onIt(bot)).toContain("*grace*");
  });

  it("asks whoever is on it after a while: they confirm, or hand it back; another cannot for them", async () => {
    await using bot = await startFailing({ redis });
    await press(bot, "U0ADA", "alert.acknowledge");
    await later(bot, 4 * hour);
    expect(await press(bot, "U0GRACE", "alert.confirm")).toBe("*ada* acknowledged this 4 h ago.\n[Take over]");
    expect(await press(bot, "U0ADA", "alert.confirm")).toBe(":eyes: You are still on it: `main` · Payments API · #1");
    await later(bot, 2 * hour);
    expect(onIt(bot)).toContain("*ada*");
    expect(await press(bot, "U0ADA", "alert.hand_back")).toBe("");
    expect(onIt(bot)).toBeNull();
    expect(await press(bot, "U0ADA", "alert.hand_back")).toBe("Nobody is on it at the moment.\n[Acknowledge]");
    expect(thread(bot).slice(2)).toEqual(["*ada* is not on it any more: nobody is"]);
  });

  it("keeps who did what, when and from where, for those who ask why", async () => {
    await using bot = await startFailing({ redis });
    await press(bot, "U0ADA", "alert.acknowledge");
    await later(bot, minute);
    await press(bot, "U0GRACE", "alert.take_over");
    await later(bot, minute);
    await type(bot, "U0BOB", "unack payments-api");
    await bot.slack.as("U0BOB").openHome();
    await bot.app.settled();
    await bot.slack.as("U0BOB").clickHome("alert.acknowledge");
    await bot.settle();
    await later(bot, minute);
    const ts = bot.slack.channel(channelId).messages[0]?.ts ?? "";
    await bot.slack.as("U0ADA").messageShortcut(channelId, ts, "shortcut.acknowledge");
    await bot.settle();
    const why = (await type(bot, "U0ADA", "why payments-api")).split("*What people did*\n")[1] ?? "";
    expect(why.split("\n").slice(0, -1)).toEqual([
      "• 2026-09-21 10:04 UTC · bob: acknowledge (home)",
      "• 2026-09-21 10:04 UTC · bob: unacknowledge (command)",
      "• 2026-09-21 10:03 UTC · grace: take over (button)",
      "• 2026-09-21 10:02 UTC · ada: acknowledge (button)",
    ]);
    expect(shown(bot, "U0ADA")[0]).toBe("*bob* acknowledged this 1 min ago.\n[Take over]");
    bot.read();
  });
});

describe("a click", () => {
  it("twice is as good as once", async () => {
    await using bot = await startFailing({ redis });
    const button = bot.slack.as("U0ADA").button(channelId, "alert.acknowledge");
    await Promise.all([button.press(), button.press()]);
    await bot.settle();
    expect(thread(bot)).toEqual([":eyes: *ada* acknowledged"]);
    expect(shown(bot, "U0ADA")).toEqual([]);
    expect(await type(bot, "U0GRACE", "why payments-api")).toContain("*What people did*\n• 2026-09-21");
  });

  it("on a button of long ago means what it says, of what is there now", async () => {
    await using bot = await startFailing({ redis });
    await press(bot, "U0ADA", "alert.acknowledge");
    const takeOver = bot.slack.as("U0GRACE").button(channelId, "alert.take_over");
    const giveBack = bot.slack.as("U0GRACE").button(channelId, "alert.unacknowledge");
    await press(bot, "U0ADA", "alert.unacknowledge");
    await giveBack.press();
    await bot.settle();
    expect(shown(bot, "U0GRACE")).toEqual(["Nobody is on it at the moment.\n[Acknowledge]"]);
    await takeOver.press();
    await bot.settle();
    expect(onIt(bot)).toContain("*grace*");
  });

  it("on an alert that was fixed meanwhile changes nothing, and says so", async () => {
    await using bot = await startFailing({ redis });
    const seen = bot.slack.as("U0ADA").button(channelId, "alert.acknowledge");
    green(bot);
    await bot.settle();
    const before = bot.read();
    await seen.press();
    await bot.settle();
    expect(shown(bot, "U0ADA")).toEqual([expect.stringMatching(/^There is nothing left to do\. .*Fixed by #2/)]);
    expect(bot.read()).toBe(before);
  });

  it("on an alert that nobody knows any more says so", async () => {
    await using bot = await startFailing({ redis });
    const seen = bot.slack.as("U0ADA").button(channelId, "alert.acknowledge");
    // Another installation, on the same workspace.
    await using other = await startTeam({ redis, env: { SLACK_API_URL: bot.slack.url } });
    const [signingSecret = ""] = bot.config.slack.signingSecrets;
    bot.slack.connect({ url: `${other.app.url}/slack/events`, signingSecret });
    await seen.press();
    await other.settle();
    expect(shown(bot, "U0ADA")).toEqual([expect.stringContaining("does not track this alert any more")]);
    bot.read();
  });
});
