/**
 * The story that the sandbox plays: main breaks, stays broken, has a flake, gets fixed, and breaks for a moment again; and
 * a pull request that was only unlucky.
 */
import { actionIds } from "../src/slack/action-ids.ts";
import type { Build } from "./buildkite/build.ts";
import { alerts, type Name, pipelineName, repositoryName } from "./cast.ts";
import { buildOf, buildOfBranch } from "./checkout.ts";
import type { Stage } from "./stage.ts";

const shardTwo = { parallel: { index: 1, total: 4 } } as const;
const shardThree = { parallel: { index: 2, total: 4 } } as const;

const specsLog = [
  "~~~ Running commands",
  "$ bin/rspec-shard",
  "+++ Failures",
  "  1) Money#round rounds half-even",
  "     expected: 0.12",
  "          got: 0.13",
  "     # ./spec/money_spec.rb:41",
  "",
  "214 examples, 1 failure",
  "🚨 Error: The command exited with status 1",
].join("\n");
const browserLog = '+++ Failures\nTimeoutError: waiting for selector "#pay" failed';

export async function playStory(stage: Stage): Promise<void> {
  await beforehand(stage);
  await mainBreaks(stage);
  await mainIsFixed(stage);
  await mainBreaksAgain(stage);
  await pullRequestFails(stage);
}

/** Somebody opens and merges a pull request. */
export function land({ repository }: Pick<Stage, "repository">, author: Name, title: string, number?: number): void {
  const pull = repository.pull({ author, title, ...(number !== undefined && { number }) });
  repository.mergePull(pull, { method: "squash" });
}

/** Of what main is now. */
export function buildMain({ buildkite, repository }: Pick<Stage, "buildkite" | "repository">): Build {
  return buildkite.build(pipelineName, buildOfBranch(repository));
}

/** The last green build: what came after it may have broken main. */
async function beforehand(stage: Stage): Promise<void> {
  const { buildkite, pass, settle } = stage;
  const repository = `git@github.com:${repositoryName}.git`;
  buildkite.pipeline(pipelineName, { name: "Payments API", repository, firstBuild: 1041 });
  const green = buildMain(stage);
  green.job(":rspec: Specs").pass();
  green.finish();
  await settle();
  pass(30);
}

async function mainBreaks(stage: Stage): Promise<void> {
  const { person, pass, show } = stage;
  land(stage, "ada", "Round amounts half-even", 512);
  const first = buildMain(stage);
  pass(2);
  first.job(":ruby: Lint").pass();
  const second = first.job(":rspec: Specs", shardTwo);
  const third = first.job(":rspec: Specs", shardThree).start();
  pass(1);
  second.fail({ exitStatus: 1, log: specsLog });
  await show("Ada merges #512. Three minutes later a shard of the specs fails: the alert names the likely cause.");

  pass(4);
  third.pass();
  first.finish();
  await person("ada").click(alerts, actionIds.acknowledge);
  await show("The build ends, and Ada clicks Acknowledge. The same message now says both.");

  pass(12);
  land(stage, "grace", "Cache exchange rates", 514);
  const next = buildMain(stage);
  pass(3);
  next.job(":ruby: Lint").fail({ exitStatus: 2 });
  next.job(":rspec: Specs", shardTwo).fail({ exitStatus: 1, log: specsLog });
  pass(3);
  next.finish();
  await show("Grace merges #514 on top. Main breaks further: one message, one more line in its thread.");
}

async function mainIsFixed(stage: Stage): Promise<void> {
  const { pass, show } = stage;
  pass(9);
  land(stage, "ada", "Fix rounding and lint", 515);
  const fix = buildMain(stage);
  pass(3);
  fix.job(":ruby: Lint").pass();
  const flaky = fix.job(":rspec: Specs", shardTwo).fail({ exitStatus: -1, retryable: true });
  flaky.retry({ type: "automatic" }).pass();
  pass(4);
  fix.finish();
  await show("Ada's fix. A shard loses its agent, is retried and passes: nobody is pinged, and main is green.");
}

async function mainBreaksAgain(stage: Stage): Promise<void> {
  const { person, pass, show } = stage;
  pass(50);
  land(stage, "grace", "Retry webhooks for a day", 516);
  land(stage, "barbara", "Tune the connection pool", 517);
  const slip = buildMain(stage);
  pass(5);
  const browser = slip.job(":chrome: Browser tests").fail({ exitStatus: 1, log: browserLog });
  slip.finish();
  await show("Within two hours #516 and #517 break main again: the same message reopens, and names both suspects.");

  pass(2);
  await person("barbara").click(alerts, actionIds.rerun);
  await show("Barbara clicks Rerun failed jobs.");

  pass(4);
  browser.retriedIn?.job.pass();
  slip.finish();
  await show("This time the job passes. The message turns green, and notes that the job may be flaky.");
}

async function pullRequestFails({ buildkite, github, repository, pass, showPull }: Stage): Promise<void> {
  pass(20);
  const pull = repository.pull({ author: "grace", title: "Show fees before paying", number: 518 });
  const build = buildkite.build(pipelineName, buildOf(pull));
  pass(5);
  build.job(":rspec: Specs", shardTwo).pass();
  const browser = build.job(":chrome: Browser tests").fail({ exitStatus: 1, log: browserLog });
  build.finish();
  await showPull(
    "Grace opens #518, and its build fails. GitHub shows it, Slack does not: one check and one comment.",
    pull,
  );

  pass(1);
  github.as("grace").comment(pull, "That is the flake again.\n/signalbox rerun");
  await showPull("Grace has seen that before, and comments. The thumb is the answer: the job runs again.", pull);

  pass(4);
  browser.retriedIn?.job.pass();
  build.finish();
  await showPull("It passes. The check turns green, and what is left of the comment is one line.", pull);
}
