/** All triggered jobs: what runs first, what about, and what it does. */
import { applyMute } from "./apply-mute.ts";
import { evaluateBranch } from "./evaluate-branch.ts";
import { evaluateBuild } from "./evaluate-build.ts";
import { fetchBuild } from "./fetch-build.ts";
import { fetchLog } from "./fetch-log.ts";
import { followUp } from "./follow-up.ts";
import { remind } from "./remind.ts";
import { rerun } from "./rerun.ts";
import type { JobTable } from "./runner.ts";
import { syncAlert } from "./sync-alert.ts";

/** People who wait for an answer come first, then those who have not heard yet, then everything that is only news. */
export const jobs: JobTable = {
  evaluateBuild: { order: 20, locked: false, does: "draws the verdict from a build's facts", run: evaluateBuild },
  evaluateBranch: { order: 30, locked: false, does: "opens, updates or closes a branch's alert", run: evaluateBranch },
  applyMute: { order: 45, locked: false, does: "tells alerts that they are muted, or no longer", run: applyMute },
  answerPerson: {
    order: 50,
    locked: "syncAlert",
    does: "shows at once what a person did about an alert",
    run: syncAlert,
  },
  rerun: { order: 55, locked: true, does: "has Buildkite run a red build again", run: rerun },
  postAlert: { order: 60, locked: "syncAlert", does: "tells Slack of an alert that opened", run: syncAlert },
  syncAlert: { order: 70, locked: true, does: "makes Slack show what an alert is now", run: syncAlert },
  fetchBuild: { order: 72, locked: true, does: "asks Buildkite about a red build nothing explains", run: fetchBuild },
  fetchLog: { order: 74, locked: true, does: "puts the end of a failed job's log into the thread", run: fetchLog },
  remind: { order: 80, locked: true, does: "reminds that nobody is on an alert, or asks whoever is", run: remind },
  followUp: { order: 90, locked: true, does: "creates a build of the follow-up pipeline", run: followUp },
};
