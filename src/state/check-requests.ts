/**
 * What people ask for at our check runs. Kept with the build it is about, not with the repository: so one script keeps it
 * and marks the build, and nothing gets lost between the two.
 */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { CheckRequest } from "../domain/event.ts";
import { type BuildRef, Organization } from "../domain/ids.ts";
import { RepositoryName } from "../domain/pull.ts";
import { markOf, type RerunRef } from "../jobs/subjects.ts";
import { type Keys, ttl } from "./keys.ts";
import type { Mark } from "./marks.ts";
import type { Scripts } from "./scripts.ts";

export interface CheckRequests {
  /** Keeps it and marks `rerunBuild`, once: a redelivery changes nothing. @returns what to fire. */
  record(build: BuildRef, request: CheckRequest, now: Instant): Promise<Mark[]>;
  /** @returns null for a wish that was not made at a check run, or a week ago. */
  read(wish: RerunRef): Promise<CheckRequest | null>;
}

const Stored = z.object({
  repository: z.object({ organization: Organization, repository: RepositoryName }),
  what: z.enum(["rerun", "rerunSuite", "mute"]),
  commit: z.string(),
  externalId: z.string().nullable(),
  by: z.object({ login: z.string(), type: z.string() }),
  delivery: z.string(),
});

export function createCheckRequests(redis: Redis, scripts: Scripts, keys: Keys): CheckRequests {
  return {
    async record(build, request, now) {
      const { organization, pipeline, number } = build;
      const wish = { organization, pipeline, number, request: `check-${request.delivery}` };
      const mark = markOf("rerunBuild", wish);
      const reply = await scripts.run(
        "keepOnce",
        [keys.request(wish, wish.request), keys.marks(organization).marks],
        [now, ttl.request, JSON.stringify(request), mark.subject],
      );
      return reply === 1 ? [mark] : [];
    },
    async read(wish) {
      const stored = await redis.get(keys.request(wish, wish.request));
      return stored === null ? null : Stored.parse(JSON.parse(stored));
    },
  };
}
