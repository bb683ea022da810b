/** What a triggered job is, and what it may use. */
import type { Logger } from "pino";
import type { BuildkiteClient } from "../buildkite/client.ts";
import type { Clock, Instant } from "../clock.ts";
import type { Config } from "../config.ts";
import type { GithubClient } from "../github/client.ts";
import type { Keeper } from "../github/keeper.ts";
import type { Metrics } from "../metrics.ts";
import type { Policies } from "../policies.ts";
import type { SlackClient } from "../slack/client.ts";
import type { Deliverer } from "../slack/deliver.ts";
import type { People } from "../slack/people.ts";
import type { Alerts } from "../state/alerts.ts";
import type { Audit } from "../state/audit.ts";
import type { Builds } from "../state/builds.ts";
import type { CheckRequests } from "../state/check-requests.ts";
import type { Comments } from "../state/comments.ts";
import type { Deliveries } from "../state/deliveries.ts";
import type { JobLogs } from "../state/job-logs.ts";
import type { Mark, Marks } from "../state/marks.ts";
import type { Mutes } from "../state/mutes.ts";
import type { PolicyFiles } from "../state/policies.ts";
import type { Pulls } from "../state/pulls.ts";
import type { Reports } from "../state/reports.ts";
import type { Slots } from "../state/slots.ts";
import type { Subscriptions } from "../state/subscriptions.ts";
import type { Told } from "../state/told.ts";
import type { Verdicts } from "../state/verdicts.ts";
import type { JobKind, Subjects } from "./subjects.ts";

export interface Tools {
  readonly clock: Clock;
  readonly config: Config;
  readonly metrics: Metrics;
  readonly builds: Builds;
  readonly verdicts: Verdicts;
  readonly alerts: Alerts;
  readonly mutes: Mutes;
  readonly told: Told;
  readonly subscriptions: Subscriptions;
  readonly people: People;
  readonly slots: Slots;
  readonly slack: SlackClient;
  readonly deliverer: Deliverer;
  /** For another workspace; null when Signalbox is not installed there. */
  delivererFor(team: string | null): Promise<Deliverer | null>;
  /** null without an API token. */
  readonly buildkite: BuildkiteClient | null;
  /** The policy in force for a pipeline's repository. */
  readonly policies: Policies;
  readonly policyFiles: PolicyFiles;
  readonly pulls: Pulls;
  readonly comments: Comments;
  readonly audit: Audit;
  readonly checkRequests: CheckRequests;
  /** null without a GitHub App. */
  readonly github: GithubClient | null;
  /** For what GitHub shows of ours. */
  readonly keeper: Keeper;
  readonly deliveries: Deliveries;
  readonly reports: Reports;
  readonly jobLogs: JobLogs;
  readonly marks: Pick<Marks, "introduce" | "mark" | "organizations">;
  /** Fires what a write has marked. */
  fire(marks: readonly Mark[]): Promise<void>;
  /** Marks and fires it at a time; the earlier of two times wins. */
  triggerAt<K extends JobKind>(kind: K, subject: Subjects[K], at: Instant): Promise<void>;
}

export interface Run {
  /** Carries the job's kind and subject. */
  readonly log: Logger;
  /** Aborted when the lock is lost: what was not begun should not be begun. */
  readonly signal: AbortSignal;
}

export interface Job<K extends JobKind> {
  /** Lower runs first when several are ready. */
  readonly order: number;
  readonly does: string;
  /**
   * Calls a service: then two processes should not do it at once. A kind: those two do the same thing, for reasons of
   * different urgency, and share their lock.
   */
  readonly locked: boolean | JobKind;
  /** Compares what is with what should be, and acts. Runs again after any error or crash: it must bear repetition. */
  readonly run: (subject: Subjects[K], tools: Tools, run: Run) => Promise<void>;
}
