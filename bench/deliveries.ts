/** The webhooks that are sent, made beforehand by the stand-in for Buildkite. None repeats what another has said. */
import type { Buildkite } from "../sandbox/buildkite/index.ts";
import type { Delivery } from "../sandbox/buildkite/webhooks.ts";
import { type PreparedRequest, prepare } from "./connection.ts";

export const webhookToken = "bench-webhook-token";

/** `build.failing` says nothing that the `job.finished` before it has not said. */
const newsOnly = ["build.scheduled", "build.running", "build.finished", "job.scheduled", "job.started", "job.finished"];

export function subscribe(buildkite: Buildkite, events: readonly string[] = newsOnly): void {
  buildkite.connect({ url: "http://127.0.0.1:9", token: webhookToken, events });
}

const jobsPerBuild = 20;
const agents = 4;

/** A build of 20 jobs from its beginning to its end: 63 webhooks. An early job fails, so most of them are evaluated. */
export function wholeBuild(buildkite: Buildkite, pipeline: string, branch: string): Delivery[] {
  const build = buildkite.build(pipeline, { branch });
  const jobs = Array.from({ length: jobsPerBuild }, (_, i) => build.job(`Part ${i + 1}`).schedule());
  for (const [i, job] of jobs.entries()) {
    job.start();
    if (i >= agents) end(jobs[i - agents], i - agents);
  }
  for (let i = jobsPerBuild - agents; i < jobsPerBuild; i += 1) end(jobs[i], i);
  build.finish();
  return buildkite.take();

  function end(job: (typeof jobs)[number] | undefined, index: number): void {
    if (index === 6) job?.fail({ exitStatus: 1 });
    else job?.pass();
  }
}

/** The one webhook by which a build of that branch turns red, and nothing else of it. */
export function firstFailure(buildkite: Buildkite, pipeline: string, branch: string): Delivery {
  const build = buildkite.build(pipeline, { branch });
  build.job("Lint").start();
  build.job("Specs").fail({ exitStatus: 1 });
  const failure = buildkite.take().findLast(({ event }) => event === "job.finished");
  if (failure === undefined) throw new Error("Cannot make deliveries: a job failed without a webhook");
  return failure;
}

/** Signed for this moment: a signature is good for five minutes. */
export function sign(buildkite: Buildkite, deliveries: readonly Delivery[]): PreparedRequest[] {
  return deliveries.map((delivery) => {
    return prepare("/buildkite/webhooks", buildkite.headers(delivery), Buffer.from(delivery.body));
  });
}
