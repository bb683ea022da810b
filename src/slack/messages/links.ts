/** Addresses, built from parts that were checked and never taken from a payload. */

/** @param host Of a GitHub Enterprise Server; left out: github.com. */
export function commitUrl(repository: string | null, commit: string | null, host?: string): string | null {
  const home = repositoryUrl(repository, host);
  return home !== null && commit !== null && isSha(commit) ? `${home}/commit/${commit}` : null;
}

export function pullRequestUrl(repository: string | null, number: number, host?: string): string | null {
  const home = repositoryUrl(repository, host);
  return home === null ? null : `${home}/pull/${number}`;
}

/** What came between two commits. */
export function compareUrl(repository: string | null, base: string, head: string, host?: string): string | null {
  const home = repositoryUrl(repository, host);
  return home !== null && isSha(base) && isSha(head) ? `${home}/compare/${base}...${head}` : null;
}

/** Buildkite also takes tags and other refs for a commit. */
export function isSha(commit: string): boolean {
  return /^[0-9a-f]{7,64}$/i.test(commit);
}

function repositoryUrl(repository: string | null, host = "github.com"): string | null {
  if (!/^[a-z0-9][a-z0-9.-]{0,252}$/i.test(host)) return null;
  if (repository === null || !/^[A-Za-z0-9_-]{1,100}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/.test(repository)) return null;
  return `https://${host}/${repository}`;
}

/** Slack's permalink to a message, as Slack gave it; null when it is none. */
export function messageUrl(permalink: string | null): string | null {
  return permalink !== null && /^https?:\/\/[^\s<>|"]{1,500}$/.test(permalink) ? permalink : null;
}
