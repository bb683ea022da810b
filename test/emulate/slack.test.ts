/**
 * Against a Slack that nobody here wrote: each button, dialog, shortcut and command works end to end. Tables, so that one
 * that is forgotten here does not compile.
 */
import { describe, expect, it } from "vitest";
import { controlsIn } from "../../sandbox/slack/controls.ts";
import type { CommandName } from "../../src/domain/command.ts";
import { type ActionId, callbackIds } from "../../src/slack/action-ids.ts";
import type { MessageShortcut } from "../../src/slack/manifest.ts";
import { hour, minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { green, later, red } from "../harness/stories.ts";
import { directMessages, type Settings, startWorld, type World } from "./world.ts";

const redis = useRedis();

type Story = (world: World) => Promise<void>;

async function play(story: Story, settings?: Settings): Promise<void> {
  await using world = await startWorld(redis, Date.now(), settings);
  await story(world);
  expect(world.slack.calls.filter(({ ok }) => !ok)).toEqual([]);
}

async function acknowledged({ ada, channel, alert, settle }: World): Promise<void> {
  await ada.click(channel, "alert.acknowledge", await alert());
  await settle();
}

/** Whoever is on it is asked whether they still are. */
async function asked(world: World) {
  await acknowledged(world);
  await later(world.bot, 4 * hour);
  const replies = await world.slack.replies(world.channel, (await world.alert()).ts);
  const question = replies.at(-1);
  if (question === undefined) throw new Error("Cannot find the question in the thread");
  return question;
}

const noReason = { "mute.reason": { "mute.reason": { type: "plain_text_input", value: null } } };
const oneHour = {
  "mute.scope": { "mute.scope": { type: "radio_buttons", selected_option: { value: "job" } } },
  "mute.until": { "mute.until": { type: "static_select", selected_option: { value: "1h" } } },
  ...noReason,
};

async function muted(world: World): Promise<void> {
  const { ada, slack, channel, alert, settle } = world;
  await ada.click(channel, "alert.mute", await alert());
  const dialog = slack.shown.get("views.open");
  if (dialog === undefined) throw new Error("Cannot mute: no dialog was opened");
  expect(dialog.callback_id).toBe(callbackIds.mute);
  expect(await ada.submit(dialog, oneHour)).toBeNull();
  await settle();
}

const buttons: { readonly [K in ActionId]: Story } = {
  async "alert.acknowledge"(world) {
    await acknowledged(world);
    expect(await world.text()).toContain(":eyes: *ada* is on it");
    expect((await world.thread()).at(-1)).toContain("*ada* acknowledged");
    expect(world.slack.told).toEqual([]);
  },
  async "alert.unacknowledge"(world) {
    await acknowledged(world);
    await world.bob.click(world.channel, "alert.unacknowledge", await world.alert());
    await world.settle();
    expect(await world.text()).toContain("[Acknowledge]");
  },
  async "alert.take_over"(world) {
    await acknowledged(world);
    await world.bob.click(world.channel, "alert.take_over", await world.alert());
    await world.settle();
    expect(await world.text()).toContain(":eyes: *bob* is on it");
  },
  async "alert.mute"(world) {
    await muted(world);
    expect(await world.text()).toContain(":no_bell: Muted by *ada* until");
  },
  async "alert.unmute"(world) {
    await muted(world);
    await world.bob.click(world.channel, "alert.unmute", await world.alert());
    await world.settle();
    expect(await world.text()).not.toContain(":no_bell:");
  },
  async "alert.rerun"(world) {
    await world.bob.click(world.channel, "alert.rerun", await world.alert());
    await world.settle();
    expect((await world.thread()).at(-1)).toContain("*bob* reran the failed jobs");
  },
  async "alert.rebuild"(world) {
    await world.bob.click(world.channel, "alert.rebuild", await world.alert());
    await world.settle();
    expect((await world.thread()).at(-1)).toContain("*bob* started a rebuild");
  },
  async "alert.decline"(world) {
    expect(await world.text()).toContain(`<@${world.ada.id}>`);
    await world.ada.click(world.channel, "alert.decline", await world.alert());
    await world.settle();
    expect(await world.text()).not.toContain(`<@${world.ada.id}>`);
  },
  async "alert.confirm"(world) {
    const question = await asked(world);
    await world.ada.click(world.channel, "alert.confirm", question);
    await later(world.bot, hour);
    expect(await world.text()).toContain(":eyes: *ada* is on it");
  },
  async "alert.hand_back"(world) {
    const question = await asked(world);
    await world.ada.click(world.channel, "alert.hand_back", question);
    await world.settle();
    expect(await world.text()).toContain("[Acknowledge]");
  },
  async "alert.open"(world) {
    const before = await world.text();
    await world.ada.click(world.channel, "alert.open", await world.alert());
    await world.settle();
    expect(await world.text()).toBe(before);
  },
  async "alert.more"(world) {
    await world.ada.click(world.channel, "alert.more", await world.alert());
    await world.settle();
    expect((await world.thread()).at(-1)).toContain("*ada* started a rebuild");
  },
  async "link.open"(world) {
    const { ada, slack, channel, settle } = world;
    await ada.openHome();
    await ada.clickHome("link.open");
    const dialog = slack.shown.get("views.open");
    if (dialog === undefined) throw new Error("Cannot link: no dialog was opened");
    expect(dialog.callback_id).toBe(callbackIds.link);
    await ada.submit(dialog, { "link.login": { "link.login": { type: "plain_text_input", value: "ada" } } });
    await settle();
    expect(JSON.stringify(slack.shown.get("views.publish"))).toContain("Your GitHub login is `ada`");
    await ada.command(channel, "/sb", "unlink");
    expect(world.told()).toContain("`ada`");
  },
  async "home.more"({ ada, bot, slack, settle }) {
    for (let i = 1; i <= 16; i += 1) red(bot, ["Specs"], { branch: `release/${i}` });
    await settle();
    await ada.openHome();
    await ada.clickHome("home.more");
    expect(JSON.stringify(slack.shown.get("views.publish"))).toContain("16 to 1");
  },
  async "home.notify"({ ada, slack }) {
    await ada.openHome();
    await ada.clickHome("home.notify", "dm");
    expect(controlsIn(slack.shown.get("views.publish")?.blocks ?? [])).toContainEqual(
      expect.objectContaining({
        actionId: "home.notify",
        element: expect.objectContaining({ initial_option: expect.objectContaining({ value: "dm" }) }),
      }),
    );
  },
};

describe("in a workspace by emulate, each button works:", () => {
  it.each(Object.entries(buttons))("%s", async (_, story) => {
    await play(story, () => 'actions: { rerun: channel }\ntrack: [{ branch: "release/*" }]');
  });
});

const shortcuts: { readonly [K in MessageShortcut]: Story } = {
  async "shortcut.acknowledge"(world) {
    await world.ada.shortcut(world.channel, "shortcut.acknowledge", await world.alert());
    await world.settle();
    expect(await world.text()).toContain(":eyes: *ada* is on it");
    expect(world.told()).toContain("You are on it");
  },
  async "shortcut.mute"(world) {
    await world.ada.shortcut(world.channel, "shortcut.mute", await world.alert());
    expect(world.slack.shown.get("views.open")?.callback_id).toBe(callbackIds.mute);
  },
};

describe("in a workspace by emulate, each shortcut works:", () => {
  it.each(Object.entries(shortcuts))("%s", async (_, story) => play(story));
});

/** One after the other; what each is answered. */
const commands: { readonly [K in CommandName]: readonly [text: string, answer: string] } = {
  status: ["status", "1. :red_circle: `main` · Payments API"],
  ack: ["ack 1", "You are on it"],
  mine: ["mine", "Yours: 1 branch failing"],
  unack: ["unack 1", "Nobody is on it any more"],
  takeover: ["takeover payments-api", "You are on it"],
  mute: ["mute Specs for 4h because the disk is full", "You muted *Specs* on `main`"],
  mutes: ["mutes", "1. :no_bell: *Specs* on `main`"],
  unmute: ["unmute 1", "You unmuted *Specs* on `main`"],
  rerun: ["rerun payments-api#1", "the failed jobs of build #1 again"],
  rebuild: ["rebuild 1", "asked for a rerun"],
  subscribe: ["subscribe payments-* only:broken", "This channel is told of `payments-*`"],
  list: ["list", "1. `payments-*`, only broken"],
  unsubscribe: ["unsubscribe 1", "is not told of `payments-*`"],
  link: ["link ada-lovelace", "Your GitHub login is `ada-lovelace`"],
  unlink: ["unlink", "`ada-lovelace`"],
  notify: ["notify dm", "in a direct message"],
  why: ["why 1", "It goes to <#"],
  help: ["help", "What you can type"],
};

describe("in a workspace by emulate", () => {
  it("each command is answered at its response URL, to whoever typed it alone", async () => {
    await play(async ({ bob, channel, slack, told, settle }) => {
      for (const [text, answer] of Object.values(commands)) {
        const before = slack.told.length;
        await bob.command(channel, "/signalbox", text);
        await settle();
        expect(slack.told).toHaveLength(before + 1);
        expect(told()).toContain(answer);
      }
      expect(slack.calls.filter(({ method }) => method === "chat.postEphemeral")).toEqual([]);
    });
  });

  it("a command in an alert's thread is about that alert, and answered there", async () => {
    await play(async (world) => {
      await world.bob.mention(world.channel, "ack", await world.alert());
      await world.settle();
      expect(world.told()).toContain("You are on it");
      const told = world.slack.calls.filter(({ method }) => method === "chat.postEphemeral");
      expect(told.map(({ args }) => args.thread_ts)).toEqual([(await world.alert()).ts]);
      expect(await world.text()).toContain(":eyes: *bob* is on it");
    });
  });

  it("the dialog that links a login goes on with what was wanted", async () => {
    await play(
      async (world) => {
        const { bob, slack, channel, alert, settle, thread, told } = world;
        await bob.click(channel, "alert.rerun", await alert());
        expect(told()).toContain("[Link my GitHub login]");
        await bob.click(channel, "link.open", null);
        const dialog = slack.shown.get("views.open");
        if (dialog === undefined) throw new Error("Cannot link: no dialog was opened");
        const login = (value: string) => ({ "link.login": { "link.login": { type: "plain_text_input", value } } });
        expect(await bob.submit(dialog, login("no login"))).toMatchObject({ response_action: "errors" });
        expect(await bob.submit(dialog, login("bob"))).toBeNull();
        await settle();
        expect((await thread()).at(-1)).toContain("*bob* reran the failed jobs");
      },
      () => "actions: { rerun: linked }",
    );
  });

  it("the message is edited until it is fixed, and its thread tells how it went", async () => {
    await play(async ({ bot, text, thread, settle }) => {
      red(bot, ["Specs", "Lint"]);
      await settle();
      expect(await text()).toContain("• Lint");
      green(bot);
      await settle();
      expect(await text()).toContain("*`main` is green again*");
      expect((await thread()).at(-1)).toContain("Fixed by #3");
    });
  });

  it("the author is reminded by a direct message", async () => {
    await play(async (world) => {
      await later(world.bot, 30 * minute);
      await later(world.bot, 2 * hour);
      expect(await directMessages(world, world.ada)).toEqual([expect.stringContaining("nobody is on it")]);
    });
  });

  it("a message that somebody deleted is posted again", async () => {
    await using world = await startWorld(redis, Date.now());
    const { ts } = await world.alert();
    await world.slack.ask("chat.delete", { channel: world.channel, ts });
    await acknowledgedByCommand(world);
    expect((await world.alert()).ts).not.toBe(ts);
    expect(await world.text()).toContain(":eyes: *ada* is on it");
    const refused = world.slack.calls.filter(({ ok }) => !ok).map(({ method, error }) => `${method} ${error}`);
    expect(refused).toEqual(["chat.update message_not_found"]);
  });

  it("an alert of a channel that was archived goes to the default channel", async () => {
    const settings: Settings = (slack) => `
track: [{ branch: next }]
routes: [{ match: { branch: next }, channel: ${slack.channel("closed")} }]
`;
    await using world = await startWorld(redis, Date.now(), settings);
    const { slack, bot, channel, settle } = world;
    await slack.ask("conversations.archive", { channel: slack.channel("closed") });
    red(bot, ["Specs"], { branch: "next" });
    await settle();
    const headlines = (await slack.messages(channel)).map(({ text }) => text);
    expect(headlines).toHaveLength(2);
    const refused = slack.calls.filter(({ ok }) => !ok).map(({ method, error }) => `${method} ${error}`);
    expect(refused).toEqual(["chat.postMessage is_archived"]);
    expect(bot.log.take()).toEqual(["Cannot post in a channel: the next one is told instead"]);
  });
});

async function acknowledgedByCommand({ ada, channel, settle }: World): Promise<void> {
  await ada.command(channel, "/signalbox", "ack payments-api");
  await settle();
}
