/**
 * CODEOWNERS as GitHub reads it. The patterns are those of .gitignore with differences: the last line that matches decides,
 * `docs/*` does not reach into folders of docs, and `!` and `[ ]` mean nothing, so that such lines are skipped.
 *
 * Matched segment by segment, without regular expressions: those made of such patterns take minutes for a line that somebody
 * thought out for it.
 */
interface CodeownersRule {
  readonly segments: readonly Segment[];
  /** None: nobody owns what it matches, whatever a line before it says. */
  readonly owners: readonly string[];
}

export interface Codeowners {
  readonly rules: readonly CodeownersRule[];
  /** Lines that GitHub would not understand either. */
  readonly skipped: number;
}

const mostRules = 3_000;
const mostFiles = 100;
const mostSegments = 20;
const deepestPath = 40;
const mostStars = 4;
/** Of comparing one segment with one folder: a large repository takes a tenth of it, and it takes a second. */
const mostSteps = 5_000_000;
const owner = /^(?:@[\w.-]{1,100}(?:\/[\w.-]{1,100})?|[^\s@]{1,100}@[^\s@]{1,100})$/;

/** Never throws. */
export function parseCodeowners(text: string): Codeowners {
  const rules: CodeownersRule[] = [];
  let skipped = 0;
  for (const line of text.split(/\r?\n/)) {
    const words = wordsOf(line);
    const [pattern, ...owners] = words;
    if (pattern === undefined) continue;
    const segments = segmentsOf(pattern);
    if (segments === null || rules.length >= mostRules || !owners.every((name) => owner.test(name))) skipped += 1;
    else rules.push({ segments, owners: owners.map((name) => name.toLowerCase()) });
  }
  return { rules, skipped };
}

/** Who owns these files, whoever owns most of them first; in lower case, as CODEOWNERS names them. */
export function ownersOf(files: readonly string[], { rules }: Pick<Codeowners, "rules">): string[] {
  const owned = new Map<string, number>();
  let steps = 0;
  for (const file of files.slice(0, mostFiles)) {
    const path = file.split("/");
    if (path.length > deepestPath) continue;
    const rule = rules.findLast(({ segments }) => {
      steps += segments.length * path.length;
      return steps < mostSteps && matchesPath(segments, path);
    });
    // Half an answer would name the wrong people.
    if (steps >= mostSteps) return [];
    for (const name of rule?.owners ?? []) owned.set(name, (owned.get(name) ?? 0) + 1);
  }
  return [...owned].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

/** Up to a comment. A backslash keeps a blank in the pattern. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:\\.|[^\s\\])+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith("#"));
  return comment < 0 ? words : words.slice(0, comment);
}

/** Any number of folders, none too. */
const folders = Symbol("folders");
/** All that is in a folder. */
const inside = Symbol("inside");
type Segment = string | typeof folders | typeof inside;

/** @returns null when it is none that GitHub takes. */
function segmentsOf(pattern: string): readonly Segment[] | null {
  if (pattern === "/" || /^!|[[\]]|\*{3}|\\$/.test(pattern)) return null;
  const bare = pattern.replace(/\\(.)/g, "$1");
  const names = bare.replace(/^\//, "").split("/");
  if (names.length > mostSegments || names.some((name) => name.split("*").length > mostStars + 1)) return null;
  const last = names.at(-1);
  const segments = names.map((name): Segment => (name === "**" ? folders : name));
  if (last === "" || last === "**") segments[segments.length - 1] = inside;
  // A name means the file, or all that is in the folder; a star that stands alone means what is right there.
  else if (last !== "*") segments.push(folders);
  // Without a slash but at its end, it means any depth.
  return bare.slice(0, -1).includes("/") ? segments : [folders, ...segments];
}

/** Whether the segments of the pattern take up all of the path's. */
function matchesPath(pattern: readonly Segment[], path: readonly string[]): boolean {
  // After each segment: at which lengths the beginning of the path is matched by the pattern so far.
  let reached = [true, ...path.map(() => false)];
  for (const segment of pattern) {
    const next: boolean[] = [];
    for (const [length, here] of reached.entries()) {
      const before = length > 0 && reached[length - 1] === true;
      const grown = length > 0 && next[length - 1] === true;
      if (segment === folders) next.push(here || grown);
      else if (segment === inside) next.push(before || grown);
      else next.push(before && matchesName(segment, path[length - 1] ?? ""));
    }
    if (!next.includes(true)) return false;
    reached = next;
  }
  return reached.at(-1) === true;
}

/** `*` stands for any characters, `?` for one. On a mismatch, the last star takes one more. */
function matchesName(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let i = 0;
  while (i < name.length) {
    if (pattern[at] === "*") {
      star = at;
      at += 1;
      resume = i;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === name[i])) {
      at += 1;
      i += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      i = resume;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
