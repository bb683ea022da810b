/** What we ask Buildkite's REST API, and what we let it do. */
import { z } from "zod";
import type { BuildSnapshot, JobSnapshot } from "../domain/build.ts";
import type { BuildRef, JobId } from "../domain/ids.ts";
import { maskSecrets } from "../domain/secrets.ts";
import { readBuild, readJob } from "./bodies.ts";
import { type Answer, createHttp, failure, type HttpOptions, optional, optionalText, type Request } from "./http.ts";
import { createReruns, type Reruns } from "./reruns.ts";
import { nameOf, type PipelineRef, pathOf, readJson, unexpected } from "./rest.ts";

export { BuildkiteRefused, BuildkiteUnclear } from "./http.ts";

export interface NewBuild {
  readonly commit: string;
  readonly branch: string;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string } | null;
  readonly env: Readonly<Record<string, string>>;
  readonly metaData: Readonly<Record<string, string>>;
}

export interface BuildkiteClient extends Reruns {
  /** The build, and those of its jobs that did not pass, retried ones too. Null: there is none, or not for us to see. */
  build(ref: BuildRef): Promise<{ readonly build: BuildSnapshot; readonly jobs: JobSnapshot[] } | null>;
  /** The end of a job's log, raw, from the beginning of a line. Null when there is none: a trigger job, or deleted. */
  logTail(ref: BuildRef, job: JobId): Promise<string | null>;
  /** The number of a build that carries this meta-data. */
  findBuild(at: PipelineRef, metaData: { readonly key: string; readonly value: string }): Promise<number | null>;
  /** Not idempotent. `BuildkiteUnclear`: the build may exist; any other error: it certainly does not. */
  createBuild(at: PipelineRef, input: NewBuild): Promise<number>;
}

const number = z.int().positive();
const JobPage = z.object({ items: z.array(z.unknown()), links: optional(z.object({ next: optionalText })) });
const FoundBuilds = z.array(z.object({ number, meta_data: optional(z.record(z.string(), z.unknown())) }));
const CreatedBuild = z.object({ number });

/** The causes of a red build are among the first: more pages would only spend the budget. */
const mostPages = 5;
/** Retried jobs are listed by default here, but not everywhere in this API: it is said. */
const jobsThatDidNotPass = new URLSearchParams(
  "state[]=failed&state[]=timed_out&state[]=expired&state[]=canceled&include_retried_jobs=true&per_page=100",
);

const tailBytes = 65_536;

export function createBuildkiteClient(options: HttpOptions): BuildkiteClient {
  const http = createHttp(options);

  async function jobsOf(ref: BuildRef): Promise<JobSnapshot[] | null> {
    const jobs: JobSnapshot[] = [];
    let query: URLSearchParams | null = jobsThatDidNotPass;
    for (let page = 0; query !== null && page < mostPages; page += 1) {
      const request: Request = {
        name: "jobs.list",
        action: `list the jobs of ${nameOf(ref)}`,
        method: "GET",
        path: [...pathOf(ref), ref.number, "jobs"],
        query,
        nothing: [404],
      };
      const answer = await http.send(request);
      if (answer.status === 404) return null;
      const { items, links } = readJson(request, answer, JobPage);
      jobs.push(...items.flatMap((item) => readableJob(item, ref)));
      query = nextPage(links?.next);
    }
    return jobs;
  }

  /** Of the address of the next page only the query is used; one that names another host is not followed. */
  function nextPage(address: string | null | undefined): URLSearchParams | null {
    const url = URL.parse(address ?? "");
    return url?.origin === http.origin ? url.searchParams : null;
  }

  return {
    ...createReruns(http),

    async build(ref) {
      const request: Request = {
        name: "builds.get",
        action: `read ${nameOf(ref)}`,
        method: "GET",
        path: [...pathOf(ref), ref.number],
        query: new URLSearchParams({ exclude_jobs: "true" }),
        nothing: [404],
      };
      const answer = await http.send(request);
      if (answer.status === 404) return null;
      const snapshot = readBuild(readJson(request, answer, z.unknown()));
      if ("problem" in snapshot) throw unexpected(request, new Error(snapshot.problem));
      if (snapshot.number !== ref.number) throw failure(request, `the answer is about build #${snapshot.number}`);
      const jobs = await jobsOf(ref);
      // Should a pipeline answer to its old name with its new one, the build is still the one we asked for.
      const { organization, pipeline } = ref;
      return jobs === null ? null : { build: { ...snapshot, organization, pipeline }, jobs };
    },

    async logTail(ref, job) {
      const answer = await http.send({
        name: "jobs.log",
        action: `read the log of job ${job} of ${nameOf(ref)}`,
        method: "GET",
        path: [...pathOf(ref), ref.number, "jobs", job, "log"],
        headers: { accept: "text/plain", range: `bytes=-${tailBytes}` },
        // 416: the log is empty.
        nothing: [404, 416],
      });
      const tail = answer.status < 300 ? readTail(answer) : "";
      return tail.trim() === "" ? null : tail;
    },

    async findBuild(at, { key, value }) {
      const request: Request = {
        name: "builds.list",
        action: `look for a build of ${at.organization}/${at.pipeline}`,
        method: "GET",
        path: pathOf(at),
        query: new URLSearchParams([
          [`meta_data[${key}]`, value],
          ["exclude_jobs", "true"],
          ["exclude_pipeline", "true"],
          ["per_page", "1"],
        ]),
      };
      const builds = readJson(request, await http.send(request), FoundBuilds);
      // Looked at again: a filter that the other side does not know is ignored, and then any build would do.
      const found = builds.find((build) => build.meta_data?.[key] === value);
      return found?.number ?? null;
    },

    async createBuild(at, { commit, branch, message, author, env, metaData }) {
      const request: Request = {
        name: "builds.create",
        action: `create a build of ${at.organization}/${at.pipeline}`,
        method: "POST",
        path: pathOf(at),
        body: {
          commit,
          branch,
          message,
          ...(author !== null && { author }),
          env,
          meta_data: metaData,
          // They say which pushes make builds; this one was asked for.
          ignore_pipeline_branch_filters: true,
        },
      };
      return readJson(request, await http.send(request), CreatedBuild).number;
    },
  };
}

/** A job that cannot be read is left out: the others may explain the build. */
function readableJob(item: unknown, { organization }: BuildRef): JobSnapshot[] {
  const job = readJob(item, { organization, mask: maskSecrets });
  return job === null || "problem" in job ? [] : [job];
}

/** Without the line that the cut went through: it could be the rest of a secret whose name is gone. */
function readTail({ status, headers, body }: Answer): string {
  const text = new TextDecoder().decode(body.subarray(-tailBytes));
  const startsInside = status === 206 && !/^bytes 0-/.test(headers.get("content-range") ?? "");
  if (!startsInside && body.length <= tailBytes) return text;
  const lineEnd = text.indexOf("\n");
  // A progress bar can fill the whole tail: then it begins anew at a bare CR.
  const end = lineEnd === -1 ? text.indexOf("\r") : lineEnd;
  return end === -1 ? "" : text.slice(end + 1);
}
