/** All triggered jobs: what runs first, what about, and what it does. */

import { answerComment } from "./answer-comment.ts";
import { applyMute } from "./apply-mute.ts";
import { checkRepositoryPolicy } from "./check-repository-policy.ts";
import { commentOnPull } from "./comment-on-pull.ts";
import { evaluateBranch } from "./evaluate-branch.ts";
import { evaluateBuild } from "./evaluate-build.ts";
import { fetchBuild } from "./fetch-build.ts";
import { fetchLog } from "./fetch-log.ts";
import { fetchPull } from "./fetch-pull.ts";
import { followUp } from "./follow-up.ts";
import { readInstallation } from "./read-installation.ts";
import { readRepositoryPolicy } from "./read-repository-policy.ts";
import { redeliver } from "./redeliver.ts";
import { remind } from "./remind.ts";
import { reportBuild } from "./report-build.ts";
import { rerun } from "./rerun.ts";
import { rerunBuild } from "./rerun-build.ts";
import type { JobTable } from "./runner.ts";
import { syncAlert } from "./sync-alert.ts";

/** People who wait for an answer come first, then those who have not heard yet, then everything that is only news. */
export const jobs: JobTable = {
  readInstallation: {
    order: 8,
    locked: true,
    does: "asks GitHub where the app is installed at an owner's",
    run: readInstallation,
  },
  fetchPull: { order: 10, locked: true, does: "asks GitHub about a pull request that is in doubt", run: fetchPull },
  readRepositoryPolicy: {
    order: 12,
    locked: true,
    does: "reads a repository's .github/signalbox.yml and CODEOWNERS",
    run: readRepositoryPolicy,
  },
  checkRepositoryPolicy: {
    order: 14,
    locked: true,
    does: "checks the .github/signalbox.yml that a pull request brings",
    run: checkRepositoryPolicy,
  },
  evaluateBuild: { order: 20, locked: false, does: "draws the verdict from a build's facts", run: evaluateBuild },
  evaluateBranch: { order: 30, locked: false, does: "opens, updates or closes a branch's alert", run: evaluateBranch },
  applyMute: { order: 45, locked: false, does: "tells alerts that they are muted, or no longer", run: applyMute },
  answerPerson: {
    order: 50,
    locked: "syncAlert",
    does: "shows at once what a person did about an alert",
    run: syncAlert,
  },
  answerComment: { order: 52, locked: true, does: "carries out the commands of a comment", run: answerComment },
  rerunBuild: {
    order: 54,
    locked: true,
    does: "runs a build again that somebody on GitHub asked for",
    run: rerunBuild,
  },
  rerun: { order: 55, locked: true, does: "has Buildkite run a red build again", run: rerun },
  postAlert: { order: 60, locked: "syncAlert", does: "tells Slack of an alert that opened", run: syncAlert },
  syncAlert: { order: 70, locked: true, does: "makes Slack show what an alert is now", run: syncAlert },
  fetchBuild: { order: 72, locked: true, does: "asks Buildkite about a red build nothing explains", run: fetchBuild },
  fetchLog: { order: 74, locked: true, does: "puts the end of a failed job's log into the thread", run: fetchLog },
  reportBuild: { order: 75, locked: true, does: "makes a commit's check run say how a build is", run: reportBuild },
  commentOnPull: {
    order: 76,
    locked: true,
    does: "keeps the one comment on a pull request, and tells its author",
    run: commentOnPull,
  },
  remind: { order: 80, locked: true, does: "reminds that nobody is on an alert, or asks whoever is", run: remind },
  followUp: { order: 90, locked: true, does: "creates a build of the follow-up pipeline", run: followUp },
  redeliver: { order: 97, locked: true, does: "asks GitHub again for webhooks that nobody took", run: redeliver },
};
