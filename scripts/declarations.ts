/** Reads the part of TypeScript's declarations that describes data: interfaces, unions, arrays, literals. */

export type Shape =
  | "string"
  | "number"
  | "boolean"
  | "unknown"
  | { readonly literal: string | number }
  | { readonly ref: string }
  | { readonly array: Shape }
  | { readonly union: readonly Shape[] }
  /** All at once: an intersection, or an interface with what it extends. */
  | { readonly all: readonly Shape[] }
  | { readonly object: Members };

export interface Limits {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly itemMaxLength?: number;
  readonly itemMaxItems?: number;
}

export interface Member extends Limits {
  readonly shape: Shape;
  readonly optional: boolean;
}
export type Members = Readonly<Record<string, Member>>;
export type Declarations = Map<string, Shape>;

const token = /\/\*[\s\S]*?\*\/|\/\/.*|'[^']*'|[\w$]+|\.\.\.|[{}()[\]<>|&;:,?=*]/g;
const primitives = ["string", "number", "boolean", "unknown"] as const;

/** @param limitsIn What a member's comment states. */
export function readDeclarations(source: string, limitsIn: (comment: string) => Limits): Declarations {
  const tokens = source.match(token) ?? [];
  const declared: Declarations = new Map();
  let at = 0;

  const isComment = (text: string | undefined) => text?.startsWith("/") === true;
  /** The comment above what comes next; the last one, when there are several. */
  function comment(): string {
    let last = "";
    while (isComment(tokens[at])) last = tokens[at++] ?? "";
    return last;
  }
  function next(): string {
    comment();
    return tokens[at] ?? "";
  }
  function take(expected?: string): string {
    const found = next();
    if (found === "" || (expected !== undefined && found !== expected)) {
      throw new Error(`Cannot read the declarations: found "${found}" where "${expected ?? "more"}" should be`);
    }
    at += 1;
    return found;
  }
  function skip(text: string): boolean {
    const there = next() === text;
    if (there) at += 1;
    return there;
  }

  function separated(separator: "|" | "&", part: () => Shape): Shape[] {
    skip(separator);
    const parts = [part()];
    while (skip(separator)) parts.push(part());
    return parts;
  }
  function type(): Shape {
    const [first, ...others] = separated("|", intersection);
    return others.length === 0 ? (first ?? "unknown") : { union: [first ?? "unknown", ...others] };
  }
  function intersection(): Shape {
    const [first, ...others] = separated("&", postfix);
    return others.length === 0 ? (first ?? "unknown") : { all: [first ?? "unknown", ...others] };
  }
  function postfix(): Shape {
    let shape = single();
    while (skip("[")) {
      take("]");
      shape = { array: shape };
    }
    return shape;
  }
  function single(): Shape {
    if (next() === "{") return { object: members() };
    if (skip("(")) {
      const inner = type();
      take(")");
      return inner;
    }
    if (skip("[")) {
      balanced("[", "]");
      return { array: "unknown" };
    }
    const word = take();
    if (word.startsWith("'")) return { literal: word.slice(1, -1) };
    if (/^\d/.test(word)) return { literal: Number(word) };
    if (skip("<")) {
      balanced("<", ">");
      return "unknown";
    }
    return primitives.find((primitive) => primitive === word) ?? { ref: word };
  }
  /** To the end of what has been opened. */
  function balanced(open: string, close: string): void {
    for (let depth = 1; depth > 0; ) {
      const found = take();
      if (found === open) depth += 1;
      if (found === close) depth -= 1;
    }
  }
  function members(): Members {
    take("{");
    const found: Record<string, Member> = {};
    for (;;) {
      const above = comment();
      if (skip("}")) return found;
      const name = take();
      const optional = skip("?");
      take(":");
      found[name] = { shape: type(), optional, ...limitsIn(above) };
      take(";");
    }
  }

  while (next() !== "") {
    const word = take();
    if (word === "interface") {
      const name = take();
      const parents: Shape[] = [];
      if (skip("extends"))
        do parents.push({ ref: take() });
        while (skip(","));
      declared.set(name, { all: [...parents, { object: members() }] });
    } else if (word === "type" && /^\w/.test(next())) {
      const name = take();
      take("=");
      declared.set(name, type());
      take(";");
    } else if (word === "import") while (take() !== ";");
  }
  return declared;
}
