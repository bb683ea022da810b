/** Builds of one size that are alike, each with running jobs that are yet to fail. */
import type { Buildkite } from "../sandbox/buildkite/index.ts";
import type { Delivery } from "../sandbox/buildkite/webhooks.ts";
import { Pipeline } from "../src/domain/ids.ts";
import { createKeys } from "../src/state/keys.ts";
import type { PreparedRequest } from "./connection.ts";
import { sign } from "./deliveries.ts";
import { closedLoop } from "./load.ts";
import { organization } from "./redis.ts";
import type { Server } from "./server.ts";
import type { World } from "./world.ts";

export interface Family {
  readonly jobs: number;
  readonly builds: number;
  /** One job of each build fails, another one each time. */
  nextFailures(): PreparedRequest[];
}

export interface FamilyOptions {
  readonly world: World;
  readonly server: Server;
  readonly buildkite: Buildkite;
  readonly keyPrefix: string;
  /** In each build, those that are yet to fail among them. */
  readonly jobs: number;
  readonly builds: number;
  /** How many jobs of each build are yet to fail. */
  readonly running: number;
}

const failedBefore = 2;
const connections = 4;
/** A number that occurs nowhere else in a body, so that a body of one build can be made that of another. */
const firstBuild = 900_001;

/** Records a failing build with all its jobs through the front door, and copies it in Redis: the others are as large. */
export async function raiseFamily(options: FamilyOptions): Promise<Family> {
  const { server, buildkite, jobs, builds } = options;
  const pipeline = `size-${jobs}`;
  buildkite.pipeline(pipeline, { firstBuild });
  // Of a branch without an alert: what an alert costs has nothing to do with the size of the build.
  const build = buildkite.build(pipeline, { branch: "change-1" });
  const running = Array.from({ length: options.running }, (_, i) => build.job(`Last ${i + 1}`).start());
  for (let i = running.length; i < jobs; i += 1) {
    const job = build.job(`Part ${i + 1}`);
    if (i < running.length + failedBefore) job.fail({ exitStatus: 1 });
    else job.pass();
  }
  await closedLoop(server.url, inLanes(sign(buildkite, buildkite.take())));
  await server.ask("drain");
  for (let i = 1; i < builds; i += 1) await copyBuild(options, Pipeline.parse(pipeline), firstBuild + i);

  // A build that fails already is evaluated anew when another job fails, not when one passes.
  for (const job of running) job.fail({ exitStatus: 1 });
  const failures = buildkite.take().filter(({ event }) => event === "job.finished");
  return {
    jobs,
    builds,
    nextFailures() {
      const failure = failures.shift();
      if (failure === undefined) throw new Error("Cannot measure: no job is left to fail");
      const numbers = Array.from({ length: builds }, (_, i) => firstBuild + i);
      return sign(
        buildkite,
        numbers.map((number) => asOfBuild(failure, number)),
      );
    },
  };
}

export function inLanes<T>(items: readonly T[]): T[][] {
  const lanes: T[][] = Array.from({ length: connections }, () => []);
  for (const [i, item] of items.entries()) lanes[i % connections]?.push(item);
  return lanes;
}

function asOfBuild(delivery: Delivery, number: number): Delivery {
  const body = delivery.body.replaceAll(String(firstBuild), String(number));
  return { ...delivery, body, render: () => body };
}

async function copyBuild({ world, keyPrefix }: FamilyOptions, pipeline: Pipeline, number: number): Promise<void> {
  const { build } = createKeys(keyPrefix);
  const [from, to] = [firstBuild, number].map((of) =>
    Object.values({ ...build({ organization, pipeline, number: of }) }),
  );
  for (const [i, key] of from?.entries() ?? []) await world.redis.copy(key, to?.[i] ?? key);
}
