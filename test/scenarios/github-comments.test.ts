/** Somebody writes commands under a pull request. */
import { describe, expect, it } from "vitest";
import { hour, minute } from "../harness/clock.ts";
import { answers, breakPull, comment, reactions, reader, reruns } from "../harness/commenting.ts";
import { useRedis } from "../harness/redis.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();

describe("rerun", () => {
  it("asks Buildkite once, and a reaction says that it is done", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    const written = await comment(red, "ada", "Looks like a flake.", "/signalbox rerun");
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 202"]);
    expect(reactions(written)).toEqual(["+1"]);
    expect(answers(red)).toEqual([]);
    expect(red.build.state).toBe("running");
  });

  it("is refused to those who may only read, without a word", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    const written = await comment(red, "bob", "/signalbox rerun", "/signalbox status");
    expect(reruns(bot)).toEqual([]);
    expect(reactions(written)).toEqual(["confused"]);
    expect(answers(red)).toEqual([]);
  });

  it("happens once however often GitHub delivers the comment", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.github.as("ada").comment(red.pull, "/signalbox rerun");
    const [delivery, ...others] = bot.github.take();
    expect(others).toEqual([]);
    if (delivery === undefined) throw new Error("Cannot find the delivery");
    for (let i = 0; i < 3; i += 1) {
      expect(await bot.github.send(delivery)).toMatchObject({ status: 200 });
      await bot.settle();
    }
    // It failed again: the old comment does not mean the new failure.
    bot.clock.advance(minute);
    for (const job of red.build.jobs) if (job.type === "script" && job.state === "scheduled") job.fail();
    red.build.finish();
    await bot.settle();
    await bot.github.send(delivery);
    await bot.settle();
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 202"]);
  });

  it("asks Buildkite once for a failure, however many ask; and again when it has failed again", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    for (const login of ["ada", "grace", "ada"]) bot.github.as(login).comment(red.pull, "/signalbox rerun");
    await bot.settle();
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 202"]);
    bot.clock.advance(minute);
    for (const job of red.build.jobs) if (job.type === "script" && job.state === "scheduled") job.fail();
    red.build.finish();
    await bot.settle();
    expect(reactions(await comment(red, "grace", "/signalbox rerun"))).toEqual(["+1"]);
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 202"]);
  });

  it("says why when Buildkite refuses, and what may work instead", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.buildkite.faults.next("builds.retryFailedJobs", { kind: "error", error: "No <b>jobs</b> for @you" });
    const written = await comment(red, "ada", "/signalbox rerun");
    expect(reactions(written)).toEqual(["confused"]);
    expect(answers(red)).toMatchInlineSnapshot(`
      [
        "This was not possible:
      - The failed jobs of [payments-api #1](https://buildkite.com/acme-inc/payments-api/builds/1) do not run again: No &lt;b&gt;jobs&lt;/b&gt; for @⁠you.",
      ]
    `);
    reruns(bot);
  });

  it("says so when there is no token for Buildkite", async () => {
    const red = await breakPull({ redis, env: { BUILDKITE_API_TOKEN: "" } });
    await using _ = red.bot;
    await comment(red, "ada", "/signalbox rerun");
    expect(answers(red)).toEqual([
      "Nothing was done:\n- `/signalbox rerun`: Signalbox has no Buildkite API token, so it cannot run builds again.",
    ]);
  });
});

describe("rebuild", () => {
  it("starts a new build", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    expect(reactions(await comment(red, "ada", "/signalbox rebuild"))).toEqual(["+1"]);
    expect(reruns(bot)).toEqual(["builds.rebuild 200"]);
  });

  it("starts one when its answer was lost", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.buildkite.faults.next("builds.rebuild", { kind: "status", status: 500, after: true });
    await comment(red, "ada", "/signalbox rebuild");
    bot.clock.advance(minute);
    await bot.settle();
    expect(reruns(bot).filter((call) => call.startsWith("builds.rebuild"))).toEqual(["builds.rebuild 500"]);
    bot.log.take();
  });
});

describe("several in one comment", () => {
  it("are all done, in their order", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    const written = await comment(red, "ada", "/signalbox mute specs for 4h because it is flaky", "/signalbox rerun");
    expect(reactions(written)).toEqual(["+1"]);
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 202"]);
    expect(await type(bot, reader, "mutes")).toContain("Specs");
  });

  it("are none when there is a mistake among them: each is named, with what to write instead", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    const written = await comment(red, "ada", "/signalbox rerun", "/signalbox mute Spec", "/signalbox frob *x*");
    expect(reactions(written)).toEqual(["confused"]);
    expect(reruns(bot)).toEqual([]);
    expect(answers(red)).toMatchInlineSnapshot(`
      [
        "Nothing was done, for there are mistakes in it:
      - \`/signalbox frob *x*\`: \`frob\` is no command; \`/signalbox help\` lists them.
      - \`/signalbox mute Spec\`: \`Spec\` has not failed here; did you mean \`Specs\`?",
      ]
    `);
  });
});

describe("on a branch that is watched", () => {
  const yml = "track:\n  - branch: change-*\nactions:\n  rerun: channel\n";

  it("a rerun is one of the alert: it says who did, and does it once", async () => {
    const red = await breakPull({ redis, yml });
    await using bot = red.bot;
    const written = await comment(red, "ada", "/signalbox rerun");
    await comment(red, "grace", "/signalbox rerun");
    expect(reactions(written)).toEqual(["+1"]);
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 202"]);
    expect(bot.read()).toContain(":arrows_counterclockwise: Rerun by *ada (GitHub)* is running");
    expect(await type(bot, reader, "why payments-api change-1")).toContain("ada (GitHub): rerun (comment)");
  });

  it("a mute hides the alert, and can wait until it is fixed", async () => {
    const red = await breakPull({ redis, yml });
    await using bot = red.bot;
    expect(reactions(await comment(red, "ada", "/signalbox mute Specs until fixed"))).toEqual(["+1"]);
    expect(bot.read()).toContain("Muted by *ada (GitHub)* until it is fixed");
  });

  it("who is in none of the user groups that may is told so", async () => {
    const red = await breakPull({ redis, yml: "track:\n  - branch: change-*\nactions:\n  rerun: [S0OPS]\n" });
    await using bot = red.bot;
    bot.slack.addUserGroup({ id: "S0OPS", handle: "ops", name: "Ops", users: ["U0GRACE"], disabled: false });
    bot.slack.addUser({ id: "U0GRACE", name: "grace" });
    await comment(red, "ada", "/signalbox rerun");
    expect(reruns(bot)).toEqual([]);
    expect(answers(red)).toEqual([
      "Nothing was done: here, running builds again is for members of a user group in Slack; link your login there with `/signalbox link`.",
    ]);
    await type(bot, "U0GRACE", "link grace");
    expect(reactions(await comment(red, "grace", "/signalbox rerun"))).toEqual(["+1"]);
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 202"]);
    bot.read();
  });
});

describe("what is no command", () => {
  it("is left alone: quotes, code, edits, bots, our own words", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    await comment(red, "ada", "> /signalbox rerun", "", "```", "/signalbox rerun", "```");
    await comment(red, "renovate[bot]", "/signalbox rerun");
    const edited = await comment(red, "ada", "Hm.");
    bot.github.as("ada").editComment(edited, "/signalbox rerun");
    await bot.settle();
    bot.github.as("ada").comment(red.pull, "<!-- signalbox:answer 1 -->\n/signalbox rerun");
    const issue = bot.repository.issue("Something");
    bot.github.as("ada").comment(issue, "/signalbox rerun");
    await bot.settle();
    expect(reruns(bot)).toEqual([]);
    expect(answers(red)).toEqual([]);
    expect(bot.github.calls("reactions.createForIssueComment")).toBe(0);
    expect(bot.github.calls("repos.getCollaboratorPermissionLevel")).toBe(0);
  });
});

describe("mute and unmute", () => {
  it("are by the GitHub person, wherever Slack shows them", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    await comment(red, "ada", "/signalbox mute specs everywhere until tomorrow because of the upgrade");
    expect(await type(bot, reader, "mutes")).toMatchInlineSnapshot(`
      "*1 active mute*
      1. :no_bell: *Specs* on every branch of payments-api · by ada (GitHub), until 2026-09-22 09:00 UTC: of the upgrade  [Unmute]"
    `);
    const wrong = await comment(red, "grace", "/signalbox unmute lint");
    expect(reactions(wrong)).toEqual(["confused"]);
    expect(answers(red)).toMatchInlineSnapshot(`
      [
        "Nothing was done:
      - \`/signalbox unmute lint\`: \`lint\` is not muted here; muted is \`Specs\`.",
      ]
    `);
    expect(reactions(await comment(red, "grace", "/signalbox unmute Specs"))).toEqual(["+1"]);
    expect(await type(bot, reader, "mutes")).toContain("Nothing is muted");
  });

  it("are by the Slack user of a login that is linked, in their time zone", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.slack.addUser({ id: "U0ADA", name: "ada", realName: "Ada Lovelace", timeZone: "Asia/Tokyo" });
    await type(bot, "U0ADA", "link ada");
    await comment(red, "Ada", "/signalbox mute Specs until tomorrow");
    expect(await type(bot, reader, "mutes")).toMatchInlineSnapshot(`
      "*1 active mute*
      1. :no_bell: *Specs* on \`change-1\` of payments-api · by ada, until 2026-09-22 00:00 UTC  [Unmute]"
    `);
  });

  it("take a reason when they are long", async () => {
    const red = await breakPull({ redis });
    await using _ = red.bot;
    await comment(red, "ada", "/signalbox mute Specs for 3 days");
    await comment(red, "ada", "/signalbox mute Specs until fixed");
    expect(answers(red)).toMatchInlineSnapshot(`
      [
        "Nothing was done:
      - \`/signalbox mute Specs for 3 days\`: A mute this long needs a reason; add because and why.",
        "Nothing was done:
      - \`/signalbox mute Specs until fixed\`: This branch has no alert that could be fixed; write for how long, such as for 4h.",
      ]
    `);
  });

  it("are not set again by a redelivery after somebody has ended them", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.github.as("ada").comment(red.pull, "/signalbox mute Specs for 8h");
    const [delivery] = bot.github.take();
    if (delivery === undefined) throw new Error("Cannot find the delivery");
    await bot.github.send(delivery);
    await bot.settle();
    await type(bot, reader, "unmute Specs");
    bot.clock.advance(hour);
    await bot.github.send(delivery);
    await bot.settle();
    expect(await type(bot, reader, "mutes")).toContain("Nothing is muted");
  });
});

describe("what is only told", () => {
  it("why names the rules of the settings file", async () => {
    const yml = "never_alert: [Lint]\nmutes:\n  - { job: Spec*, until: 2026-12-01, reason: being rewritten }\n";
    const red = await breakPull({ redis, yml }, ["Specs", "Lint"]);
    await using _ = red.bot;
    await comment(red, "bob", "/signalbox why");
    expect(answers(red)[0]?.split("\n").slice(-2)).toMatchInlineSnapshot(`
      [
        "- Specs is muted until 2026-12-02 00:00 UTC",
        "- Lint never alerts",
      ]
    `);
  });

  it("is told to those who may read, in one comment", async () => {
    const red = await breakPull({ redis }, ["Specs", "Lint"]);
    await using bot = red.bot;
    await comment(red, "ada", "/signalbox mute lint everywhere for 2h because *slow* <runners>");
    const written = await comment(red, "bob", "/signalbox status", "/signalbox why", "/signalbox help");
    expect(reactions(written)).toEqual(["+1"]);
    expect(answers(red)).toHaveLength(1);
    expect(answers(red)[0]).toMatchInlineSnapshot(`
      "Builds of 11095f4:

      **[Payments API #1](https://buildkite.com/acme-inc/payments-api/builds/1)** failed: 2 of 2 jobs
      - [Specs](https://buildkite.com/acme-inc/payments-api/builds/1#10b00000-0000-4000-8000-000000000001) exit 1
      - [Lint](https://buildkite.com/acme-inc/payments-api/builds/1#10b00000-0000-4000-8000-000000000002) exit 1 · muted by ada until 2026-09-21 12:02 UTC

      **[Payments API #1](https://buildkite.com/acme-inc/payments-api/builds/1)** failed: 2 of 2 jobs

      - [Specs](https://buildkite.com/acme-inc/payments-api/builds/1#10b00000-0000-4000-8000-000000000001) exit 1
      - [Lint](https://buildkite.com/acme-inc/payments-api/builds/1#10b00000-0000-4000-8000-000000000002) exit 1 · muted by ada until 2026-09-21 12:02 UTC

      - \`change-1\` is not watched: Slack is not told of it
      - Lint is muted on every branch by ada until 2026-09-21 12:02 UTC: \\*slow\\* &lt;runners&gt;

      Write a command at the beginning of a line of its own. Several in one comment are carried out all or none.

      - \`/signalbox rerun\`: Run the failed jobs of this commit again. Needs write access.
      - \`/signalbox rebuild\`: Start new builds of this commit in place of those that failed. Needs write access.
      - \`/signalbox mute <job> [everywhere] [for 4h | until tomorrow | until fixed] [because …]\`: Keep quiet about a job for a time, on this branch or on every one; an hour when you do not say how long. Needs write access.
      - \`/signalbox unmute <job>\`: End the mutes of a job. Needs write access.
      - \`/signalbox status\`: How the builds of this commit are.
      - \`/signalbox why\`: What is known of the failure, and which rules apply to it.
      - \`/signalbox help\`: This list."
    `);
    expect(bot.repository.comments.of(red.pull).at(-1)?.body).toMatch(
      new RegExp(`^<!-- signalbox:answer ${written.id} -->`),
    );
  });

  it("is told once though GitHub answers 500 after it took the answer", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.github.faults.next("issues.createComment", { kind: "status", status: 500, after: true });
    const written = await comment(red, "ada", "/signalbox help");
    bot.clock.advance(minute);
    await bot.settle();
    expect(answers(red)).toHaveLength(1);
    expect(reactions(written)).toEqual(["+1"]);
    bot.log.take();
  });

  it("comes late, and once, when GitHub asks to wait", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.github.faults.next("issues.createComment", { kind: "rateLimited", retryAfterSeconds: 30 });
    await comment(red, "ada", "/signalbox help");
    expect(answers(red)).toEqual([]);
    bot.clock.advance(minute);
    await bot.settle();
    expect(answers(red)).toHaveLength(1);
  });
});
