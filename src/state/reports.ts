/** Which builds a commit of a repository has: the newest one of each pipeline speaks for it. */
import type { Redis } from "ioredis";
import type { BuildRef } from "../domain/ids.ts";
import { Organization, Pipeline } from "../domain/ids.ts";
import type { RepositoryRef } from "../domain/pull.ts";
import { type Keys, ttl } from "./keys.ts";
import type { Scripts } from "./scripts.ts";
import { transact } from "./transaction.ts";

export interface Reports {
  /** @returns whether it is the newest of its pipeline. Adding the same again changes nothing. */
  add(repository: RepositoryRef, commit: string, build: BuildRef): Promise<boolean>;
  /** The newest of each pipeline, by name. */
  ofCommit(repository: RepositoryRef, commit: string): Promise<readonly BuildRef[]>;
  /** Remembers the newest red builds of a pipeline: what is said of them changes with a mute. */
  setRed(build: BuildRef, red: boolean): Promise<void>;
  red(organization: Organization, pipeline: Pipeline): Promise<readonly BuildRef[]>;
}

/** More than a few that are looked at again are somebody's broken week. */
const redKept = 50;

export function createReports(redis: Redis, scripts: Scripts, keys: Keys): Reports {
  return {
    async add(repository, commit, { organization, pipeline, number }) {
      const field = `${organization}/${pipeline}`;
      return (await scripts.run("addReport", [keys.reports(repository, commit)], [field, number, ttl.reports])) === 1;
    },
    async ofCommit(repository, commit) {
      const newest = await redis.hgetall(keys.reports(repository, commit));
      return Object.entries(newest)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([field, number]) => {
          const [organization, pipeline] = field.split("/");
          return {
            organization: Organization.parse(organization),
            pipeline: Pipeline.parse(pipeline),
            number: Number(number),
          };
        });
    },
    async setRed({ organization, pipeline, number }, red) {
      const key = keys.redReports(organization, pipeline);
      const change = redis.multi();
      if (red) change.zadd(key, number, number).expire(key, ttl.redReports);
      else change.zrem(key, number);
      await transact(change.zremrangebyrank(key, 0, -1 - redKept));
    },
    async red(organization, pipeline) {
      const numbers = await redis.zrange(keys.redReports(organization, pipeline), "0", "-1");
      return numbers.map((number) => ({ organization, pipeline, number: Number(number) }));
    },
  };
}
