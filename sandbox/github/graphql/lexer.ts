/** The words of GraphQL. Commas, spaces and comments mean nothing. */

export interface Token {
  readonly kind: "punctuator" | "name" | "number" | "string" | "end";
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export class SyntaxProblem extends Error {
  readonly line: number;
  readonly column: number;

  constructor(message: string, at: Pick<Token, "line" | "column">) {
    super(message);
    this.name = "SyntaxProblem";
    this.line = at.line;
    this.column = at.column;
  }
}

const pattern =
  /(?<nothing>[\s,\uFEFF]+|#[^\n]*)|(?<punctuator>\.\.\.|[!$&()[\]{}:=@|])|(?<name>[_A-Za-z]\w*)|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|"""(?<block>[\s\S]*?)"""|(?<string>"(?:[^"\\\n]|\\.)*")/y;

export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let begin = 0;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < source.length) {
    const start = pattern.lastIndex;
    const at = { line, column: start - begin + 1 };
    const match = pattern.exec(source);
    if (match === null) throw new SyntaxProblem(`Parse error on ${JSON.stringify(source[start])}`, at);
    const { punctuator, name, number, block, string } = match.groups ?? {};
    if (punctuator !== undefined) tokens.push({ kind: "punctuator", text: punctuator, ...at });
    else if (name !== undefined) tokens.push({ kind: "name", text: name, ...at });
    else if (number !== undefined) tokens.push({ kind: "number", text: number, ...at });
    else if (block !== undefined) tokens.push({ kind: "string", text: block.trim(), ...at });
    else if (string !== undefined) tokens.push({ kind: "string", text: String(JSON.parse(string)), ...at });
    const breaks = match[0].split("\n").length - 1;
    line += breaks;
    if (breaks > 0) begin = start + match[0].lastIndexOf("\n") + 1;
  }
  return [...tokens, { kind: "end", text: "", line, column: source.length - begin + 1 }];
}
