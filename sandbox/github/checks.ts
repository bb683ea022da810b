/** Check suites, one for each commit and app, and the check runs in them. */
import type { Instant } from "../../src/clock.ts";
import type { Account } from "./accounts.ts";
import { checkRunEvent, checkSuiteEvent } from "./events-check.ts";
import type { Repository } from "./repository.ts";
import type { AppRecord } from "./world.ts";

export type CheckStatus = "queued" | "in_progress" | "completed";

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title?: string | undefined;
  readonly raw_details?: string | undefined;
}

interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CheckSuite {
  readonly id: number;
  readonly app: AppRecord;
  readonly repository: Repository;
  readonly sha: string;
  readonly branch: string | null;
  readonly before: string | null;
  readonly createdAt: Instant;
  updatedAt: Instant;
  /** Asked for again: what its runs said does not count until they say something new. */
  reset: boolean;
  readonly runs: CheckRun[];
}

/** What the app can write of a run. */
export interface CheckContent {
  name: string;
  detailsUrl: string | null;
  externalId: string;
  status: CheckStatus;
  conclusion: string | null;
  startedAt: Instant;
  completedAt: Instant | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  actions: readonly CheckAction[];
}

export interface CheckRun extends CheckContent {
  readonly id: number;
  readonly suite: CheckSuite;
  readonly annotations: Annotation[];
  /** How often the app wrote to it after its creation. */
  updates: number;
}

export class Checks {
  readonly #repository: Repository;
  readonly #suites = new Map<string, CheckSuite>();
  readonly #runs = new Map<number, CheckRun>();

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  find(id: number): CheckRun | undefined {
    return this.#runs.get(id);
  }

  /** Oldest first. */
  of(sha: string): readonly CheckRun[] {
    return [...this.#suites.values()].filter((suite) => suite.sha === sha).flatMap(({ runs }) => runs);
  }

  /** A push makes a suite, and the app is asked to check. */
  request(sha: string, branch: string, before: string | null, by: Account): void {
    this.#tellSuite("requested", this.suite(sha, { branch, before }), by);
  }

  suite(sha: string, options: Partial<Pick<CheckSuite, "app" | "branch" | "before">> = {}): CheckSuite {
    const { world } = this.#repository;
    const { app = world.app, branch = this.#branchOf(sha), before = null } = options;
    const name = `${app.id}:${sha}`;
    const known = this.#suites.get(name);
    if (known !== undefined) return known;
    const now = world.clock.now();
    const suite: CheckSuite = {
      id: world.ids.next("checkSuite"),
      app,
      repository: this.#repository,
      sha,
      branch,
      before,
      createdAt: now,
      updatedAt: now,
      reset: false,
      runs: [],
    };
    this.#suites.set(name, suite);
    return suite;
  }

  create(sha: string, content: CheckContent, annotations: readonly Annotation[], by: Account): CheckRun {
    return this.#add(this.suite(sha), content, annotations, by);
  }

  /** What another app says of a commit. */
  foreign(sha: string, name: string, conclusion: string): CheckRun {
    const { otherApp, clock } = this.#repository.world;
    const now = clock.now();
    const content: CheckContent = { ...newRun(name, now), status: "completed", conclusion, completedAt: now };
    return this.#add(this.suite(sha, { app: otherApp }), content, [], otherApp.bot);
  }

  #add(suite: CheckSuite, content: CheckContent, annotations: readonly Annotation[], by: Account): CheckRun {
    const id = this.#repository.world.ids.next("checkRun");
    const run: CheckRun = { id, suite, ...content, annotations: [...annotations], updates: 0 };
    suite.runs.push(run);
    this.#runs.set(id, run);
    this.#changed(run);
    this.tell("created", run, by);
    if (run.status === "completed") this.tell("completed", run, by);
    return run;
  }

  update(run: CheckRun, content: Partial<CheckContent>, annotations: readonly Annotation[], by: Account): void {
    const wasCompleted = run.status === "completed";
    Object.assign(run, content);
    run.annotations.push(...annotations);
    run.updates += 1;
    this.#changed(run);
    if (run.status === "completed" && !wasCompleted) this.tell("completed", run, by);
  }

  rerequest(run: CheckRun, by: Account): void {
    run.suite.reset = true;
    this.tell("rerequested", run, by);
  }

  rerequestSuite(sha: string, by: Account): void {
    const suite = this.suite(sha);
    suite.reset = true;
    this.#tellSuite("rerequested", suite, by);
  }

  tell(action: string, run: CheckRun, by: Account, more: object = {}): void {
    this.#repository.tell("check_run", action, checkRunEvent(run, action, by, more));
  }

  #changed(run: CheckRun): void {
    run.suite.reset = false;
    run.suite.updatedAt = this.#repository.world.clock.now();
  }

  #tellSuite(action: "requested" | "rerequested", suite: CheckSuite, by: Account): void {
    this.#repository.tell("check_suite", action, checkSuiteEvent(suite, action, by));
  }

  #branchOf(sha: string): string | null {
    return [...this.#repository.branches].find(([, tip]) => tip === sha)?.[0] ?? null;
  }
}

/** A run of which only the name is known. */
export function newRun(name: string, now: Instant): CheckContent {
  return {
    name,
    detailsUrl: null,
    externalId: "",
    status: "queued",
    conclusion: null,
    startedAt: now,
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    actions: [],
  };
}

/** The newest run of each name and app, as the page of a pull request shows. */
export function latestRuns(runs: readonly CheckRun[]): readonly CheckRun[] {
  return runs.filter(
    (run, index) =>
      !runs.slice(index + 1).some((later) => later.name === run.name && later.suite.app === run.suite.app),
  );
}

/** What the latest runs of a suite add up to. */
export function suiteState({ runs, reset }: CheckSuite): { status: CheckStatus; conclusion: string | null } {
  const latest = latestRuns(runs);
  if (latest.length === 0 || reset) return { status: "queued", conclusion: null };
  if (latest.some(({ status }) => status === "in_progress")) return { status: "in_progress", conclusion: null };
  if (latest.some(({ status }) => status === "queued")) return { status: "queued", conclusion: null };
  const worst = ["action_required", "timed_out", "cancelled", "failure", "stale", "neutral", "success", "skipped"];
  const conclusion = worst.find((each) => latest.some((run) => run.conclusion === each)) ?? "success";
  return { status: "completed", conclusion };
}
