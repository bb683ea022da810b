/** Which branches are watched, and where their alerts go. */
import type { BranchRef, Channel, Pipeline } from "./ids.ts";

export interface Match {
  /** Patterns with `*` for any text; absent matches all. */
  readonly pipeline?: string | undefined;
  readonly branch?: string | undefined;
}

export interface Policy {
  /** The first that matches decides the channel. */
  readonly routes: readonly { readonly match: Match; readonly channel: Channel }[];
  /** For alerts that no route matches. */
  readonly defaultChannel: Channel | null;
  /** Branches that are watched besides each pipeline's default branch. */
  readonly track: readonly Match[];
  /** A green spell shorter than this does not end an alert, in ms. */
  readonly reopenWithin: number;
  readonly followUp: FollowUp | null;
}

/** The pipeline that gets a build for each build that finished. */
export interface FollowUp {
  readonly pipeline: Pipeline;
  readonly branch: string;
  readonly commit: string;
}

export function isTracked(policy: Policy, ref: BranchRef, defaultBranch: string | null): boolean {
  if (ref.pipeline === policy.followUp?.pipeline) return false;
  if (ref.branch === defaultBranch) return true;
  return policy.track.some((match) => matches(match, ref));
}

/** @returns null when no route matches and there is no default: nobody wants to hear of this branch. */
export function channelFor(policy: Policy, ref: BranchRef): Channel | null {
  return policy.routes.find((route) => matches(route.match, ref))?.channel ?? policy.defaultChannel;
}

function matches(match: Match, ref: BranchRef): boolean {
  return matchesPattern(match.pipeline ?? "*", ref.pipeline) && matchesPattern(match.branch ?? "*", ref.branch);
}

export function matchesPattern(pattern: string, text: string): boolean {
  const [head = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return text === pattern;
  const tail = rest.pop() ?? "";
  if (!text.startsWith(head) || text.length < head.length + tail.length || !text.endsWith(tail)) return false;
  let from = head.length;
  const end = text.length - tail.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
