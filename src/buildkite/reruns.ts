/**
 * Running a red build again, because a person asked for it and waits for the answer.
 *
 * That Buildkite says no is an answer like any other. An error is thrown when there is none: `Later` and most others say
 * that nothing was started, `BuildkiteUnclear` that something may have been. A retry may simply be asked for again, as
 * Buildkite retries no job twice; before a second `rebuild`, `findRebuild` must have found none.
 */
import { z } from "zod";
import type { Instant } from "../clock.ts";
import { type BuildRef, JobId } from "../domain/ids.ts";
import { Hopeless } from "../later.ts";
import { toInstant } from "../values.ts";
import { type Answer, type Http, optional, optionalText, type Request } from "./http.ts";
import { nameOf, pathOf, readJson } from "./rest.ts";

interface Refused {
  readonly kind: "refused";
  /** In Buildkite's own words: one line, made safe, but not yet escaped. */
  readonly reason: string;
  /** Whether it will be refused again, as far as one can tell: a right can be granted, a canceled build stays canceled. */
  readonly permanent: boolean;
  /** What may work instead. */
  readonly offer: "rebuild" | null;
}

type Retried =
  | { readonly kind: "retried"; readonly jobs: number }
  /**
   * Nothing was left to retry. Mostly somebody was faster; `state` is the build's, and with `failed` it is likelier that
   * its steps forbid it. New jobs appear a moment after the answer, so `failed` alone proves nothing.
   */
  | { readonly kind: "nothing"; readonly state: string | null }
  | Refused;

export interface Reruns {
  /** The failed, timed-out and expired jobs; with `canceled` also those that somebody stopped. Never the soft-failed. */
  retryFailedJobs(ref: BuildRef, options?: { readonly canceled?: boolean }): Promise<Retried>;
  /** `already`: somebody was faster, for a job can be retried once. `job` is the new one. */
  retryJob(
    ref: BuildRef,
    job: JobId,
  ): Promise<{ readonly kind: "retried"; readonly job: JobId } | { readonly kind: "already" } | Refused>;
  /** Not idempotent: each call makes a build. `BuildkiteUnclear`: it may exist; any other error: it does not. */
  rebuild(ref: BuildRef): Promise<{ readonly kind: "rebuilt"; readonly number: number } | Refused>;
  /** The newest build that was made since then by rebuilding this one, whoever asked for it. */
  findRebuild(ref: BuildRef, since: Instant): Promise<number | null>;
}

const number = z.int().positive();
const RetriedJobs = z.object({ retried_jobs_count: z.int().nonnegative(), state: optionalText });
const NewJob = z.object({ id: JobId });
const NewBuild = z.object({ number });
const RecentBuilds = z.array(
  z.object({ number, created_at: optionalText, rebuilt_from: optional(z.object({ number: optional(number) })) }),
);

/** 401 and 403: the token; 404: no such build, or not for us to see; 400 and 422: the rules. */
const refusals = [400, 401, 403, 404, 422];

const pageSize = 100;
const mostPages = 5;
/** Buildkite writes its own time on a build, and `since` is of our clock. */
const clockSkewMs = 10_000;

export function createReruns(http: Http): Reruns {
  function put(name: string, action: string, ref: BuildRef, path: readonly string[], body?: object): Request {
    return {
      name,
      action: `${action} ${nameOf(ref)}`,
      method: "PUT",
      path: [...pathOf(ref), ref.number, ...path],
      ...(body !== undefined && { body }),
      refusals,
      lane: "person",
    };
  }

  function refused(answer: Answer): Refused {
    const reason = http.reasonOf(answer);
    const canceled = answer.status === 422 && speaksOfCanceledBuild.test(reason);
    // A 400 is about the state of this moment, such as a job that still runs.
    const permanent = answer.status === 404 || answer.status === 422;
    return { kind: "refused", reason, permanent, offer: canceled ? "rebuild" : null };
  }

  return {
    async retryFailedJobs(ref, { canceled = false } = {}) {
      // Said in full: without states Buildkite retries the soft-failed jobs as well.
      const states = ["failed", "timed_out", "expired", ...(canceled ? ["canceled"] : [])].join(",");
      const request = put("builds.retryFailedJobs", "retry the failed jobs of", ref, ["retry_failed_jobs"], { states });
      const answer = await http.send(request);
      if (answer.status >= 400) return refused(answer);
      const { retried_jobs_count: jobs, state } = readJson(request, answer, RetriedJobs);
      if (jobs > 0) return { kind: "retried", jobs };
      return isCanceled(state) ? canceledBuild : { kind: "nothing", state: state ?? null };
    },

    async retryJob(ref, job) {
      const request = put("jobs.retry", `retry job ${job} of`, ref, ["jobs", job, "retry"]);
      const answer = await http.send(request);
      if (answer.status < 400) return { kind: "retried", job: readJson(request, answer, NewJob).id };
      const refusal = refused(answer);
      return answer.status === 400 && wasRetried.test(refusal.reason) ? { kind: "already" } : refusal;
    },

    async rebuild(ref) {
      const request = put("builds.rebuild", "rebuild", ref, ["rebuild"]);
      const answer = await http.send(request);
      if (answer.status >= 400) return refused(answer);
      return { kind: "rebuilt", number: readJson(request, answer, NewBuild).number };
    },

    async findRebuild(ref, since) {
      const from = since - clockSkewMs;
      for (let page = 1; page <= mostPages; page += 1) {
        const request: Request = {
          name: "builds.list",
          action: `look for a rebuild of ${nameOf(ref)}`,
          method: "GET",
          path: pathOf(ref),
          query: new URLSearchParams([
            ["created_from", new Date(from).toISOString()],
            ["exclude_jobs", "true"],
            ["exclude_pipeline", "true"],
            ["per_page", String(pageSize)],
            ["page", String(page)],
          ]),
          lane: "person",
        };
        const builds = readJson(request, await http.send(request), RecentBuilds);
        // Looked at again: a filter that the other side does not know is ignored.
        const isRebuild = (build: (typeof builds)[number]) =>
          build.rebuilt_from?.number === ref.number && (toInstant(build.created_at) ?? from) >= from;
        const found = builds.filter(isRebuild).map((build) => build.number);
        if (found.length > 0) return Math.max(...found);
        if (builds.length < pageSize) return null;
      }
      throw new Hopeless(
        `Cannot look for a rebuild of ${nameOf(ref)}: there are too many builds since; look in Buildkite`,
      );
    },
  };
}

/** Of the build itself, or of the one that triggered it. */
const speaksOfCanceledBuild = /\bcanceled builds?\b/i;

const wasRetried = /\bcan only be retried\b/i;

function isCanceled(state: string | null | undefined): boolean {
  return state === "canceled" || state === "canceling";
}

/** What Buildkite says when it is asked for a single job. Asked for all, it may also just find none. */
const canceledBuild: Refused = {
  kind: "refused",
  reason: "Jobs from canceled builds cannot be retried",
  permanent: true,
  offer: "rebuild",
};
