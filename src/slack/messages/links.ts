/** Addresses, built from parts that were checked and never taken from a payload. */
import type { BuildRef, JobId } from "../../domain/ids.ts";

export function buildUrl({ organization, pipeline, number }: BuildRef): string {
  return `https://buildkite.com/${organization}/${pipeline}/builds/${number}`;
}

/** The build's page, opened at the job and its log. */
export function jobUrl(build: BuildRef, job: JobId): string {
  return `${buildUrl(build)}#${job}`;
}

export function commitUrl(repository: string | null, commit: string | null): string | null {
  const home = repositoryUrl(repository);
  return home !== null && commit !== null && isSha(commit) ? `${home}/commit/${commit}` : null;
}

export function pullRequestUrl(repository: string | null, number: number): string | null {
  const home = repositoryUrl(repository);
  return home === null ? null : `${home}/pull/${number}`;
}

/** Buildkite also takes tags and other refs for a commit. */
export function isSha(commit: string): boolean {
  return /^[0-9a-f]{7,64}$/i.test(commit);
}

function repositoryUrl(repository: string | null): string | null {
  if (repository === null || !/^[A-Za-z0-9_-]{1,100}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/.test(repository)) return null;
  return `https://github.com/${repository}`;
}

/** Slack's permalink to a message, as Slack gave it; null when it is none. */
export function messageUrl(permalink: string | null): string | null {
  return permalink !== null && /^https?:\/\/[^\s<>|"]{1,500}$/.test(permalink) ? permalink : null;
}
