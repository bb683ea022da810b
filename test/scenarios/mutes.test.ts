/** Somebody mutes: what the dialog offers, what it takes, and what it makes of it. */
import { describe, expect, it } from "vitest";
import { type Bot, type BotOptions, startBot } from "../harness/bot.ts";
import { FakeClock, hour } from "../harness/clock.ts";
import { mute, mutedUntil, openMute, privately, submitMute } from "../harness/muting.ts";
import { useRedis } from "../harness/redis.ts";
import { green, later, red } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();
const day = 24 * hour;
const ada = "U0ADA";
const yml = `
actions:
  rerun: channel
track:
  - branch: "release/*"
`;

async function startTeam(over: Partial<BotOptions> = {}, timeZone = "Europe/Berlin"): Promise<Bot> {
  const bot = await startBot({ redis, yml, ...over });
  bot.slack.addUser({ id: ada, name: "ada", realName: "Ada Lovelace", timeZone });
  bot.slack.addUser({ id: "U0BOB", name: "bob", realName: "Bob" });
  return bot;
}

/** A failing branch with its alert in the channel. */
async function broken(over: Partial<BotOptions> = {}, timeZone?: string): Promise<Bot> {
  const bot = await startTeam(over, timeZone);
  red(bot);
  await bot.settle();
  return bot;
}

describe("the mute dialog", () => {
  it("opens with what fails, what may be muted, and how much that would have hidden", async () => {
    await using bot = await broken();
    expect(await openMute(bot, ada)).toMatchInlineSnapshot(`
      "== Mute ==
      \`main\` · Payments API: Specs
      What: (•) This job on this branch  ( ) This job on every branch  ( ) The whole pipeline on this branch
      For how long: [1 hour ▾]
      Or until this date and time: []
      Why: [Flaky since the upgrade, see #512]
      Would have hidden in the last 14 days
      Specs on \`main\`: 1 alert · Specs on every branch: 1 alert · everything on \`main\`: 1 alert
      [Cancel] [Mute]"
    `);
    bot.read();
  });

  it("mutes one job on one branch, and says so without a ping", async () => {
    await using bot = await broken();
    expect(await mute(bot, ada)).toBe("");
    expect(bot.read()).toMatch(/:no_bell: Muted by \*ada\* until .*2026/);
    expect(bot.read()).toContain("[Unmute]");
    expect(JSON.stringify(bot.slack.calls)).not.toContain("<@U0ADA>");
    red(bot, ["Specs"], { branch: "release/1" });
    await bot.settle();
    expect(bot.messages()).toBe(2);
    bot.read();
  });

  it("mutes one job on every branch", async () => {
    await using bot = await broken();
    await mute(bot, ada, { scope: "jobEverywhere" });
    red(bot, ["Specs"], { branch: "release/1" });
    red(bot, ["Lint"], { branch: "release/2" });
    await bot.settle();
    expect(bot.messages()).toBe(2);
    expect(bot.read()).toContain("release/2");
    expect(bot.read()).not.toContain("release/1");
    expect(await type(bot, ada, "status")).toContain("release/1");
  });

  it("mutes the whole pipeline on a branch, whatever fails there", async () => {
    await using bot = await broken();
    await mute(bot, ada, { scope: "branch", reason: "Moving house" });
    red(bot, ["Lint", "Docs"]);
    await bot.settle();
    expect(bot.messages()).toBe(1);
    expect(bot.read()).toContain("Moving house");
  });

  it("asks which job when several fail", async () => {
    await using bot = await startTeam();
    red(bot, ["Specs", "Lint"]);
    await bot.settle();
    expect(await openMute(bot, ada)).toContain("Job: [Specs ▾]");
    const view = bot.slack.as(ada).view()?.view;
    const lint = /"text":"Lint"[^}]*\},"value":"(\w+)"/.exec(JSON.stringify(view))?.[1];
    await submitMute(bot, ada, { scope: "jobEverywhere", job: lint ?? "" });
    red(bot, ["Lint"], { branch: "release/1" });
    red(bot, ["Specs"], { branch: "release/2" });
    await bot.settle();
    expect(bot.read()).not.toContain("release/1");
    expect(bot.read()).toContain("release/2");
  });
});

describe("a mute lasts", () => {
  const spans = [
    ["1h", hour],
    ["4h", 4 * hour],
    ["24h", day],
    ["3d", 3 * day],
    ["7d", 7 * day],
  ] as const;

  it.each(spans)("%s", async (until, length) => {
    await using bot = await broken();
    await mute(bot, ada, { until, reason: "Known" });
    expect(mutedUntil(bot)).toBe(bot.clock.now() + length);
  });

  const mornings = [
    ["on an ordinary day", "Europe/Berlin", Date.UTC(2026, 8, 21, 10), Date.UTC(2026, 8, 22, 7)],
    ["when it is tomorrow already", "Asia/Tokyo", Date.UTC(2026, 8, 21, 20), Date.UTC(2026, 8, 23, 0)],
    ["when the clocks go back", "Europe/Berlin", Date.UTC(2026, 9, 24, 20), Date.UTC(2026, 9, 25, 8)],
    ["when the clocks go forward", "Europe/Berlin", Date.UTC(2027, 2, 27, 20), Date.UTC(2027, 2, 28, 7)],
  ] as const;

  it.each(mornings)("until 9 in the morning where the person lives, %s", async (_, timeZone, now, morning) => {
    await using bot = await broken({ clock: new FakeClock(now) }, timeZone);
    expect(await openMute(bot, ada)).toContain("For how long");
    await submitMute(bot, ada, { until: "until tomorrow", reason: "A long night" });
    expect(mutedUntil(bot)).toBe(morning);
  });

  it("until it is fixed", async () => {
    await using bot = await broken();
    await mute(bot, ada, { until: "until fixed" });
    expect(bot.read()).toContain("Muted by *ada* until it is fixed");
  });

  it("until a date, which counts more than a choice", async () => {
    await using bot = await broken();
    const date = bot.clock.now() + 5 * day;
    await mute(bot, ada, { until: "1h", date, reason: "Release week" });
    expect(mutedUntil(bot)).toBe(date);
  });
});

describe("a dialog that cannot be accepted stays open and says why", () => {
  const wanting = [
    ["longer than a day", { until: "3d" }],
    ["a whole pipeline", { scope: "branch", until: "1h" }],
    ["a far date", { date: Date.UTC(2026, 8, 25) }],
  ] as const;

  it.each(wanting)("a reason is needed for %s", async (_, entries) => {
    await using bot = await broken();
    expect(await mute(bot, ada, entries)).toContain("! Say why");
    expect(bot.read()).not.toContain("Muted");
    expect(await submitMute(bot, ada, { reason: "Known since Monday" })).toBe("");
    expect(bot.read()).toContain("Known since Monday");
  });

  it("a date that is missing, past, or too far away", async () => {
    await using bot = await broken();
    const now = bot.clock.now();
    expect(await mute(bot, ada, { until: "date" })).toContain("! Choose the date and time.");
    expect(await submitMute(bot, ada, { date: now - hour })).toContain("already past");
    expect(await submitMute(bot, ada, { date: now + 31 * day, reason: "x" })).toContain("too long");
    expect(await submitMute(bot, ada, { date: now + hour, reason: "x" })).toBe("");
    expect(mutedUntil(bot)).toBe(now + hour);
  });
});

describe("the preview counts what would have been hidden", () => {
  it("in the last 14 days, by scope", async () => {
    await using bot = await startTeam();
    red(bot);
    await bot.settle();
    green(bot);
    await bot.settle();
    // That one will be too old.
    await later(bot, 13 * day);
    for (const [branch, jobs] of [
      ["main", ["Specs"]],
      ["main", ["Lint"]],
      ["release/1", ["Specs"]],
    ] as const) {
      red(bot, jobs, { branch });
      await bot.settle();
      green(bot, { branch });
      await later(bot, day);
    }
    red(bot, ["Specs"]);
    await bot.settle();
    expect(await openMute(bot, ada)).toContain(
      "Specs on `main`: 2 alerts · Specs on every branch: 3 alerts · everything on `main`: 3 alerts",
    );
    bot.read();
  });

  it("and not an alert for which another job would have spoken a moment later", async () => {
    await using bot = await startTeam();
    const build = bot.buildkite.build("payments-api").start();
    const lint = build.job("Lint").start();
    build.job("Specs").fail();
    await bot.settle();
    lint.fail();
    build.finish();
    await bot.settle();
    red(bot, ["Specs", "Lint", "Docs"]);
    await bot.settle();
    expect(await openMute(bot, ada)).toContain(
      "Specs on `main`: 0 alerts · Specs on every branch: 0 alerts · everything on `main`: 1 alert",
    );
    bot.read();
  });
});

describe("a mute is set once, or not at all", () => {
  it("of a job everywhere takes the rights of every branch that it hides", async () => {
    const guarded = `
actions: { rerun: channel }
track: [{ branch: "release/*" }]
routes:
  - match: { branch: main }
    channel: C0ALERTS
    actions: { mute: [S0ONCALL] }
`;
    await using bot = await startTeam({ yml: guarded });
    bot.slack.addUserGroup({ id: "S0ONCALL", handle: "oncall", name: "On call", users: [], disabled: false });
    red(bot, ["Specs"], { branch: "release/1" });
    await bot.settle();
    await mute(bot, ada, { scope: "jobEverywhere" });
    expect(privately(bot, ada).at(-1)).toContain("This is for members of <!subteam^S0ONCALL>");
    await mute(bot, ada, { scope: "job" });
    expect(bot.read()).toContain(":no_bell: Muted by *ada*");
  });

  it("when Slack delivers the dialog twice", async () => {
    await using bot = await broken();
    await openMute(bot, ada);
    const { request } = await bot.slack.as(ada).submit("mute.submit", {});
    await bot.slack.resend(request);
    await bot.settle();
    expect(await type(bot, ada, "mutes")).toMatch(/^.*Specs.*$/m);
    expect((await type(bot, ada, "mutes")).match(/no_bell/g)).toHaveLength(1);
    bot.read();
  });

  it("when Slack gave up on the click before the dialog could open, they are told to click again", async () => {
    await using bot = await broken();
    bot.slack.faults.next("views.open", { kind: "error", error: "expired_trigger_id" });
    expect(await openMute(bot, ada)).toBe("");
    expect(privately(bot, ada)).toEqual([expect.stringContaining("Click again")]);
    expect(await openMute(bot, ada)).toContain("== Mute ==");
    bot.read();
  });

  it("when it was fixed while the dialog was open, there is nothing left to mute", async () => {
    await using bot = await broken();
    await openMute(bot, ada);
    green(bot);
    await bot.settle();
    expect(await submitMute(bot, ada, {})).toBe("");
    expect(privately(bot, ada)).toEqual([expect.stringContaining("There is nothing left to do")]);
    expect(await type(bot, ada, "mutes")).toContain("Nothing is muted");
    bot.read();
  });

  it("with what the dialog itself knows: Slack is not asked for a time zone before the dialog is answered", async () => {
    await using bot = await broken();
    await openMute(bot, ada);
    // Long enough that nothing about the person is remembered.
    bot.clock.advance(2 * day);
    bot.slack.faults.next("users.info", { kind: "status", status: 503 }, Number.POSITIVE_INFINITY);
    await submitMute(bot, ada, { until: "until tomorrow" });
    bot.slack.faults.clear();
    expect(mutedUntil(bot)).toBe(Date.UTC(2026, 8, 24, 7));
  });
});
