/** A pull request as a person reads it: what was said, and its checks. */
import { type CheckRun, latestRuns } from "./checks.ts";
import type { Comment } from "./comments.ts";
import type { Pull } from "./pull.ts";

const icons: Readonly<Record<string, string>> = {
  queued: "○",
  in_progress: "◐",
  success: "✓",
  failure: "✗",
  neutral: "▢",
  cancelled: "⊘",
  skipped: "⤼",
  timed_out: "⧖",
  action_required: "!",
};

const emoji: Readonly<Record<string, string>> = {
  "+1": "👍",
  "-1": "👎",
  laugh: "😄",
  hooray: "🎉",
  confused: "😕",
  heart: "❤️",
  rocket: "🚀",
  eyes: "👀",
};

/** With all that its checks say. They are those of its newest commit. */
export function readPull(pull: Pull): string {
  return read(pull, readCheckRun);
}

/** As its page shows it: a check is a line, and what more it says is a click away. */
export function readPullPage(pull: Pull): string {
  return read(pull, checkLine);
}

function read(pull: Pull, readCheck: (run: CheckRun) => string): string {
  const { repository } = pull;
  const runs = latestRuns(repository.checks.of(pull.headSha));
  const state = pull.merge !== null ? "merged" : pull.draft && pull.state === "open" ? "draft" : pull.state;
  const parts = [
    `#${pull.number} ${pull.title} (${state}, by ${pull.author.login})`,
    ...repository.comments.of(pull).map(readComment),
    ...runs.map(readCheck),
  ];
  return parts.join("\n\n");
}

/** Comments of HTML are there, but nobody sees them. */
function readComment({ user, body, reactions, edits }: Comment): string {
  const shown = body.replace(/<!--[\s\S]*?-->\n?/g, "").trim();
  const edited = edits > 0 ? " (edited)" : "";
  const counts = Map.groupBy(reactions, ({ content }) => content);
  const line = [...counts].map(([content, all]) => `${emoji[content]} ${all.length}`).join("  ");
  return [`${user.login}${edited}:`, indented(shown), ...(line === "" ? [] : [indented(line)])].join("\n");
}

function checkLine(run: CheckRun): string {
  const icon = icons[run.conclusion ?? run.status] ?? "?";
  const title = run.title === null ? "" : ` — ${run.title}`;
  // GitHub shows the buttons once the run is over.
  const buttons = run.status === "completed" ? run.actions.map(({ label }) => ` [${label}]`).join("") : "";
  return `${icon} ${run.name}${title}${buttons}`;
}

function readCheckRun(run: CheckRun): string {
  const annotations = run.annotations.map(
    (each) => `${each.annotation_level}: ${each.path}:${each.start_line} ${each.message}`,
  );
  const below = [run.summary, run.text, annotations.join("\n")].filter((part) => part !== null && part !== "");
  return [checkLine(run), ...below.map((part) => indented(part ?? ""))].join("\n");
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
