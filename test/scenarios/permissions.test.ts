/** Who may act on an alert, and what those are told who may not. */
import { describe, expect, it } from "vitest";
import { press, shown, startFailing } from "../harness/acting.ts";
import { apiToken, type Bot, channelId } from "../harness/bot.ts";
import { privately } from "../harness/muting.ts";
import { useRedis } from "../harness/redis.ts";
import { asked, red, thread } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();
const owners = { id: "S0OWNERS", handle: "owners", name: "Owners", users: ["U0ADA"], disabled: false };

describe("whoever sees the message can click, and is refused with a reason:", () => {
  it.each([
    ["a guest", { id: "U0GUEST", name: "guest", restricted: true }, "Guests cannot do this."],
    ["a guest of one channel", { id: "U0GUEST", name: "guest", ultraRestricted: true }, "Guests cannot do this."],
    ["an app", { id: "U0APP", name: "app", bot: true }, "Apps cannot do this: it takes a person."],
    [
      "somebody of another workspace, by Slack Connect",
      { id: "U0ELSE", name: "else", teamId: "T0ELSE" },
      "Only people of the workspace that Signalbox is installed in can do this.",
    ],
  ])("%s", async (_, user, why) => {
    await using bot = await startFailing({ redis }, [user]);
    for (const action of ["alert.acknowledge", "alert.mute"]) {
      expect(await press(bot, user.id, action)).toContain(why);
    }
    expect(await type(bot, user.id, "ack payments-api")).toContain(why);
    expect(bot.slack.as(user.id).view()).toBeUndefined();
    expect(thread(bot)).toEqual([]);
    expect(await type(bot, "U0ADA", "why payments-api")).not.toContain("What people did");
  });
});

it("somebody who was deactivated while they looked at it is refused", async () => {
  await using bot = await startFailing({ redis }, [{ id: "U0GONE", name: "gone" }]);
  const seen = bot.slack.as("U0GONE").button(channelId, "alert.acknowledge");
  bot.slack.addUser({ id: "U0GONE", name: "gone", deleted: true });
  await seen.press();
  await bot.settle();
  expect(shown(bot, "U0GONE")).toEqual([expect.stringContaining("Your account is deactivated")]);
  expect(thread(bot)).toEqual([]);
});

describe("an action for the members of a group", () => {
  const yml = `
actions: { acknowledge: [S0OWNERS] }
routes:
  - match: { branch: "release/*" }
    channel: ${channelId}
    actions: { acknowledge: channel }
track:
  - branch: "release/*"
`;

  async function startGroup(): Promise<Bot> {
    const bot = await startFailing({ redis, yml });
    bot.slack.addUserGroup(owners);
    return bot;
  }

  it("is refused to others, by the group's name, and done for its members", async () => {
    await using bot = await startGroup();
    expect(await press(bot, "U0GRACE", "alert.acknowledge")).toContain("This is for members of");
    expect(thread(bot)).toEqual([]);
    expect(await press(bot, "U0ADA", "alert.acknowledge")).toBe("");
    expect(await press(bot, "U0GRACE", "alert.unacknowledge")).toContain("This is for members of");
    expect(await press(bot, "U0GRACE", "alert.take_over")).toContain("This is for members of");
    expect(thread(bot)).toEqual([":eyes: *ada* acknowledged"]);
  });

  it("is for everybody on the branches of a route that says so", async () => {
    await using bot = await startGroup();
    red(bot, ["Specs"], { branch: "release/1" });
    await bot.settle();
    expect(await press(bot, "U0GRACE", "alert.acknowledge")).toBe("");
    expect(bot.read()).toContain(":eyes: *grace* acknowledged");
  });

  it("waits while Slack cannot say who is in it", async () => {
    await using bot = await startGroup();
    bot.slack.faults.next("usergroups.users.list", { kind: "status", status: 503 });
    expect(await press(bot, "U0ADA", "alert.acknowledge")).toContain("nothing has changed. Try again in a minute.");
    expect(await press(bot, "U0ADA", "alert.acknowledge")).toBe("");
    expect(thread(bot)).toEqual([":eyes: *ada* acknowledged"]);
  });
});

describe("an action for people whose GitHub login is known", () => {
  const settings = { redis, env: { BUILDKITE_API_TOKEN: apiToken } };

  it("offers to link it, and then goes on by itself", async () => {
    await using bot = await startFailing(settings);
    asked(bot);
    expect(await press(bot, "U0GRACE", "alert.rerun")).toBe(
      "This takes a linked GitHub login, and Signalbox does not know yours.\n[Link my GitHub login]",
    );
    const grace = bot.slack.as("U0GRACE");
    await grace.click(channelId, "link.open");
    await bot.app.settled();
    await grace.submit("link.submit", { "link.login": "https://github.com/Grace-H" });
    await bot.settle();
    expect(privately(bot, "U0GRACE").slice(1)).toEqual([
      expect.stringContaining("Your GitHub login is `grace-h`"),
      expect.stringContaining("You asked Buildkite for the failed jobs of build #1 again"),
    ]);
    expect(thread(bot).filter((line) => line.includes("reran"))).toHaveLength(1);
    expect(asked(bot).filter((call) => /retry/.test(call))).toHaveLength(1);
    expect(await type(bot, "U0GRACE", "why payments-api")).toContain("grace: rerun (dialog)");
    bot.read();
  });

  it("says what is wrong with a login, and links nothing", async () => {
    await using bot = await startFailing(settings);
    await press(bot, "U0GRACE", "alert.rerun");
    const grace = bot.slack.as("U0GRACE");
    await grace.click(channelId, "link.open");
    await bot.app.settled();
    await grace.submit("link.submit", { "link.login": "Grace Hopper" });
    expect(grace.view()?.errors).toEqual({ "link.login": expect.stringContaining("not a GitHub login") });
    await bot.settle();
    expect(await press(bot, "U0GRACE", "alert.rerun")).toContain("Link my GitHub login");
    expect(thread(bot).filter((line) => line.includes("reran"))).toEqual([]);
  });

  it("knows the logins that an operator wrote down", async () => {
    await using bot = await startFailing({ ...settings, yml: "people: { grace-h: U0GRACE, ada@example.com: U0ADA }" });
    expect(await press(bot, "U0ADA", "alert.rerun")).toContain("Link my GitHub login");
    expect(await press(bot, "U0GRACE", "alert.rerun")).toBe("");
    expect(thread(bot).filter((line) => line.includes("*grace* reran"))).toHaveLength(1);
  });

  it("also asks before a mute that hides much", async () => {
    await using bot = await startFailing(settings);
    expect(await type(bot, "U0GRACE", "mute payments-api whole pipeline for 1h because it is flaky")).toContain(
      "linked GitHub login",
    );
    await type(bot, "U0GRACE", "link grace-h");
    expect(await type(bot, "U0GRACE", "mute payments-api whole pipeline for 1h because it is flaky")).toContain(
      "You muted",
    );
    bot.read();
  });

  it("does not know a login any more that was unlinked", async () => {
    await using bot = await startFailing(settings);
    await type(bot, "U0GRACE", "link grace-h");
    await type(bot, "U0GRACE", "unlink");
    expect(await press(bot, "U0GRACE", "alert.rerun")).toContain("Link my GitHub login");
    expect(thread(bot).filter((line) => line.includes("reran"))).toEqual([]);
  });
});
