/** A repository's own settings: what they change, and what becomes of those that cannot be read. */
import { describe, expect, it } from "vitest";
import type { BotOptions } from "../harness/bot.ts";
import { channelId, startBot } from "../harness/bot.ts";
import { hour, minute } from "../harness/clock.ts";
import { answers, breakPull, comment } from "../harness/commenting.ts";
import { buildOfBranch, type GithubBot, startGithubBot } from "../harness/github.ts";
import { useRedis } from "../harness/redis.ts";
import { checkRuns } from "../harness/reporting.ts";
import { green, later, red } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();
const path = ".github/signalbox.yml";
const ada = "U0ADA";
const releases = "C0RELEASES";
const day = 24 * hour;

/** The file is there before the bot is, and the bot has read it: a build of main was green. */
async function startWith(settings: string | null, over: Partial<BotOptions> = {}): Promise<GithubBot> {
  const bot = await startGithubBot({ redis, ...over });
  bot.slack.addUser({ id: ada, name: "ada" });
  bot.slack.addChannel({ id: releases, name: "releases" });
  if (settings !== null) bot.repository.commit({ files: { [path]: settings } });
  green(bot, buildOfBranch(bot.repository));
  await bot.settle();
  return bot;
}

/** To the default branch. */
async function push(bot: GithubBot, settings: string): Promise<void> {
  bot.repository.push({ message: "Change settings", files: { [path]: settings } });
  await bot.settle();
}

function release(bot: GithubBot) {
  bot.repository.commit({ branch: "release/1", message: "Release" });
  return buildOfBranch(bot.repository, "release/1");
}

const releaseRules = `
track:
  - branch: "release/*"
routes:
  - match: { branch: "release/*" }
    channel: ${releases}
`;

describe("a repository's file", () => {
  it("adds a branch to watch and a route for it, and why says so", async () => {
    await using bot = await startWith(releaseRules);
    red(bot, ["Specs"], release(bot));
    await bot.settle();
    expect(bot.messages()).toBe(0);
    expect(bot.read(releases)).toContain("failed on `release/1`");
    const why = await type(bot, ada, "why payments-api on release/1");
    expect(why).toContain("by the route for branch `release/*` (`.github/signalbox.yml`, line 5)");
    expect(why).toContain("The branch is watched by the rule for branch `release/*` (`.github/signalbox.yml`, line 3)");
    bot.read(releases);
  });

  it("says nothing of pipelines that are built from elsewhere", async () => {
    await using bot = await startWith(releaseRules);
    bot.buildkite.pipeline("web", { name: "Web", repository: "git@github.com:acme/web.git" });
    red(bot, ["Specs"], { pipeline: "web", branch: "release/1" });
    await bot.settle();
    expect(bot.messages(releases)).toBe(0);
    expect(bot.messages()).toBe(0);
  });

  it("holds from the push on that brings it, also for what is red already", async () => {
    await using bot = await startWith(null);
    red(bot, ["Specs"], buildOfBranch(bot.repository));
    await bot.settle();
    expect(bot.read()).not.toContain("Muted");
    await push(bot, "mutes: [{ job: Sp*, until: 2030-01-01, reason: 'Flaky, see #512' }]");
    expect(bot.read()).toContain(":no_bell: Muted by `.github/signalbox.yml`, line 1 until ");
    expect(bot.read()).toContain("Flaky, see #512");
    await push(bot, "mutes: []");
    expect(bot.read()).not.toContain("Muted");
  });

  it("is asked after the operator's", async () => {
    await using bot = await startWith("reminders: { unacknowledged: [5m] }\nowners: S0REPOSITORY", {
      yml: "owners: S0OPERATOR",
    });
    red(bot, ["Specs"], buildOfBranch(bot.repository));
    await bot.settle();
    const why = await type(bot, ada, "why payments-api");
    expect(why).toContain(
      "after 5 min (`.github/signalbox.yml`, line 1), the owners are <!subteam^S0OPERATOR> (`signalbox.yml`, line 1)",
    );
    bot.read();
  });
});

describe("a comment on a pull request that asks why", () => {
  it("is answered with the rules of the file", async () => {
    const settings = "track:\n  - { branch: '*' }\nmutes:\n  - { job: Sp*, until: 2030-01-01, reason: flaky }";
    const red = await breakPull({
      redis,
      before: (_, repository) => repository.commit({ files: { [path]: settings } }),
    });
    await using _ = red.bot;
    await comment(red, "bob", "/signalbox why");
    expect(answers(red)[0]).toContain("is watched by `.github/signalbox.yml`, line 2");
    expect(answers(red)[0]).toContain("muted until 2030-01-02 00:00 UTC by `.github/signalbox.yml`, line 4: flaky");
    red.bot.read();
  });
});

describe("a file that cannot be read", () => {
  const broken = `${releaseRules}mutess: []\n`;

  it("changes nothing: the last good one holds, and why says what is wrong", async () => {
    await using bot = await startWith(releaseRules);
    await push(bot, broken);
    expect(bot.log.take()).toEqual([expect.stringContaining("settings are broken")]);
    red(bot, ["Specs"], release(bot));
    await bot.settle();
    expect(bot.messages(releases)).toBe(1);
    const why = await type(bot, ada, "why payments-api on release/1");
    expect(why).toContain("The settings of `acme/payments-api` are broken");
    expect(why).toContain('line 7, top level: unknown key "mutess"; write mutes');
    bot.repository.push({ message: "Something else", files: { "a.txt": "a" } });
    await bot.settle();
    expect(bot.log.take()).toEqual([]);
    await push(bot, releaseRules);
    expect(await type(bot, ada, "why payments-api on release/1")).not.toContain("broken");
    bot.read(releases);
  });

  it("fails the check of the pull request that brings it, line by line, once", async () => {
    await using bot = await startWith(releaseRules);
    const branch = "settings";
    bot.repository.commit({ branch, message: "Mute the flaky ones", files: { [path]: broken } });
    const pull = bot.repository.pull({ branch });
    await bot.settle();
    const [run, ...others] = checkRuns(bot, pull.headSha);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ name: "Signalbox: settings", status: "completed", conclusion: "failure" });
    const message = 'top level: unknown key "mutess"; write mutes';
    expect(run?.annotations).toMatchObject([{ path, start_line: 7, annotation_level: "failure", message }]);
    bot.repository.push({ branch, message: "As it should be", files: { [path]: `${releaseRules}mutes: []\n` } });
    await bot.settle();
    expect(checkRuns(bot, pull.headSha)).toMatchObject([{ name: "Signalbox: settings", conclusion: "success" }]);
    bot.repository.push({ branch, message: "As it was", files: { [path]: releaseRules } });
    await bot.settle();
    expect(checkRuns(bot, pull.headSha)).toEqual([]);
  });

  it("is made once, whatever GitHub answers", async () => {
    await using bot = await startWith(releaseRules);
    bot.github.faults.next("checks.create", { kind: "drop", after: true });
    const branch = "settings";
    bot.repository.commit({ branch, message: "Mute the flaky ones", files: { [path]: broken } });
    const pull = bot.repository.pull({ branch });
    await bot.settle();
    await later(bot, 2 * minute);
    expect(checkRuns(bot, pull.headSha)).toHaveLength(1);
    bot.log.take();
  });
});

describe("jobs that a file silences", () => {
  it("fail in silence until the date, and then the branch is told as new", async () => {
    await using bot = await startWith(null);
    const until = new Date(bot.clock.now() + 2 * day).toISOString().slice(0, 16);
    await push(bot, `mutes:\n  - { job: Sp*, until: "${until}Z", reason: flaky }`);
    red(bot, ["Specs"], buildOfBranch(bot.repository));
    await bot.settle();
    expect(bot.messages()).toBe(0);
    expect(await type(bot, ada, "status")).toContain("muted");
    const mutes = await type(bot, ada, "mutes");
    expect(mutes).toContain("`Sp*` in `acme/payments-api` · by `.github/signalbox.yml`, line 2");
    expect(await type(bot, ada, "unmute Specs")).toContain("only a change of that file can end");
    await later(bot, 2 * day + minute);
    expect(bot.read()).toContain("failed on `main`");
    expect(bot.read()).not.toContain("nobody is on it");
    await later(bot, 31 * minute);
    expect(bot.read()).toContain("nobody is on it");
  });

  it("never alert, and do not keep an alert audible", async () => {
    await using bot = await startWith("never_alert: ['Nightly *']");
    red(bot, ["Nightly load"], buildOfBranch(bot.repository));
    await bot.settle();
    expect(bot.messages()).toBe(0);
    red(bot, ["Nightly load", "Specs"], buildOfBranch(bot.repository));
    await bot.settle();
    expect(bot.messages()).toBe(1);
    expect(bot.read()).toContain("Specs");
  });
});

describe("the operator's file", () => {
  it("silences jobs as well, of any repository and without GitHub", async () => {
    await using bot = await startBot({
      redis,
      yml: "never_alert: ['Nightly *']\nmutes:\n  - { job: Lint, until: 2030-01-01, reason: x }",
    });
    bot.slack.addUser({ id: ada, name: "ada" });
    red(bot, ["Nightly load", "Lint"]);
    await bot.settle();
    expect(bot.messages()).toBe(0);
    expect(await type(bot, ada, "mutes")).toContain("`Nightly *` · by `signalbox.yml`, line 1, it never alerts");
    expect(await type(bot, ada, "why payments-api")).toContain("by `signalbox.yml`, line 3, until ");
  });
});

describe("owners by path", () => {
  it("are those of CODEOWNERS, when nobody answers and the policy names none", async () => {
    const settings = "reminders: { unacknowledged: [5m, 10m, 15m] }\nteams: { '@acme/money': S0MONEY, '@ada': U0ADA }";
    await using bot = await startWith(settings);
    bot.repository.push({ message: "Owners", files: { CODEOWNERS: "*.md @bob\n/src/ @acme/money @ada\n" } });
    bot.repository.push({ message: "Round up", files: { "src/round.ts": "1", "README.md": "2" } });
    red(bot, ["Specs"], buildOfBranch(bot.repository));
    await bot.settle();
    for (const _ of [1, 2, 3]) await later(bot, 6 * minute);
    expect(bot.read(channelId)).toContain("<!subteam^S0MONEY> <@U0ADA>");
  });
});
