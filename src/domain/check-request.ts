/** What somebody means who presses a button at a check run. */

import type { Instant } from "../clock.ts";
import {
  type CommitBuild,
  type Effect,
  isOnDefaultBranch,
  muteEffect,
  notOurBranch,
  rerunEffect,
} from "./comment-plan.ts";
import type { CheckRequest } from "./event.ts";
import { isRed } from "./outcome.ts";
import { type Refusal, refused } from "./refusal.ts";
import { hour } from "./time-span.ts";

/** As the button says. */
const muteMs = 4 * hour;

/**
 * @param pull The pull request, if one is known.
 * @param fork The code is from outside of the repository, and with it the key by which a job is muted.
 * @returns null when there is nothing to do.
 */
export function effectOfRequest(
  what: CheckRequest["what"],
  build: CommitBuild,
  pull: number | null,
  fork: boolean,
  now: Instant,
): Effect | Refusal | null {
  const { outcome, retrying } = build.verdict;
  if (what === "mute") return muteOnly(build, pull, fork, now);
  if (isRed(outcome)) return retrying ? null : rerunEffect(build, "retry");
  switch (outcome) {
    // Nothing has ended that could run again.
    case "running":
    case "blocked":
      return null;
    case "canceled":
      return rerunEffect(build, "rebuild");
    case "passed":
    case "skipped":
    case "notRun":
      // Of a whole suite, what did not fail stays.
      return what === "rerunSuite" ? null : rerunEffect(build, "rebuild");
  }
}

function muteOnly(build: CommitBuild, pull: number | null, fork: boolean, now: Instant): Effect | Refusal {
  const { causes, failedJobs } = build.verdict;
  const [only, ...others] = causes;
  if (only === undefined) return refused("Nothing was muted: no failed job of the build is known.");
  if (others.length > 0 || failedJobs > Math.max(1, only.shards.length)) {
    return refused("Nothing was muted: several jobs have failed; name one with `/signalbox mute <job>`.");
  }
  if (fork && isOnDefaultBranch(build)) return notOurBranch();
  const where = pull === null ? "" : ` on #${pull}`;
  const terms = { everywhere: !fork, until: now + muteMs, reason: `from the check run${where}` };
  return muteEffect(build, only, terms);
}
