/** How a build stands, in the words of a check run. */
import type { Outcome } from "./outcome.ts";

export type CheckState =
  | { readonly status: "queued" | "in_progress"; readonly conclusion: null }
  | {
      readonly status: "completed";
      readonly conclusion: "success" | "failure" | "cancelled" | "skipped" | "neutral";
    };

/**
 * Chosen for whoever made the check a required one. `failure` and `cancelled` keep a pull request from being merged: what
 * was canceled has proved nothing. `skipped` and `neutral` do not: Buildkite was told that this commit needs no build, or
 * all that ran has passed and a person may go on, which Buildkite itself reports as a success. A failing build is not
 * over: its check says so in its title and still runs.
 */
export function checkStateOf(outcome: Outcome, begun: boolean): CheckState {
  switch (outcome) {
    case "running":
      return { status: begun ? "in_progress" : "queued", conclusion: null };
    case "failing":
      return { status: "in_progress", conclusion: null };
    case "passed":
      return { status: "completed", conclusion: "success" };
    case "failed":
      return { status: "completed", conclusion: "failure" };
    case "canceled":
      return { status: "completed", conclusion: "cancelled" };
    case "blocked":
      return { status: "completed", conclusion: "neutral" };
    case "skipped":
    case "notRun":
      return { status: "completed", conclusion: "skipped" };
  }
}
