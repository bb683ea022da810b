/** Reads a GraphQL document: operations and fragments. What the stand-in does not need, such as types, it refuses. */
import { SyntaxProblem, type Token, tokensOf } from "./lexer.ts";

export type Value =
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "constant"; readonly value: string | number | boolean | null }
  | { readonly kind: "list"; readonly items: readonly Value[] }
  | { readonly kind: "object"; readonly fields: Arguments };

export type Arguments = ReadonlyMap<string, Value>;

export interface Directive {
  readonly name: string;
  readonly arguments: Arguments;
}

export interface Field {
  readonly kind: "field";
  /** As the answer names it. */
  readonly alias: string;
  readonly name: string;
  readonly arguments: Arguments;
  readonly directives: readonly Directive[];
  /** Null: nothing below was asked for. */
  readonly selections: readonly Selection[] | null;
  readonly location: { readonly line: number; readonly column: number };
}

export type Selection =
  | Field
  | { readonly kind: "spread"; readonly fragment: string; readonly directives: readonly Directive[] }
  | {
      readonly kind: "inline";
      /** Null: whatever it is. */
      readonly on: string | null;
      readonly directives: readonly Directive[];
      readonly selections: readonly Selection[];
    };

export interface Operation {
  readonly type: string;
  readonly name: string | null;
  /** With their defaults. */
  readonly variables: ReadonlyMap<string, { readonly required: boolean; readonly value: Value | null }>;
  readonly selections: readonly Selection[];
}

interface Fragment {
  readonly on: string;
  readonly selections: readonly Selection[];
}

export interface Document {
  readonly operations: readonly Operation[];
  readonly fragments: ReadonlyMap<string, Fragment>;
}

/** @throws SyntaxProblem */
export function parse(source: string): Document {
  return new Parser(tokensOf(source)).document();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  document(): Document {
    const operations: Operation[] = [];
    const fragments = new Map<string, Fragment>();
    while (this.#next.kind !== "end") {
      if (this.#next.text === "fragment") {
        this.#take();
        const name = this.#name();
        this.#expect("on");
        fragments.set(name, { on: this.#name(), selections: this.#selections() });
      } else operations.push(this.#operation());
    }
    return { operations, fragments };
  }

  #operation(): Operation {
    const bare = this.#next.text === "{";
    const type = bare ? "query" : this.#name();
    const name = !bare && this.#next.kind === "name" ? this.#name() : null;
    const variables = new Map<string, { required: boolean; value: Value | null }>();
    if (!bare && this.#skip("(")) {
      while (!this.#skip(")")) {
        this.#expect("$");
        const variable = this.#name();
        this.#expect(":");
        const required = this.#type();
        variables.set(variable, { required, value: this.#skip("=") ? this.#value() : null });
      }
    }
    return { type, name, variables, selections: this.#selections() };
  }

  /** @returns whether it ends with `!`. What type it is does not matter here. */
  #type(): boolean {
    if (this.#skip("[")) {
      this.#type();
      this.#expect("]");
    } else this.#name();
    return this.#skip("!");
  }

  #selections(): Selection[] {
    this.#expect("{");
    const selections: Selection[] = [];
    while (!this.#skip("}")) selections.push(this.#skip("...") ? this.#fragment() : this.#field());
    return selections;
  }

  #fragment(): Selection {
    if (this.#next.kind === "name" && this.#next.text !== "on") {
      return { kind: "spread", fragment: this.#name(), directives: this.#directives() };
    }
    const on = this.#skip("on") ? this.#name() : null;
    return { kind: "inline", on, directives: this.#directives(), selections: this.#selections() };
  }

  #field(): Field {
    const { line, column } = this.#next;
    const first = this.#name();
    const name = this.#skip(":") ? this.#name() : first;
    return {
      kind: "field",
      alias: first,
      name,
      arguments: this.#arguments(),
      directives: this.#directives(),
      selections: this.#next.text === "{" && this.#next.kind === "punctuator" ? this.#selections() : null,
      location: { line, column },
    };
  }

  #arguments(): Arguments {
    return this.#skip("(") ? this.#pairs(")") : new Map();
  }

  #pairs(end: string): Map<string, Value> {
    const pairs = new Map<string, Value>();
    while (!this.#skip(end)) {
      const name = this.#name();
      this.#expect(":");
      pairs.set(name, this.#value());
    }
    return pairs;
  }

  #directives(): Directive[] {
    const directives: Directive[] = [];
    while (this.#skip("@")) directives.push({ name: this.#name(), arguments: this.#arguments() });
    return directives;
  }

  #value(): Value {
    const token = this.#take();
    if (token.kind === "string") return { kind: "constant", value: token.text };
    if (token.kind === "number") return { kind: "constant", value: Number(token.text) };
    if (token.kind === "name") {
      const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
      return { kind: "constant", value: Object.hasOwn(words, token.text) ? (words[token.text] ?? null) : token.text };
    }
    if (token.text === "$") return { kind: "variable", name: this.#name() };
    if (token.text === "{") return { kind: "object", fields: this.#pairs("}") };
    if (token.text !== "[") throw unexpected(token);
    const items: Value[] = [];
    while (!this.#skip("]")) items.push(this.#value());
    return { kind: "list", items };
  }

  get #next(): Token {
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)];
    if (token === undefined) throw new Error("Cannot parse: the lexer gave no end");
    return token;
  }

  #take(): Token {
    const token = this.#next;
    if (token.kind === "end") throw unexpected(token);
    this.#at += 1;
    return token;
  }

  #skip(text: string): boolean {
    const token = this.#next;
    if (token.text !== text || token.kind === "string" || token.kind === "end") return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#skip(text)) throw unexpected(this.#next);
  }

  #name(): string {
    const token = this.#next;
    if (token.kind !== "name") throw unexpected(token);
    this.#at += 1;
    return token.text;
  }
}

function unexpected(token: Token): SyntaxProblem {
  const found = token.kind === "end" ? "end of file" : JSON.stringify(token.text);
  return new SyntaxProblem(`Parse error on ${found} (${token.kind})`, token);
}
