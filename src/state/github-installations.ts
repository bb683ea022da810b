/** Where GitHub said the app is installed, for as long as it may be believed: asking costs a call each. */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { Organization } from "../domain/ids.ts";
import type { RepositoryRef } from "../domain/pull.ts";
import { type Keys, ttl } from "./keys.ts";
import { transact } from "./transaction.ts";

const Stored = z.object({
  id: z.number().int().positive(),
  suspended: z.boolean(),
  /** In lower case. null: all of the owner's. Otherwise those that it is known to have; there may be more. */
  repositories: z.array(z.string()).readonly().nullable(),
  /** By name: `read`, `write`, `admin`. */
  permissions: z.record(z.string(), z.string()),
  readAt: z.number(),
});
export type GithubInstallation = z.infer<typeof Stored>;

export interface GithubInstallations {
  /** @returns null when nothing is known, or not any more. */
  read(owner: Organization): Promise<GithubInstallation | null>;
  /** GitHub was asked about all of an owner's. What was remembered not to be installed may be so now: that is forgotten. */
  write(owner: Organization, installation: GithubInstallation): Promise<void>;
  /** GitHub was asked about one repository, which the installation has; of the others nothing new is known. */
  writeFound(repository: RepositoryRef, installation: GithubInstallation): Promise<void>;
  /** GitHub was asked about one that it has not: the rest is believed for no longer than before. */
  narrow(owner: Organization, installation: GithubInstallation): Promise<void>;
  /** What the app is not installed on stays so. */
  forget(owner: Organization): Promise<void>;
  /** Whether GitHub said, not long ago, that the app is not installed on a repository. */
  isAbsent(repository: RepositoryRef, now: Instant): Promise<boolean>;
  setAbsent(repository: RepositoryRef, now: Instant): Promise<void>;
}

export function createGithubInstallations(redis: Redis, keys: Keys): GithubInstallations {
  return {
    async read(owner) {
      const stored = await redis.get(keys.githubInstallation(owner));
      // What another version wrote in another form is asked for again.
      return stored === null ? null : (Stored.safeParse(JSON.parse(stored)).data ?? null);
    },
    async write(owner, installation) {
      await transact(
        redis
          .multi()
          .set(keys.githubInstallation(owner), textOf(installation), "EX", ttl.githubInstallation)
          .del(keys.githubAbsent(owner)),
      );
    },
    async writeFound({ organization, repository }, installation) {
      await transact(
        redis
          .multi()
          .set(keys.githubInstallation(organization), textOf(installation), "EX", ttl.githubInstallation)
          .hdel(keys.githubAbsent(organization), repository),
      );
    },
    async narrow(owner, installation) {
      // One that has ended meanwhile must not come back, and stay. What `GET` gives is not needed: ioredis demands it.
      await redis.set(keys.githubInstallation(owner), textOf(installation), "KEEPTTL", "XX", "GET");
    },
    async forget(owner) {
      await redis.del(keys.githubInstallation(owner));
    },
    async isAbsent({ organization, repository }, now) {
      const until = await redis.hget(keys.githubAbsent(organization), repository);
      return until !== null && Number(until) > now;
    },
    async setAbsent({ organization, repository }, now) {
      const key = keys.githubAbsent(organization);
      await transact(
        redis
          .multi()
          .hset(key, repository, now + ttl.githubAbsent * 1000)
          .expire(key, ttl.githubAbsent),
      );
    },
  };
}

function textOf(installation: GithubInstallation): string {
  return JSON.stringify(Stored.parse(installation));
}
