/** The life of one alert, from red to green, with the moments that are worth a picture. */
import type { Build } from "../../sandbox/buildkite/build.ts";
import type { CommandJob } from "../../sandbox/buildkite/command-job.ts";
import type { Buildkite } from "../../sandbox/buildkite/index.ts";
import { cast, pipelineName, repositoryName } from "../../sandbox/cast.ts";
import type { Repository } from "../../sandbox/github/repository.ts";
import type { SlackStandIn } from "../../sandbox/slack/index.ts";
import { buildMain, land } from "../../sandbox/story.ts";
import { actionIds, callbackIds } from "../../src/slack/action-ids.ts";
import { muteFields } from "../../src/slack/messages/mute-fields.ts";

export interface Stage {
  readonly buildkite: Buildkite;
  readonly slack: SlackStandIn;
  readonly repository: Repository;
  readonly channel: string;
  pass(minutes: number): void;
  /** Lets the bot do all there is to do. */
  settle(): Promise<void>;
  /** Takes a picture of the channel's newest message, which has to show these words. */
  picture(name: string, words: string): Promise<void>;
  /** Takes a picture of the replies to it. */
  thread(name: string): Promise<void>;
}

const shards = 4;

export async function playStory(stage: Stage): Promise<void> {
  const { buildkite, slack, channel } = stage;
  const repository = `git@github.com:${repositoryName}.git`;
  buildkite.pipeline(pipelineName, { name: "Payments API", repository, firstBuild: 1040 });

  for (const number of [508, 509]) await greenAfterRetry(stage, number);

  land(stage, "ada", "Round amounts half-even", 512);
  const first = buildMain(stage);
  stage.pass(6);
  runJobs(first, { brokenShard: 2, browser: "passes" });
  await finish(stage, first);

  stage.pass(9);
  land(stage, "grace", "Cache exchange rates", 514);
  const second = buildMain(stage);
  stage.pass(7);
  runJobs(second, { brokenShard: 2, browser: "fails" });
  await finish(stage, second);
  await stage.picture("failing", "[Acknowledge]");

  stage.pass(3);
  await slack.as(cast.ada.id).click(channel, actionIds.acknowledge);
  await stage.settle();
  await stage.picture("acknowledged", "*ada* is on it");

  stage.pass(2);
  await slack.as(cast.grace.id).click(channel, actionIds.rerun);
  await stage.settle();
  await stage.picture("rerunning", "Rerun by *grace* is running");

  stage.pass(6);
  for (const job of retried(second)) {
    if (job.name === "Browser tests") job.pass();
    else job.fail({ exitStatus: 1, log: specsLog });
  }
  await finish(stage, second);
  stage.pass(2);
  await slack.as(cast.ada.id).click(channel, actionIds.mute);
  await stage.settle();
  await slack.as(cast.ada.id).submit(callbackIds.mute, {
    [muteFields.until]: "4h",
    [muteFields.reason]: "the fix is in review: #515",
  });
  await stage.settle();
  await stage.picture("muted", "Muted by *ada*");

  stage.pass(20);
  land(stage, "ada", "Round only at the end", 515);
  const fix = buildMain(stage);
  stage.pass(8);
  runJobs(fix, { brokenShard: null, browser: "passes" });
  await finish(stage, fix);
  await stage.picture("fixed", "is green again");
  await stage.thread("thread");
}

/** What the job's record of flakes comes from. */
async function greenAfterRetry(stage: Stage, number: number): Promise<void> {
  land(stage, "grace", "Upgrade dependencies", number);
  const build = buildMain(stage);
  stage.pass(4);
  build.job("Browser tests").fail({ exitStatus: 1, retryable: true }).retry({ type: "automatic" }).pass();
  await finish(stage, build);
  stage.pass(15);
}

interface Outcome {
  readonly brokenShard: number | null;
  readonly browser: "passes" | "fails";
}

function runJobs(build: Build, { brokenShard, browser }: Outcome): void {
  for (const name of ["Lint", "Types", "Container image", "Licences"]) build.job(name).pass();
  for (let index = 0; index < shards; index += 1) {
    const job = build.job("Specs", { command: "bin/rspec-shard", parallel: { index, total: shards } });
    if (index + 1 === brokenShard) job.fail({ exitStatus: 1, log: specsLog });
    else job.pass();
  }
  const last = build.job("Browser tests");
  if (browser === "fails") last.fail({ exitStatus: 1, log: "TimeoutError: waiting for #pay failed" });
  else last.pass();
}

const specsLog = [
  "+++ Failures",
  "  1) Money#round rounds half-even",
  "     expected: 0.12",
  "          got: 0.13",
  "     # ./spec/money_spec.rb:41",
].join("\n");

/** The attempts that a rerun has made. */
function retried(build: Build): CommandJob[] {
  return build.jobs.filter((job) => job.type === "script").filter((job) => job.state === "scheduled");
}

async function finish(stage: Stage, build: Build): Promise<void> {
  build.finish();
  await stage.settle();
}
