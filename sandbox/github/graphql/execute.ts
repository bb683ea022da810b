/** Runs a query against the schema. A field that fails is null, and the answer says why. */

import { SyntaxProblem } from "./lexer.ts";
import {
  type Arguments,
  type Directive,
  type Document,
  type Field,
  type Operation,
  parse,
  type Selection,
  type Value,
} from "./parser.ts";
import { schema } from "./schema.ts";
import { type Context, FieldProblem, type Given } from "./types.ts";
import { mistakesIn } from "./validate.ts";

export interface GraphqlAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly object[];
}

export function execute(query: string, variables: Given, context: Context): GraphqlAnswer {
  let document: Document;
  try {
    document = parse(query);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return { errors: [{ message: error.message, locations: [{ line: error.line, column: error.column }] }] };
  }
  const [operation] = document.operations;
  if (operation === undefined)
    return { errors: [{ message: "A query attribute must be specified and must be a string." }] };
  const mistakes =
    operation.type === "query" ? mistakesIn(document, operation, schema) : [{ message: `No ${operation.type} here` }];
  const missing = [...operation.variables]
    .filter(([name, { required, value }]) => required && value === null && variables[name] === undefined)
    .map(([name]) => ({ message: `Variable $${name} was provided invalid value`, extensions: { value: null } }));
  if (mistakes.length + missing.length > 0) return { errors: [...mistakes, ...missing] };
  return new Run(document, operation, variables, context).answer();
}

class Run {
  readonly #document: Document;
  readonly #operation: Operation;
  readonly #variables: Given;
  readonly #context: Context;
  readonly #errors: object[] = [];

  constructor(document: Document, operation: Operation, variables: Given, context: Context) {
    this.#document = document;
    this.#operation = operation;
    this.#variables = variables;
    this.#context = context;
  }

  answer(): GraphqlAnswer {
    const data = this.#object(this.#operation.selections, "Query", null, []);
    return this.#errors.length === 0 ? { data } : { data, errors: this.#errors };
  }

  #object(
    selections: readonly Selection[],
    declared: string,
    source: unknown,
    path: readonly (string | number)[],
  ): Record<string, unknown> {
    const type = schema[declared]?.typeOf?.(source) ?? declared;
    const result: Record<string, unknown> = {};
    for (const field of this.#fields(selections, type, declared)) {
      const value = field.name === "__typename" ? type : this.#field(field, type, source, [...path, field.alias]);
      const known = result[field.alias];
      // The same field may be asked for twice, with other parts below it.
      const merges = isRecord(known) && isRecord(value);
      result[field.alias] = merges ? { ...known, ...value } : value;
    }
    return result;
  }

  /** Those of fragments that fit, too. */
  *#fields(selections: readonly Selection[], type: string, declared: string): Generator<Field> {
    for (const selection of selections) {
      if (!this.#wanted(selection.directives)) continue;
      if (selection.kind === "field") yield selection;
      else {
        const fragment = selection.kind === "inline" ? selection : this.#document.fragments.get(selection.fragment);
        const fits = fragment?.on === null || fragment?.on === type || fragment?.on === declared;
        if (fragment !== undefined && fits) yield* this.#fields(fragment.selections, type, declared);
      }
    }
  }

  #wanted(directives: readonly Directive[]): boolean {
    return directives.every(({ name, arguments: given }) => {
      const condition = this.#given(given).if === true;
      return name === "include" ? condition : name === "skip" ? !condition : true;
    });
  }

  #field(field: Field, type: string, source: unknown, path: readonly (string | number)[]): unknown {
    const found = schema[type]?.fields[field.name];
    if (found === undefined) throw new Error(`Cannot run ${field.name}: the query was not checked`);
    try {
      if (found.needs !== null && !this.#context.allowed(found.needs)) {
        throw new FieldProblem("FORBIDDEN", "Resource not accessible by integration");
      }
      const value = found.resolve(source, this.#given(field.arguments), this.#context);
      return found.type === null ? value : this.#below(field.selections ?? [], found.type, value, path);
    } catch (error) {
      if (!(error instanceof FieldProblem)) throw error;
      this.#errors.push({ type: error.type, path, locations: [field.location], message: error.message });
      return null;
    }
  }

  #below(selections: readonly Selection[], type: string, value: unknown, path: readonly (string | number)[]): unknown {
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) return this.#object(selections, type, value, path);
    return value.map((item: unknown, index) => this.#below(selections, type, item, [...path, index]));
  }

  #given(given: Arguments): Record<string, unknown> {
    const values = [...given].map(([name, value]) => [name, this.#value(value)] as const);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined));
  }

  #value(value: Value): unknown {
    switch (value.kind) {
      case "constant":
        return value.value;
      case "list":
        return value.items.map((item) => this.#value(item));
      case "object":
        return this.#given(value.fields);
      case "variable": {
        const usual = this.#operation.variables.get(value.name)?.value ?? null;
        return this.#variables[value.name] ?? (usual === null ? undefined : this.#value(usual));
      }
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
