/** Everything that is kept in Redis, over one connection. */
import type { Redis } from "ioredis";
import { createAgents } from "./agents.ts";
import { createAlerts } from "./alerts.ts";
import { createAudit } from "./audit.ts";
import { createBuilds } from "./builds.ts";
import { createCheckRequests } from "./check-requests.ts";
import { createComments } from "./comments.ts";
import { createDeliveries } from "./deliveries.ts";
import { createDirectoryCache } from "./directory-cache.ts";
import { createEtags } from "./etags.ts";
import { createGithubInstallations } from "./github-installations.ts";
import { createInstallStates } from "./install-states.ts";
import { createJobLogs } from "./job-logs.ts";
import { createKeys } from "./keys.ts";
import { createMarks } from "./marks.ts";
import { createMutes } from "./mutes.ts";
import { createPauses } from "./pauses.ts";
import { createPeopleStore } from "./people.ts";
import { createPolicyFiles } from "./policies.ts";
import { createPulls } from "./pulls.ts";
import { createReplays } from "./replays.ts";
import { createReports } from "./reports.ts";
import { loadScripts } from "./scripts.ts";
import { createShownLists } from "./shown-lists.ts";
import { createSlots } from "./slots.ts";
import { createSubscriptions } from "./subscriptions.ts";
import { createTold } from "./told.ts";
import { createVerdicts } from "./verdicts.ts";

export type Stores = ReturnType<typeof createStores>;

export function createStores(redis: Redis, keyPrefix: string) {
  const scripts = loadScripts(redis);
  const keys = createKeys(keyPrefix);
  return {
    redis,
    scripts,
    keys,
    marks: createMarks(redis, scripts, keys),
    builds: createBuilds(redis, scripts, keys),
    verdicts: createVerdicts(redis, scripts, keys),
    agents: createAgents(redis, scripts, keys),
    alerts: createAlerts(redis, scripts, keys),
    pulls: createPulls(redis, scripts, keys),
    comments: createComments(redis, scripts, keys),
    checkRequests: createCheckRequests(redis, scripts, keys),
    policyFiles: createPolicyFiles(redis, scripts, keys),
    slots: createSlots(scripts, keys),
    mutes: createMutes(redis, scripts, keys),
    told: createTold(redis, keys),
    reports: createReports(redis, scripts, keys),
    jobLogs: createJobLogs(redis, keys),
    subscriptions: createSubscriptions(redis, keys),
    audit: createAudit(redis, keys),
    directory: createPeopleStore(redis, scripts, keys),
    directoryCache: createDirectoryCache(redis, keys),
    shownLists: createShownLists(redis, keys),
    replays: createReplays(redis, keys),
    pauses: createPauses(redis, scripts, keys),
    installStates: createInstallStates(redis, keys),
    etags: createEtags(redis, keys),
    githubInstallations: createGithubInstallations(redis, keys),
    deliveries: createDeliveries(redis, keys),
  };
}
