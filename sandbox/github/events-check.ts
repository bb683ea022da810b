import type { Account } from "./accounts.ts";
import type { CheckRun, CheckSuite } from "./checks.ts";
import { context } from "./events.ts";
import { checkRunJson, checkSuiteJson } from "./json-check.ts";

export function checkRunEvent(run: CheckRun, action: string, by: Account, more: object): object {
  return { action, check_run: checkRunJson(run, "webhook"), ...more, ...context(run.suite.repository, by) };
}

export function checkSuiteEvent(suite: CheckSuite, action: string, by: Account): object {
  return { action, check_suite: checkSuiteJson(suite), ...context(suite.repository, by) };
}
