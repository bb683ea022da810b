/** What is quoted of failed jobs' logs, so that Buildkite is asked once for each. */
import type { Redis } from "ioredis";
import type { JobId, Organization } from "../domain/ids.ts";
import { JobLog } from "../domain/job-log.ts";
import { type Keys, ttl } from "./keys.ts";

export interface JobLogs {
  read(organization: Organization, job: JobId): Promise<JobLog | null>;
  write(organization: Organization, log: JobLog): Promise<void>;
}

export function createJobLogs(redis: Redis, keys: Keys): JobLogs {
  return {
    async read(organization, job) {
      const stored = await redis.get(keys.log(organization, job));
      return stored === null ? null : JobLog.parse(JSON.parse(stored));
    },
    async write(organization, log) {
      await redis.set(keys.log(organization, log.jobId), JSON.stringify(log), "EX", ttl.log);
    },
  };
}
