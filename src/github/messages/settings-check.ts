/** Whether a repository's settings can be read, as a check run with a note at each line that is wrong. */
import type { CheckAnnotation } from "./check-run.ts";
import { code, md, paragraphs, words } from "./markdown.ts";

interface SettingsCheckRun {
  readonly name: string;
  readonly external_id: string;
  readonly status: "completed";
  readonly conclusion: "success" | "failure";
  readonly output: {
    readonly title: string;
    readonly summary: string;
    readonly annotations?: readonly CheckAnnotation[];
  };
}

const settingsCheckName = "Signalbox: settings";

/** GitHub takes 50 in one request. */
const mostAnnotations = 50;
const longestSummary = 10_000;
const longestMessage = 500;

export function settingsCheck(
  path: string,
  mistakes: readonly { readonly line: number; readonly message: string }[],
): SettingsCheckRun {
  const common = { name: settingsCheckName, external_id: "settings", status: "completed" } as const;
  const file = code(path, 100) ?? words("The file");
  if (mistakes.length === 0) {
    const summary = md`${file} can be read. It holds once it is on the default branch.`.markdown;
    return { ...common, conclusion: "success", output: { title: "The settings can be read", summary } };
  }
  const lines = mistakes.slice(0, mostAnnotations).map(({ line, message }) => {
    return md`- Line ${line}: ${code(message, longestMessage) ?? words("it cannot be read")}`;
  });
  const title = mistakes.length === 1 ? "1 mistake in the settings" : `${mistakes.length} mistakes in the settings`;
  const consequence = md`${file} cannot be read. Once it is on the default branch, the last good version stays in force.`;
  const list = { markdown: lines.map(({ markdown }) => markdown).join("\n") };
  const annotations = mistakes.slice(0, mostAnnotations).map(({ line, message }): CheckAnnotation => {
    return {
      path,
      start_line: line,
      end_line: line,
      annotation_level: "failure",
      message: message.slice(0, longestMessage),
    };
  });
  const summary = paragraphs([consequence, list], longestSummary).markdown;
  return { ...common, conclusion: "failure", output: { title, summary, annotations } };
}
