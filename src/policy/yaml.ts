/**
 * YAML that anybody may have written, read within bounds: whatever it is, the answer comes in milliseconds and says where.
 * The library is recursive, and slow on some texts of a few kilobytes, so its lexer, which is neither, looks first.
 */
import { CST, type Document, isAlias, isCollection, isMap, isScalar, Lexer, LineCounter, parseDocument } from "yaml";

export interface Mistake {
  readonly line: number;
  readonly message: string;
}

export type YamlPath = readonly PropertyKey[];

export interface YamlFile {
  /** As JSON would have it; `{}` of an empty file. */
  readonly content: unknown;
  /** The line of what is at a path, or of the nearest thing around it. */
  lineOf(path: YamlPath): number;
  /** The line of a key of the mapping at a path. */
  lineOfKey(path: YamlPath, key: string): number;
}

export const longestFile = 64 * 1024;
/** Several hundred lines of settings have about so many. */
const mostTokens = 8_000;
const mostLines = 2_000;
const deepest = 20;
const mostAliases = 50;
const mostMistakes = 20;

const opening = new Set(["flow-seq-start", "flow-map-start"]);
const closing = new Set(["flow-seq-end", "flow-map-end"]);
/** Outside of brackets, one line may nest with these as well: `- - - x`. */
const nesting = new Set(["seq-item-ind", "map-value-ind"]);
const mostOnLine = 5;

/** Never throws. @returns the mistakes, when it cannot be read at all. */
export function readYaml(text: string): YamlFile | readonly Mistake[] {
  const outOfBounds = boundsOf(text);
  if (outOfBounds !== null) return [outOfBounds];
  const lines = new LineCounter();
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      version: "1.2",
      schema: "core",
      merge: false,
      logLevel: "error",
    });
    if (document.errors.length > 0) {
      return document.errors
        .slice(0, mostMistakes)
        .map(({ pos, message }) => ({ line: lineAt(pos[0]), message: `this is not YAML: ${message}` }));
    }
    const content: unknown = document.toJS({ maxAliasCount: mostAliases }) ?? {};
    return fileOf(document, content, lineAt);
  } catch (error) {
    // It throws on aliases that name nothing or too much, and may throw on what nobody has thought of.
    const why = error instanceof Error ? error.message.slice(0, 200) : "";
    return [{ line: 1, message: `this is not YAML: ${why}` }];
  }
}

function boundsOf(text: string): Mistake | null {
  if (text.length > longestFile) {
    return { line: 1, message: `the file is longer than ${longestFile / 1024} KB; write shorter settings` };
  }
  let tokens = 0;
  let line = 1;
  let brackets = 0;
  let onLine = 0;
  let indent: number | null = null;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token) ?? "";
    tokens += 1;
    if (tokens > mostTokens) return { line, message: "the file holds too much; write fewer settings" };
    // Keys that are mappings themselves take the library minutes.
    if (type === "explicit-key-ind") return { line, message: "write `key: value`, without `?`" };
    if (opening.has(type)) brackets += 1;
    if (closing.has(type)) brackets = Math.max(0, brackets - 1);
    if (brackets === 0 && nesting.has(type)) onLine += 1;
    if (type !== "newline") indent ??= type === "space" ? token.length : 0;
    if (brackets > deepest || onLine > mostOnLine || (indent ?? 0) > 4 * deepest) {
      return { line, message: "this is nested too deep; write it flatter" };
    }
    if (type === "newline") {
      onLine = 0;
      indent = null;
    }
    line += newLines(token);
    if (line > mostLines) return { line: mostLines, message: "the file is too long; write fewer settings" };
  }
  return null;
}

function newLines(token: string): number {
  let count = 0;
  for (let at = token.indexOf("\n"); at >= 0; at = token.indexOf("\n", at + 1)) count += 1;
  return count;
}

function fileOf(document: Document, content: unknown, lineAt: (offset: number) => number): YamlFile {
  const lineOfNode = (node: unknown): number | null => {
    const known = isCollection(node) || isScalar(node) || isAlias(node);
    return known && node.range ? lineAt(node.range[0]) : null;
  };
  const lineOf = (path: YamlPath): number => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    return lineOfNode(node) ?? (path.length === 0 ? 1 : lineOf(path.slice(0, -1)));
  };
  return {
    content,
    lineOf,
    lineOfKey(path, key) {
      const node = path.length === 0 ? document.contents : document.getIn(path, true);
      const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : null;
      return lineOfNode(pair?.key) ?? lineOf(path);
    },
  };
}
