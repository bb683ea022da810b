/**
 * The places in the repository that a log names: file, line and what is wrong there, as compilers, linters and test runners
 * write them. A log is written by whoever wrote the code, so a path is taken only when it can be nothing but a file of the
 * checkout.
 */
import { z } from "zod";
import { cut, oneLine } from "./text.ts";

export const Annotation = z.object({
  path: z.string(),
  line: z.number(),
  column: z.number().nullable(),
  message: z.string(),
});
export type Annotation = z.infer<typeof Annotation>;

const most = 10;
const longestMessage = 500;
/** Beyond that, a line is no message but output. */
const longestLine = 1000;
/** How many lines what is wrong may be away from where. */
const near = 20;

/** A path of at least one name with an extension. Names are bounded, so that no line takes long. */
const path = String.raw`(?<path>(?:\.{0,2}/)?(?:[\w.@+~-]{1,100}/){0,20}[\w@+~-][\w.@+~-]{0,100}\.[A-Za-z][A-Za-z0-9]{0,9})`;

/** In this order: the first that fits a line says what is in it. */
const forms: readonly RegExp[] = [
  // TypeScript, MSBuild: src/app.ts(12,5): error TS2322: …
  new RegExp(String.raw`^\s*${path}\((?<line>\d{1,7}),(?<column>\d{1,5})\):\s+(?<message>\S.*)$`),
  // JavaScript stacks: at handler (src/app.ts:12:5), at src/app.ts:12:5
  new RegExp(String.raw`^\s*at (?:[^()]{1,200} \()?(?:file://)?${path}:(?<line>\d{1,7}):(?<column>\d{1,5})\)?$`),
  // Python: File "app/models.py", line 12, in save
  new RegExp(String.raw`^\s*File "${path}", line (?<line>\d{1,7})`),
  // RSpec's summary: rspec ./spec/models/user_spec.rb:12 # User is valid
  new RegExp(String.raw`^rspec ${path}:(?<line>\d{1,7}) # (?<message>\S.*)$`),
  // Ruby's and minitest's traces: # ./spec/models/user_spec.rb:12:in 'save'
  new RegExp(String.raw`^\s*# ${path}:(?<line>\d{1,7})(?::in .*)?$`),
  // Rust: --> src/lib.rs:12:5
  new RegExp(String.raw`^\s*--> ${path}:(?<line>\d{1,7}):(?<column>\d{1,5})$`),
  // Rust's panics: thread 'main' panicked at src/lib.rs:12:5:
  new RegExp(String.raw`panicked at ${path}:(?<line>\d{1,7}):(?<column>\d{1,5}):?$`),
  // gcc, eslint --format unix, golangci-lint, pytest, go test: src/app.c:12:5: error: …, app_test.go:12: got 1
  new RegExp(String.raw`^\s*${path}:(?<line>\d{1,7})(?::(?<column>\d{1,5}))?:?\s+(?<message>\S.*)$`),
];

/** Says what went wrong, and is worth to be shown beside a place that has no message of its own. */
const telling = /\b(?:error|failure|fail(?:ed|s)?|exception|panic(?:ked)?|assert\w*|expected)\b|Error:/i;

/** @param lines Readable and with secrets hidden. At most ten, each place once, in the order of the log. */
export function annotationsIn(lines: readonly string[]): Annotation[] {
  const found = new Map<string, Annotation>();
  for (const [i, line] of lines.entries()) {
    if (found.size >= most) break;
    const place = line.length > longestLine ? null : placeIn(line);
    if (place === null) continue;
    const message = cut(oneLine(place.message ?? saidAround(lines, i) ?? line), longestMessage);
    const { path: file, line: number, column } = place;
    const name = `${file}:${number}`;
    if (message !== "" && !found.has(name)) found.set(name, { path: file, line: number, column, message });
  }
  return [...found.values()];
}

/** Most say first what is wrong and then where; Python says it last. */
function saidAround(lines: readonly string[], i: number): string | null {
  const tells = (line: string): boolean => line.length <= longestLine && telling.test(line) && placeIn(line) === null;
  return lines.slice(Math.max(0, i - near), i).findLast(tells) ?? lines.slice(i + 1, i + near).find(tells) ?? null;
}

interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number | null;
  readonly message: string | null;
}

function placeIn(line: string): Place | null {
  for (const form of forms) {
    const groups = form.exec(line)?.groups;
    if (groups === undefined) continue;
    const file = inRepository(groups.path ?? "");
    const number = Number(groups.line);
    if (file === null || number < 1) return null;
    const column = Number(groups.column ?? 0);
    return { path: file, line: number, column: column > 0 ? column : null, message: groups.message ?? null };
  }
  return null;
}

/** Where agents check out: /var/lib/buildkite-agent/builds/<agent>/<organization>/<pipeline>/ */
const checkout = /^\/(?:[\w.-]+\/){0,10}builds\/[\w.-]+\/[\w.-]+\/[\w.-]+\//;
/** Installed or made, and in no commit. */
const foreignFolder = /(?:^|\/)(?:node_modules|vendor\/bundle|site-packages|\.git|\.cargo|\.venv|dist-packages)\//;

/** @returns the path from the root of the repository; null for a file that is, or may be, outside of it. */
function inRepository(file: string): string | null {
  const relative = file.replace(checkout, "").replace(/^\.\//, "");
  if (relative.startsWith("/") || relative.startsWith("~")) return null;
  const names = relative.split("/");
  if (names.some((name) => name === "" || name === "." || name === "..") || foreignFolder.test(relative)) return null;
  return relative;
}
