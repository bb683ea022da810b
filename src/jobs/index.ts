/** All triggered jobs: what runs first, what about, and what it does. */
import { evaluateBranch } from "./evaluate-branch.ts";
import { evaluateBuild } from "./evaluate-build.ts";
import { fetchBuild } from "./fetch-build.ts";
import { fetchLog } from "./fetch-log.ts";
import { followUp } from "./follow-up.ts";
import type { JobTable } from "./runner.ts";
import { syncAlert } from "./sync-alert.ts";

export const jobs: JobTable = {
  evaluateBuild: { order: 20, locked: false, does: "draws the verdict from a build's facts", run: evaluateBuild },
  evaluateBranch: { order: 30, locked: false, does: "opens, updates or closes a branch's alert", run: evaluateBranch },
  syncAlert: { order: 70, locked: true, does: "makes Slack show what an alert is now", run: syncAlert },
  fetchBuild: { order: 72, locked: true, does: "asks Buildkite about a red build nothing explains", run: fetchBuild },
  fetchLog: { order: 74, locked: true, does: "puts the end of a failed job's log into the thread", run: fetchLog },
  followUp: { order: 90, locked: true, does: "creates a build of the follow-up pipeline", run: followUp },
};
