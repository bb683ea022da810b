/**
 * Pull requests as GitHub tells of them. Everything of a repository is kept under its owner, in the place where things of
 * Buildkite are kept under their organization.
 */
import { z } from "zod";
import type { Instant } from "../clock.ts";
import { isOrganization, type Organization } from "./ids.ts";

const repositoryName = /^(?!\.{1,2}$)[a-z0-9._-]{1,100}$/;
/** In lower case: GitHub takes `Acme/Web` and `acme/web` for the same. */
export const RepositoryName = z
  .string()
  .toLowerCase()
  .regex(repositoryName, "not the name of a repository")
  .brand<"RepositoryName">();
export type RepositoryName = z.infer<typeof RepositoryName>;

function isRepositoryName(value: string | undefined): value is RepositoryName {
  return value !== undefined && repositoryName.test(value);
}

export interface RepositoryRef {
  /** The owner: a user or an organization of GitHub, in lower case. */
  readonly organization: Organization;
  readonly repository: RepositoryName;
}

export interface PullRef extends RepositoryRef {
  readonly number: number;
}

/** @param fullName `owner/name`. @returns null when it is not one. */
export function repositoryRef(fullName: string): RepositoryRef | null {
  const [organization, repository, ...rest] = fullName.toLowerCase().split("/");
  if (rest.length > 0 || !isOrganization(organization) || !isRepositoryName(repository)) return null;
  return { organization, repository };
}

/** `owner/name`. */
export function fullNameOf({ organization, repository }: RepositoryRef): string {
  return `${organization}/${repository}`;
}

/** An account of GitHub. `Bot` for apps; `Mannequin`, `Organization`: an open list. */
export interface Account {
  readonly login: string;
  readonly type: string;
}

/** A snapshot: what a webhook or an answer of the API said of a pull request at `updatedAt`. */
export interface PullSnapshot extends PullRef {
  /** To the second: two snapshots of one second may differ. */
  readonly updatedAt: Instant;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly draft: boolean;
  readonly title: string;
  readonly author: Account | null;
  /** Known in answers and in the webhook of the merge. */
  readonly mergedBy: Account | null;
  readonly mergeCommit: string | null;
  readonly head: {
    readonly sha: string;
    readonly branch: string;
    /** `owner/name` of the fork; null when it is gone. */
    readonly repository: string | null;
  };
  readonly base: { readonly sha: string; readonly branch: string };
  readonly labels: readonly string[];
}

export type ReviewState = "approved" | "changes_requested" | "commented" | "dismissed" | "pending";

export interface Review {
  readonly id: number;
  readonly reviewer: Account;
  readonly state: ReviewState;
  readonly submittedAt: Instant;
  /** The commit that was reviewed. */
  readonly commit: string | null;
}

/** Its head is not in the repository itself, or is gone. */
export function isFromFork({ head, ...ref }: Pick<PullSnapshot, "organization" | "repository" | "head">): boolean {
  return head.repository?.toLowerCase() !== fullNameOf(ref);
}

/** What the snapshots and reviews of a pull request add up to, whatever their order and number. */
export interface PullFacts extends PullSnapshot {
  /** The newest review of each reviewer that says something. */
  readonly reviews: readonly Review[];
}
