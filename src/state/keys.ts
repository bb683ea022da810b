/**
 * Every Redis key, spelled here only. All keys of one Buildkite organisation share its hash tag, so that scripts may
 * touch several of them on Redis Cluster too.
 *
 * | key                                | type   | time to live  | what                                                    |
 * | ---------------------------------- | ------ | ------------- | ------------------------------------------------------- |
 * | organizations                      | set    | none: tiny    | organisations seen, for the sweep                       |
 * | {org}:build:<pipeline>:<n>         | hash   | 30 days       | facts of a build, and the verdict drawn from them       |
 * | {org}:build:<pipeline>:<n>:jobs    | hash   | 30 days       | its jobs and how their attempts follow each other       |
 * | {org}:build:<pipeline>:<n>:causes  | zset   | 30 days       | jobs that failed hard and are not superseded, by time   |
 * | …:retrying                         | zset   | 30 days       | jobs that failed hard and whose next attempt still runs |
 * | …:canceled, …:recovered            | zset   | 30 days       | canceled jobs; attempts that passed after a failed one  |
 * | {org}:flakes:<pipeline>            | hash   | 90 days idle  | job key -> how often it passed on retry                 |
 * | {org}:history:<pipeline>:<branch>  | zset   | 90 days idle  | red and green builds of a tracked branch, by number     |
 * | {org}:branch:<pipeline>:<branch>   | hash   | 90 days idle  | its current alert                                       |
 * | {org}:alert:<id>                   | hash   | 90 days idle  | version and state of an alert                           |
 * | {org}:alert:<id>:notes             | hash   | 90 days idle  | what its thread tells, by note id                       |
 * | {org}:slot:<name>                  | hash   | 90 days       | an effect that must happen once: claim, then its result |
 * | {org}:agents                       | hash   | 30 days idle  | agent id -> its last change                             |
 * | {org}:marks                        | hash   | none: durable | subject -> mark: somebody must look at it               |
 * | {org}:attempts                     | hash   | none: with marks | subject -> attempts since it last succeeded          |
 * | {org}:due                          | zset   | none: durable | subject by the time it is to be looked at               |
 * | {org}:dead                         | hash   | none: for an operator | subject -> when and why it was given up         |
 * | {org}:lock:<subject>               | string | seconds       | holder of a lock                                        |
 * | {org}:fence:<subject>              | string | 1 day         | how often the lock was taken                            |
 * | pause:{service}                    | string | as told       | set while a service told us to wait                     |
 * | budget:{service}:<minute>          | string | 2 minutes     | requests sent to a service in this minute               |
 * | {queue}:…                          | BullMQ | BullMQ's own  | the triggers                                            |
 */
import type { AlertId, BranchRef, BuildRef, Organization, Pipeline } from "../domain/ids.ts";

const day = 24 * 60 * 60;
export const ttl = { build: 30 * day, idle: 90 * day, agents: 30 * day, slot: 90 * day, fence: day } as const;

interface BuildKeys {
  readonly build: string;
  readonly jobs: string;
  readonly causes: string;
  readonly retrying: string;
  readonly canceled: string;
  readonly recovered: string;
}

interface MarkKeys {
  readonly marks: string;
  readonly attempts: string;
  readonly due: string;
  readonly dead: string;
}

export interface Keys {
  readonly organizations: string;
  readonly queuePrefix: string;
  build(ref: BuildRef): BuildKeys;
  flakes(organization: Organization, pipeline: Pipeline): string;
  history(ref: BranchRef): string;
  branch(ref: BranchRef): string;
  alert(organization: Organization, id: AlertId): string;
  notes(organization: Organization, id: AlertId): string;
  slot(organization: Organization, name: string): string;
  agents(organization: Organization): string;
  marks(organization: Organization): MarkKeys;
  lock(organization: Organization, subject: string): string;
  fence(organization: Organization, subject: string): string;
  pause(service: string): string;
  budget(service: string, minute: number): string;
}

/** @param prefix Put before every key, so that several installations can share one Redis. */
export function createKeys(prefix: string): Keys {
  const of = (organization: Organization, ...parts: readonly (string | number)[]): string =>
    `${prefix}:{${organization}}:${parts.join(":")}`;
  return {
    organizations: `${prefix}:organizations`,
    queuePrefix: `{${prefix}:queue}`,
    build({ organization, pipeline, number }) {
      const build = of(organization, "build", pipeline, number);
      return {
        build,
        jobs: `${build}:jobs`,
        causes: `${build}:causes`,
        retrying: `${build}:retrying`,
        canceled: `${build}:canceled`,
        recovered: `${build}:recovered`,
      };
    },
    flakes: (organization, pipeline) => of(organization, "flakes", pipeline),
    history: ({ organization, pipeline, branch }) => of(organization, "history", pipeline, branch),
    branch: ({ organization, pipeline, branch }) => of(organization, "branch", pipeline, branch),
    alert: (organization, id) => of(organization, "alert", id),
    notes: (organization, id) => `${of(organization, "alert", id)}:notes`,
    slot: (organization, name) => of(organization, "slot", name),
    agents: (organization) => of(organization, "agents"),
    marks: (organization) => ({
      marks: of(organization, "marks"),
      attempts: of(organization, "attempts"),
      due: of(organization, "due"),
      dead: of(organization, "dead"),
    }),
    lock: (organization, subject) => of(organization, "lock", subject),
    fence: (organization, subject) => of(organization, "fence", subject),
    pause: (service) => `${prefix}:pause:{${service}}`,
    budget: (service, minute) => `${prefix}:budget:{${service}}:${minute}`,
  };
}
