/** What GitHub is told of builds: one check run for each pipeline of a commit, and one comment on a pull request. */
import { describe, expect, it } from "vitest";
import { apiToken } from "../harness/bot.ts";
import { hour, minute, second } from "../harness/clock.ts";
import { askedGithub, buildOf, buildOfBranch, startGithubBot } from "../harness/github.ts";
import { useRedis } from "../harness/redis.ts";
import { checkRuns, checks, headlines, reports } from "../harness/reporting.ts";
import { green, later, red, send } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();
const withToken = { redis, env: { BUILDKITE_API_TOKEN: apiToken } };

describe("a build of a pull request", () => {
  it("is told as it goes, in one check run and one comment", async () => {
    await using bot = await startGithubBot({ redis });
    const pull = bot.repository.pull();
    const build = bot.buildkite.build("payments-api", buildOf(pull));
    await bot.settle();
    expect(checks(bot, pull.headSha)).toEqual(["payments-api queued: Scheduled (#1)"]);
    build.start();
    await bot.settle();
    expect(checks(bot, pull.headSha)).toEqual(["payments-api in_progress: Running (#1)"]);
    const lint = build.job("Lint").start();
    build.job("Specs").fail();
    await bot.settle();
    expect(checks(bot, pull.headSha)).toEqual(["payments-api in_progress: Failing: 1 job failed so far (#1)"]);
    expect(headlines(bot, pull)).toEqual([`:x: **The build of ${pull.headSha.slice(0, 7)} is failing**`]);
    lint.pass();
    build.finish();
    await bot.settle();
    expect(checks(bot, pull.headSha)).toEqual(["payments-api failure: 1 of 2 jobs failed (#1)"]);
    expect(headlines(bot, pull)).toEqual([`:x: **The build of ${pull.headSha.slice(0, 7)} failed**`]);
  });

  it("that turns green again leaves one line, and what had failed behind it", async () => {
    await using bot = await startGithubBot({ redis });
    const pull = bot.repository.pull();
    const first = pull.headSha;
    red(bot, ["Specs"], buildOf(pull));
    await bot.settle();
    bot.repository.push({ branch: pull.headBranch, message: "Round again" });
    await bot.settle();
    expect(headlines(bot, pull)).toEqual([`:x: **The build of ${first.slice(0, 7)} failed**`]);
    const build = bot.buildkite.build("payments-api", buildOf(pull)).start();
    await bot.settle();
    expect(headlines(bot, pull)).toEqual([
      `:hourglass_flowing_sand: Builds of ${pull.headSha.slice(0, 7)} are running`,
    ]);
    build.job("Specs").pass();
    build.finish();
    await bot.settle();
    expect(headlines(bot, pull)).toEqual([`:white_check_mark: All builds of ${pull.headSha.slice(0, 7)} passed`]);
    expect(reports(bot, pull)[0]).toContain(`builds/1) of ${first.slice(0, 7)}: Specs`);
    expect(checks(bot, first)).toEqual(["payments-api failure: 1 of 1 job failed (#1)"]);
    expect(checks(bot, pull.headSha)).toEqual(["payments-api success: Passed (#2)"]);
    bot.read();
  });

  it("that is green from the beginning gets no comment", async () => {
    await using bot = await startGithubBot({ redis });
    const pull = bot.repository.pull();
    green(bot, buildOf(pull));
    await bot.settle();
    expect(checks(bot, pull.headSha)).toEqual(["payments-api success: Passed (#1)"]);
    expect(reports(bot, pull)).toEqual([]);
    expect(bot.github.calls("issues.listComments")).toBe(0);
  });

  it("that Buildkite does not know as one is found by its commit", async () => {
    await using bot = await startGithubBot({ redis });
    const pull = bot.repository.pull();
    const { pullRequest: _, ...unknown } = buildOf(pull);
    red(bot, ["Specs"], unknown);
    await bot.settle();
    expect(headlines(bot, pull)).toHaveLength(1);
  });

  it("that is opened when its branch is red already is commented on", async () => {
    await using bot = await startGithubBot({ redis });
    bot.repository.push({ branch: "round" });
    red(bot, ["Specs"], buildOfBranch(bot.repository, "round"));
    await bot.settle();
    const pull = bot.repository.pull({ branch: "round" });
    await bot.settle();
    expect(headlines(bot, pull)).toHaveLength(1);
    expect(checks(bot, pull.headSha)).toHaveLength(1);
  });

  it("is told beside those of other pipelines", async () => {
    await using bot = await startGithubBot({ redis });
    bot.buildkite.pipeline("docs", { repository: "https://github.com/Acme/Payments-API" });
    const pull = bot.repository.pull();
    red(bot, ["Specs"], buildOf(pull));
    green(bot, { pipeline: "docs", ...buildOf(pull) });
    await bot.settle();
    expect(checks(bot, pull.headSha).sort()).toEqual([
      "docs success: Passed (#1)",
      "payments-api failure: 1 of 1 job failed (#1)",
    ]);
    expect(headlines(bot, pull)).toEqual([`:x: **1 of 2 builds of ${pull.headSha.slice(0, 7)} failed**`]);
  });
});

describe("several builds of one commit", () => {
  it("have one check run, in which the newest speaks", async () => {
    await using bot = await startGithubBot({ redis });
    const pull = bot.repository.pull();
    const first = red(bot, ["Specs"], buildOf(pull));
    await bot.settle();
    const again = first.rebuild();
    await bot.settle();
    expect(checks(bot, pull.headSha)).toEqual(["payments-api queued: Scheduled (#2)"]);
    again.start();
    again.job("Specs").pass();
    again.finish();
    await bot.settle();
    expect(checks(bot, pull.headSha)).toEqual(["payments-api success: Passed (#2)"]);
    expect(headlines(bot, pull)).toEqual([`:white_check_mark: All builds of ${pull.headSha.slice(0, 7)} passed`]);
  });

  it("whose older one ends last say what the newest said", async () => {
    await using bot = await startGithubBot({ redis });
    const pull = bot.repository.pull();
    const old = bot.buildkite.build("payments-api", buildOf(pull)).start();
    await bot.settle();
    green(bot, buildOf(pull));
    await bot.settle();
    old.job("Specs").fail();
    old.finish();
    await bot.settle();
    expect(checks(bot, pull.headSha)).toEqual(["payments-api success: Passed (#2)"]);
    expect(reports(bot, pull)).toEqual([]);
  });

  it("get another check run where GitHub does not let the first one go on", async () => {
    await using bot = await startGithubBot({ redis });
    const pull = bot.repository.pull();
    const first = red(bot, ["Specs"], buildOf(pull));
    await bot.settle();
    const [run] = checkRuns(bot, pull.headSha);
    const stuck = { id: run?.id, status: "completed", conclusion: "failure" };
    bot.github.faults.next("checks.update", { kind: "status", status: 200, body: stuck });
    first.rebuild();
    await bot.settle();
    expect(checks(bot, pull.headSha)).toEqual([
      "payments-api failure: 1 of 1 job failed (#1)",
      "payments-api queued: Scheduled (#2)",
    ]);
    await later(bot, minute);
    expect(askedGithub(bot).filter((call) => call.startsWith("checks."))).toHaveLength(3);
  });
});

it("a build without a pull request has a check run on its commit", async () => {
  await using bot = await startGithubBot({ redis });
  green(bot, buildOfBranch(bot.repository));
  await bot.settle();
  expect(checks(bot, bot.repository.tip("main"))).toEqual(["payments-api success: Passed (#1)"]);
});

it.each([
  ["of another host", "git@gitlab.com:acme/payments-api.git"],
  ["of no repository that GitHub can have", "https://github.com/acme"],
])("a pipeline %s is not told to GitHub", async (_, repository) => {
  await using bot = await startGithubBot({ redis });
  bot.buildkite.pipeline("docs", { repository });
  green(bot, { pipeline: "docs" });
  await bot.settle();
  expect(askedGithub(bot).filter((call) => call.startsWith("checks."))).toEqual([]);
});

it("a pipeline with many jobs that fail one after the other is not told each time", async () => {
  await using bot = await startGithubBot({ redis });
  const pull = bot.repository.pull();
  const build = bot.buildkite.build("payments-api", buildOf(pull)).start();
  const last = build.job("Last").start();
  for (let i = 1; i <= 5; i += 1) {
    build.job(`Job ${i}`).fail();
    bot.clock.advance(second);
    await bot.settle();
  }
  expect(checks(bot, pull.headSha)).toEqual(["payments-api in_progress: Failing: 1 job failed so far (#1)"]);
  await later(bot, 10 * second);
  expect(checks(bot, pull.headSha)).toEqual(["payments-api in_progress: Failing: 5 jobs failed so far (#1)"]);
  expect(reports(bot, pull)[0]).toContain("5 of 6 jobs so far");
  last.pass();
  build.finish();
  await bot.settle();
  expect(checks(bot, pull.headSha)).toEqual(["payments-api failure: 5 of 6 jobs failed (#1)"]);
  expect(checkRuns(bot, pull.headSha)[0]?.updates).toBe(2);
});

describe("the log of a failed job", () => {
  const log = [
    "+++ Failures",
    "  1) rounds half-even @everyone <img src=x>",
    "DATABASE_PASSWORD=correct-horse-battery",
    "rspec ./spec/round_spec.rb:12 # rounds half-even",
  ].join("\n");

  it("is quoted, and names its places in the code once", async () => {
    await using bot = await startGithubBot({ ...withToken, visibility: "private" });
    const pull = bot.repository.pull();
    const build = bot.buildkite.build("payments-api", buildOf(pull)).start();
    build.job("Specs").fail({ log });
    build.job("Lint").fail({ log: "2 offenses" });
    build.finish();
    const deliveries = bot.buildkite.take();
    const late = deliveries.filter(({ event, body }) => event.startsWith("job.") && body.includes('"Lint"'));
    await send(
      bot,
      deliveries.filter((delivery) => !late.includes(delivery)),
    );
    const [run] = checkRuns(bot, pull.headSha);
    expect(run?.text).toContain("```text\n  1) rounds half-even @everyone <img src=x>\nDATABASE_PASSWORD=*****\n");
    expect(reports(bot, pull)[0]).toContain("<summary>Last lines of Specs</summary>");
    expect(run?.actions.map(({ identifier }) => identifier)).toEqual(["rerun", "mute"]);
    // GitHub would add what it is sent once more.
    await send(bot, late);
    expect(checks(bot, pull.headSha)).toEqual(["payments-api failure: 2 of 2 jobs failed (#1)"]);
    expect(run?.annotations.map(({ path, start_line, message }) => [path, start_line, message])).toEqual([
      ["spec/round_spec.rb", 12, "rounds half-even"],
    ]);
    expect(JSON.stringify(bot.log.lines)).not.toContain("correct-horse");
  });

  it("comes later when Buildkite cannot be asked now, and the rest is told at once", async () => {
    await using bot = await startGithubBot({ ...withToken, visibility: "private" });
    bot.buildkite.faults.next("jobs.log", { kind: "rateLimited", retryAfterSeconds: 30 });
    const pull = bot.repository.pull();
    const build = bot.buildkite.build("payments-api", buildOf(pull)).start();
    build.job("Specs").fail({ log });
    build.finish();
    await bot.settle();
    expect(checks(bot, pull.headSha)).toEqual(["payments-api failure: 1 of 1 job failed (#1)"]);
    expect(checkRuns(bot, pull.headSha)[0]?.text).not.toContain("rounds half-even");
    await later(bot, minute);
    expect(checkRuns(bot, pull.headSha)[0]?.text).toContain("rounds half-even");
    expect(reports(bot, pull)[0]).toContain("rounds half-even");
  });
});

it("a job that was retried in vain is told with its attempts, one that passed on retry as flaky", async () => {
  await using bot = await startGithubBot({ redis });
  const pull = bot.repository.pull();
  const build = bot.buildkite.build("payments-api", buildOf(pull)).start();
  build.job("Specs").fail({ retryable: true }).retry({ type: "automatic" }).fail();
  build.job("E2E").fail({ retryable: true }).retry({ type: "automatic" }).pass();
  build.finish();
  await bot.settle();
  const [run] = checkRuns(bot, pull.headSha);
  expect(run?.summary).toContain("exit 1 · 2 attempts");
  expect(run?.summary).toContain("Passed only on retry: E2E");
});

it("a mute is told, and its end", async () => {
  await using bot = await startGithubBot({ redis });
  const pull = bot.repository.pull();
  red(bot, ["Specs"], buildOf(pull));
  await bot.settle();
  const [run] = checkRuns(bot, pull.headSha);
  if (run === undefined) throw new Error("Cannot find the check run");
  bot.github.as("ada").press(run, "mute");
  await bot.settle();
  expect(run.summary).toContain("muted by ada until 2026-09-21 14:02 UTC");
  expect(run.conclusion).toBe("failure");
  expect(reports(bot, pull)[0]).toContain("muted by ada until");
  await later(bot, 5 * hour);
  expect(run.summary).not.toContain("muted");
});

describe("a pull request that is closed", () => {
  it("has its comment kept true", async () => {
    await using bot = await startGithubBot({ redis });
    const pull = bot.repository.pull();
    red(bot, ["Specs"], buildOf(pull));
    await bot.settle();
    bot.github.as("ada").close(pull);
    green(bot, buildOf(pull));
    await bot.settle();
    expect(headlines(bot, pull)).toEqual([`:white_check_mark: All builds of ${pull.headSha.slice(0, 7)} passed`]);
  });

  it("gets no comment any more", async () => {
    await using bot = await startGithubBot({ redis });
    const pull = bot.repository.pull();
    bot.github.as("ada").close(pull);
    red(bot, ["Specs"], buildOf(pull));
    await bot.settle();
    expect(reports(bot, pull)).toEqual([]);
  });
});

describe("who opened a pull request that turns red", () => {
  it("is told directly when they want it so, once for each commit", async () => {
    await using bot = await startGithubBot({ redis });
    bot.slack.addUser({ id: "U0ADA", name: "ada" });
    await type(bot, "U0ADA", "link ada");
    await type(bot, "U0ADA", "notify dm");
    const pull = bot.repository.pull({ title: "Round <!channel> *amounts*" });
    const first = red(bot, ["Specs", "Lint"], buildOf(pull));
    await bot.settle();
    expect(bot.read("dm-ada")).toMatchInlineSnapshot(`
      ":red_circle: Your pull request #1 Round <!channel> ∗amounts∗ is red.
      • Payments API #1: Specs, Lint
      [Open the pull request]"
    `);
    first.rebuild().start().job("Specs").fail();
    await bot.settle();
    expect(bot.messages("dm-ada")).toBe(1);
    bot.repository.push({ branch: pull.headBranch });
    red(bot, ["Specs"], buildOf(pull));
    await bot.settle();
    expect(bot.messages("dm-ada")).toBe(2);
    bot.read("dm-ada");
  });

  it("is not told directly when they did not ask for it, nor when it is a bot", async () => {
    await using bot = await startGithubBot({ redis });
    bot.slack.addUser({ id: "U0ADA", name: "ada" });
    await type(bot, "U0ADA", "link ada");
    red(bot, ["Specs"], buildOf(bot.repository.pull()));
    bot.github.account("renovate[bot]", { type: "Bot" });
    red(bot, ["Specs"], buildOf(bot.repository.pull({ author: "renovate[bot]" })));
    await bot.settle();
    expect(bot.slack.as("U0ADA").directMessages()).toEqual([]);
  });
});
