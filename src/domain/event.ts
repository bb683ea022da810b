/** What happened, in our own words. A webhook becomes one of these, or is ignored for a reason, or is refused. */
import type { Instant } from "../clock.ts";
import type { AgentSnapshot, BuildSnapshot, JobSnapshot } from "./build.ts";
import type { Organization } from "./ids.ts";
import type { Account, PullRef, PullSnapshot, RepositoryRef, Review } from "./pull.ts";

export type Event = BuildkiteEvent | GithubEvent;

export type BuildkiteEvent =
  | { readonly kind: "build.changed"; readonly build: BuildSnapshot }
  | { readonly kind: "job.changed"; readonly build: BuildSnapshot; readonly job: JobSnapshot }
  | {
      readonly kind: "agent.changed";
      readonly organization: Organization;
      /** `connected`, `disconnected`, `lost`, `stopping`, `stopped`, `blocked`. */
      readonly change: string;
      readonly at: Instant | null;
      readonly agent: AgentSnapshot;
    };

export type GithubEvent =
  | { readonly kind: "pull.changed"; readonly pull: PullSnapshot }
  | { readonly kind: "review.changed"; readonly pull: PullRef; readonly review: Review }
  | { readonly kind: "comment.created"; readonly comment: PullComment }
  /** Somebody pressed "Re-run", or a button that a check run of ours offers. */
  | { readonly kind: "check.requested"; readonly request: CheckRequest }
  | { readonly kind: "commits.pushed"; readonly push: Push }
  /** Installed, uninstalled, suspended, or other repositories: what is true now is for GitHub to say. */
  | {
      readonly kind: "installation.changed";
      readonly organization: Organization;
      /** Whose the repository was, or how the owner was called, until now. */
      readonly former: Organization | null;
    };

/** A comment on a pull request that may hold commands. */
export interface PullComment {
  readonly pull: PullRef;
  readonly id: number;
  readonly author: Account;
  readonly body: string;
  readonly createdAt: Instant;
}

export interface CheckRequest {
  readonly repository: RepositoryRef;
  readonly what: "rerun" | "rerunSuite" | "mute";
  /** The commit that was checked. */
  readonly commit: string;
  /** What we wrote into the check run, `<organization>/<pipeline>/<number>`; null for a whole suite. */
  readonly externalId: string | null;
  readonly by: Account;
  /** Names the press of the button: a redelivery of it has the same. */
  readonly delivery: string;
}

interface Push {
  readonly repository: RepositoryRef;
  readonly branch: string;
  readonly head: string;
  readonly isDefaultBranch: boolean;
}

/** Known or unknown, but nothing to record: answered with 200, and the reason goes to the debug log. */
export interface Ignored {
  readonly kind: "ignored";
  readonly reason: string;
}

export type EventOf<K extends Event["kind"]> = Extract<Event, { kind: K }>;
