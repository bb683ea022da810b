/** Addresses of Buildkite's pages, built from parts that were checked and never taken from a payload. */
import type { BuildRef, JobId } from "./ids.ts";

export function buildUrl({ organization, pipeline, number }: BuildRef): string {
  return `https://buildkite.com/${organization}/${pipeline}/builds/${number}`;
}

/** The build's page, opened at the job and its log. */
export function jobUrl(build: BuildRef, job: JobId): string {
  return `${buildUrl(build)}#${job}`;
}
