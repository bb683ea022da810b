/** What is known of pull requests. Merged by scripts, so that neither the order nor the number of webhooks matters. */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { PullFacts, PullRef, PullSnapshot, RepositoryRef, Review } from "../domain/pull.ts";
import { reviewOrder, snapshotOrder } from "../domain/pull-facts.ts";
import { markOf } from "../jobs/subjects.ts";
import { type Keys, ttl } from "./keys.ts";
import type { Mark } from "./marks.ts";
import type { Scripts } from "./scripts.ts";

export interface Pulls {
  /**
   * Merges a snapshot, and marks what follows: of a new head, and of one that is in doubt.
   * @param source What the API says beats a webhook of the same second; a webhook of that second which differs puts the
   *   pull request in doubt, and `fetchPull` asks GitHub.
   * @param now For an answer of the API: when it was asked for.
   */
  record(snapshot: PullSnapshot, source: "webhook" | "api", now: Instant): Promise<Mark[]>;
  recordReview(pull: PullRef, review: Review, now: Instant): Promise<Mark[]>;
  read(pull: PullRef): Promise<PullFacts | null>;
  /** Numbers of the open pull requests whose head is this commit. */
  withHead(repository: RepositoryRef, commit: string): Promise<readonly number[]>;
  /** Whether GitHub should be asked: unknown or in doubt, and not asked in vain not long ago. */
  isUncertain(pull: PullRef): Promise<boolean>;
  /** Somebody names a pull request: when it is unknown, it is fetched, once. @returns what to fire. */
  want(pull: PullRef, now: Instant): Promise<Mark[]>;
  /** GitHub knows no such pull request, or does not show it: it is not asked again for a day, or an hour. */
  setAbsent(pull: PullRef, why: "unknown" | "hidden"): Promise<void>;
}

/** Anybody may review in a public repository. */
const reviewersKept = 100;
/** Pull requests with the same head: more than a few are somebody's joke. */
const perHead = 50;
/** How long an answer of the API may be behind the webhooks. */
const patienceMs = 60_000;

const Account = z.object({ login: z.string(), type: z.string() });
const Snapshot = z.object({
  updatedAt: z.number(),
  state: z.enum(["open", "closed"]),
  merged: z.boolean(),
  draft: z.boolean(),
  title: z.string(),
  author: Account.nullable(),
  head: z.object({ sha: z.string(), branch: z.string(), repository: z.string().nullable() }),
  base: z.object({ sha: z.string(), branch: z.string() }),
  labels: z.array(z.string()),
});
const StoredReview = z.object({
  id: z.number(),
  reviewer: Account,
  state: z.enum(["approved", "changes_requested", "commented", "dismissed", "pending"]),
  submittedAt: z.number(),
  commit: z.string().nullable(),
});
const Flag = z.number();
const Flags = z.array(Flag);

/** Behind the digits of an order and a digest: what was recorded. */
const behind = { facts: 31 + 40, review: 32 + 40 } as const;

export function createPulls(redis: Redis, scripts: Scripts, keys: Keys): Pulls {
  return {
    async record(snapshot, source, now) {
      const { organization, repository, number, mergedBy, mergeCommit, ...rest } = snapshot;
      const { state, merged, head } = rest;
      const ref = { organization, repository, number };
      const order = snapshotOrder(snapshot, source === "api" ? { kind: "api", askedAt: now } : { kind: "webhook" });
      const opened = state === "open" ? head.sha : "";
      const marks = [
        markOf("fetchPull", ref),
        ...(opened === ""
          ? []
          : [markOf("commentOnPull", ref), markOf("checkRepositoryPolicy", { ...ref, commit: opened })]),
      ];
      const k = keys.pull(ref);
      const reply = await scripts.run(
        "recordPull",
        [k.pull, k.absent, keys.head(ref, head.sha), keys.marks(organization).marks, keys.reports(ref, head.sha)],
        [
          `${order} ${Math.trunc(now)} ${ttl.idle} ${number} ${merged ? 1 : 0} ${perHead} ${patienceMs}`,
          JSON.stringify(rest),
          opened,
          mergedBy === null ? "" : JSON.stringify(mergedBy),
          mergeCommit ?? "",
          ...marks.map(({ subject }) => subject),
        ],
      );
      const flags = Flags.parse(reply);
      return marks.filter((_, i) => flags[i] === 1);
    },
    async recordReview(pull, review, now) {
      const mark = markOf("fetchPull", pull);
      const k = keys.pull(pull);
      const reply = await scripts.run(
        "recordReview",
        [k.pull, k.absent, keys.marks(pull.organization).marks],
        [
          now,
          ttl.idle,
          review.reviewer.login.toLowerCase(),
          reviewOrder(review),
          JSON.stringify(review),
          reviewersKept,
          mark.subject,
        ],
      );
      return Flag.parse(reply) === 1 ? [mark] : [];
    },
    async read({ organization, repository, number }) {
      const fields = await redis.hgetall(keys.pull({ organization, repository, number }).pull);
      const { facts, merged, mergedBy, mergeCommit } = fields;
      if (facts === undefined) return null;
      const snapshot = Snapshot.parse(JSON.parse(facts.slice(behind.facts)));
      const reviews = Object.entries(fields)
        .filter(([name]) => name.startsWith("@"))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, value]) => StoredReview.parse(JSON.parse(value.slice(behind.review))));
      return {
        organization,
        repository,
        number,
        ...snapshot,
        ...(merged === "1" && { state: "closed", merged: true }),
        mergedBy: mergedBy === undefined ? null : Account.parse(JSON.parse(mergedBy.slice(behind.facts))),
        mergeCommit: mergeCommit?.slice(behind.facts) ?? null,
        reviews: reviews.sort((a, b) => a.submittedAt - b.submittedAt || a.id - b.id),
      };
    },
    async withHead(repository, commit) {
      const numbers = (await redis.zrange(keys.head(repository, commit), 0, "-1")).map(Number);
      const heads = await Promise.all(
        numbers.map((number) => redis.hmget(keys.pull({ ...repository, number }).pull, "head", "merged")),
      );
      return numbers.filter((_, i) => heads[i]?.[0] === commit && heads[i]?.[1] !== "1");
    },
    async isUncertain(pull) {
      const k = keys.pull(pull);
      const [[facts, doubt], absent] = await Promise.all([
        redis.hmget(k.pull, "facts", "doubt"),
        redis.exists(k.absent),
      ]);
      return absent === 0 && (facts == null || doubt != null);
    },
    async want(pull, now) {
      const mark = markOf("fetchPull", pull);
      const k = keys.pull(pull);
      // Nobody may have heard of its owner, and a mark that no sweep looks for can be lost.
      await redis.sadd(keys.organizations, pull.organization);
      const reply = await scripts.run(
        "wantPull",
        [k.pull, k.absent, keys.marks(pull.organization).marks],
        [now, mark.subject],
      );
      return Flag.parse(reply) === 1 ? [mark] : [];
    },
    async setAbsent(pull, why) {
      await redis.set(keys.pull(pull).absent, "1", "EX", why === "unknown" ? ttl.noPull : ttl.hiddenPull);
    },
  };
}
