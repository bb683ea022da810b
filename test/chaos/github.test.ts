/**
 * Processes die at any instant while pull requests turn red, and GitHub is hostile: each has one check run and one comment
 * in the end. Real processes, a real clock, no sweep, and no locks, which would hide that they are not needed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { startBuildkite } from "../../sandbox/buildkite/index.ts";
import { startGithub } from "../../sandbox/github/index.ts";
import { startSlack } from "../../sandbox/slack/index.ts";
import { systemClock } from "../../src/clock.ts";
import { again, effort } from "../harness/effort.ts";
import { appId, buildOf, privateKey, repositoryName, settingsFor } from "../harness/github.ts";
import { startRedis } from "../harness/redis.ts";
import { Fleet, sendUntilStored } from "./fleet.ts";

const webhookToken = "chaos-webhook-token";
const pulls = 6;
const kills = effort(6, 1);
const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const hostile = { failBefore: 0.1, failAfter: 0.15, hangAfter: 0.05, dropAfter: 0.1 };
const writes = ["checks.create", "checks.update", "issues.createComment", "issues.updateComment"];

it(`a process is killed while pull requests turn red (seed ${seed})`, { timeout: 60_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), "signalbox-chaos-"));
  const redis = await startRedis(dir, { persist: true });
  const slack = await startSlack({ clock: systemClock, channels: [{ id: "C0ALERTS", name: "ci-alerts" }] });
  const buildkite = await startBuildkite({ clock: systemClock, token: "unused" });
  buildkite.pipeline("payments-api", { repository: `git@github.com:${repositoryName}.git` });
  await using github = await startGithub({ clock: systemClock, appId, key: privateKey });
  const repository = github.repository(repositoryName);
  repository.commit();
  github.install("acme");
  github.faults.random({ seed, rates: hostile, only: writes });
  const env = {
    HOST: "127.0.0.1",
    PORT: "0",
    BUILDKITE_WEBHOOK_TOKEN: webhookToken,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_SIGNING_SECRET: "unused",
    SLACK_API_URL: slack.url,
    SLACK_CHANNEL: "C0ALERTS",
    ...settingsFor(github),
  };
  const fleet = new Fleet({ env, redisUrl: redis.url, locks: false, callTimeoutMs: 500 });
  try {
    await fleet.start();
    buildkite.connect({ url: "http://127.0.0.1:9", token: webhookToken });
    const opened = Array.from({ length: pulls }, () => repository.pull());
    for (const pull of opened) {
      const build = buildkite.build("payments-api", buildOf(pull)).start();
      build.job("Lint").pass();
      build.job("Specs").fail();
      build.finish();
    }
    const sending = sendUntilStored(buildkite, fleet, buildkite.take());
    for (const wait of fc.sample(fc.integer({ min: 20, max: 300 }), { seed, numRuns: kills })) {
      await pause(wait);
      await fleet.crashOne();
    }
    await sending;
    const told = () =>
      opened.map((pull) => ({
        checks: repository.checks.of(pull.headSha).map(({ conclusion, title }) => `${conclusion}: ${title}`),
        comments: repository.comments.of(pull).map(({ body }) => /\*\*The build .* failed\*\*/.test(body)),
      }));
    const wanted = opened.map(() => ({ checks: ["failure: 1 of 2 jobs failed"], comments: [true] }));
    // Bounded; ends as soon as everything is told.
    for (let tries = 0; tries < 800 && JSON.stringify(told()) !== JSON.stringify(wanted); tries += 1) await pause(50);
    expect(told(), again(seed)).toEqual(wanted);
  } finally {
    await fleet[Symbol.asyncDispose]();
    await slack.stop();
    await buildkite.stop();
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  }
});
