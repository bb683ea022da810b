/** Somebody presses a button at a check of a pull request. */
import { describe, expect, it } from "vitest";
import { startBuildkite } from "../../sandbox/buildkite/index.ts";
import { apiToken, webhookToken } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
import { answers, breakPull, checkOf, reader, reruns } from "../harness/commenting.ts";
import { buildOf } from "../harness/github.ts";
import { useRedis } from "../harness/redis.ts";
import { red as breakBuild, green } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();

describe("the buttons of a check", () => {
  it("rerun the failed jobs, once, though five people press it twenty times", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    const people = ["ada", "grace", "cyd", "dan", "eve"];
    for (const login of people) bot.repository.permit(login, "write");
    const run = checkOf(red);
    for (let i = 0; i < 4; i += 1) for (const login of people) bot.github.as(login).press(run, "rerun");
    await bot.settle();
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 202"]);
    expect(answers(red)).toEqual([]);
  });

  it("mute the one job that failed, on every branch", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.github.as("grace").press(checkOf(red), "mute");
    await bot.settle();
    expect(await type(bot, reader, "mutes")).toMatchInlineSnapshot(`
      "*1 active mute*
      1. :no_bell: *Specs* on every branch of payments-api · by grace (GitHub), until 2026-09-21 14:02 UTC: from the check run on #1  [Unmute]"
    `);
  });

  it("do nothing for those who may not write", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.github.as("bob").press(checkOf(red), "rerun");
    bot.github.as("bob").press(checkOf(red), "mute");
    await bot.settle();
    expect(reruns(bot)).toEqual([]);
    expect(await type(bot, reader, "mutes")).toContain("Nothing is muted");
  });

  it("say once on the pull request what Buildkite refused, however often they are pressed", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.buildkite.faults.next("builds.retryFailedJobs", { kind: "error", error: "Not allowed" }, 3);
    for (const login of ["ada", "grace", "ada"]) bot.github.as(login).press(checkOf(red), "rerun");
    await bot.settle();
    expect(reruns(bot)).toHaveLength(3);
    expect(answers(red)).toHaveLength(1);
    expect(answers(red)[0]).toContain("Not allowed");
  });

  it("say what Buildkite refused as it was, though GitHub fails when it is told", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.buildkite.faults.next("builds.retryFailedJobs", { kind: "error", error: "Not allowed" });
    bot.github.faults.next("issues.createComment", { kind: "status", status: 503 });
    bot.github.as("ada").press(checkOf(red), "rerun");
    await bot.settle();
    bot.clock.advance(minute);
    await bot.settle();
    expect(reruns(bot)).toHaveLength(1);
    expect(answers(red)).toEqual([expect.stringContaining("Not allowed")]);
    bot.log.take();
  });

  it("do nothing to a build of another repository, or of another commit", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.buildkite.pipeline("vault", { name: "Vault", repository: "git@github.com:acme/vault.git" });
    breakBuild(bot, ["Specs"], { pipeline: "vault", ...buildOf(red.pull) });
    breakBuild(bot, ["Specs"], { pipeline: "payments-api" });
    await bot.settle();
    const run = checkOf(red);
    for (const other of ["acme-inc/vault/1", "acme-inc/payments-api/2"]) {
      run.externalId = other;
      bot.github.as("ada").press(run, "rerun");
      bot.github.as("ada").press(run, "mute");
    }
    await bot.settle();
    expect(reruns(bot)).toEqual([]);
    expect(await type(bot, reader, "mutes")).toContain("Nothing is muted");
    bot.read();
  });

  it("answer for each Buildkite organization, though its pipeline and its build are called the same", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    await using other = await startBuildkite({ clock: bot.clock, organization: "other-inc", token: apiToken });
    other.connect({ url: `${bot.app.url}/buildkite/webhooks`, token: webhookToken });
    other.pipeline("docs", { name: "Docs", repository: "git@github.com:acme/payments-api.git" });
    bot.buildkite.pipeline("docs", { name: "Docs", repository: "git@github.com:acme/payments-api.git" });
    const builds = [bot.buildkite, other].map((buildkite) => buildkite.build("docs", buildOf(red.pull)));
    for (const build of builds) build.job("Specs").fail();
    for (const build of builds) build.finish();
    await other.deliver();
    await bot.settle();
    bot.buildkite.faults.next("*", { kind: "error", error: "Not allowed" }, 2);
    const runs = bot.repository.checks.of(red.pull.headSha).filter(({ externalId }) => externalId.includes("/docs/"));
    for (const run of runs) bot.github.as("ada").press(run, "rerun");
    await bot.settle();
    expect(answers(red)).toHaveLength(2);
    bot.buildkite.faults.clear();
    reruns(bot);
  });
});

describe("GitHub's own Re-run", () => {
  it("reruns what failed", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.github.as("ada").rerequest(checkOf(red));
    await bot.settle();
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 202"]);
  });

  it("builds again what had passed", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.clock.advance(minute);
    green(bot, buildOf(red.pull));
    await bot.settle();
    bot.github.as("ada").rerequest(checkOf(red));
    bot.github.as("grace").rerequest(checkOf(red));
    await bot.settle();
    expect(reruns(bot)).toEqual(["builds.rebuild 200"]);
  });

  it("of all checks reruns the builds that failed", async () => {
    const red = await breakPull({ redis });
    await using bot = red.bot;
    bot.buildkite.pipeline("docs", { name: "Docs", repository: "git@github.com:acme/payments-api.git" });
    green(bot, { pipeline: "docs", ...buildOf(red.pull) });
    await bot.settle();
    bot.github.as("ada").rerequestAll(red.pull);
    await bot.settle();
    expect(reruns(bot)).toEqual(["builds.retryFailedJobs 202"]);
  });
});
