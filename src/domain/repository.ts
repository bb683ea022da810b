/** Which repository of GitHub's an address means, in any of the ways git spells it. */
import { type RepositoryRef, repositoryRef } from "./pull.ts";

const publicHost = "github.com";

/** User and password, or a token, before the host: an address may have them, and nobody may see them. */
const addressShapes = [
  /^(?:https?|git|ssh|git\+ssh):\/\/(?:[^@/\s]*@)?([^@/\s:]+)(?::\d{1,5})?\/(.+)$/i,
  // What ssh and scp take; a user is needed, or it would be a path.
  /^[\w.-]+@([^@/\s:]+):\/?(.+)$/,
];
const pathShape = /^([\w.-]{1,100}\/[\w.-]{1,100}?)(?:\.git)?\/?$/;

/** `owner/name` of a repository on github.com, in the case it was written in; null when it is elsewhere. */
export function githubRepository(address: string | null): string | null {
  return repositoryOn(address, publicHost);
}

/** @param host `github.com`, or that of a GitHub Enterprise Server. @returns null when the repository is elsewhere. */
export function githubRepositoryRef(address: string | null, host: string): RepositoryRef | null {
  const path = repositoryOn(address, host);
  return path === null ? null : repositoryRef(path);
}

/** Where people see a repository: its host, and `owner/name` as it was written. */
export interface RepositoryHome {
  readonly host: string;
  readonly repository: string;
}

/** @param host Of the GitHub that Signalbox is an app of; a pipeline may build from github.com all the same. */
export function repositoryHome(address: string | null, host: string | null): RepositoryHome | null {
  for (const place of new Set([host ?? publicHost, publicHost])) {
    const repository = repositoryOn(address, place);
    if (repository !== null) return { host: place.toLowerCase(), repository };
  }
  return null;
}

function repositoryOn(address: string | null, host: string): string | null {
  for (const shape of addressShapes) {
    const [, where, path] = shape.exec(address ?? "") ?? [];
    if (where?.toLowerCase() === host.toLowerCase()) return pathShape.exec(path ?? "")?.[1] ?? null;
  }
  return null;
}
