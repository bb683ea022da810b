/** What a schema is made of: types with fields, each of which says what it gives and how to find it. */
import type { Need } from "../api-call.ts";
import type { Repository } from "../repository.ts";
import type { World } from "../world.ts";

export interface Context {
  readonly world: World;
  /** What the token lets see. */
  readonly sees: (repository: Repository) => boolean;
  readonly allowed: (need: Need) => boolean;
}

export type Given = Readonly<Record<string, unknown>>;

export interface FieldType {
  /** The type of what it gives, alone or in a list; null for what has no fields. */
  readonly type: string | null;
  readonly arguments: readonly string[];
  readonly needs: Need | null;
  readonly resolve: (source: unknown, given: Given, context: Context) => unknown;
}

export interface ObjectType {
  readonly fields: Readonly<Record<string, FieldType>>;
  /** For an interface: which of its types this one has. Null: it is the type itself. */
  readonly typeOf: ((source: unknown) => string) | null;
  readonly types?: readonly string[];
}

export type Schema = Readonly<Record<string, ObjectType>>;

/** An error of one field, which is then null. */
export class FieldProblem extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = "FieldProblem";
    this.type = type;
  }
}

/** Fields of one source: written with its type, kept without. */
export class Fields<Source> {
  readonly fields: Record<string, FieldType> = {};

  /** A value without fields. */
  plain(name: string, resolve: (source: Source) => unknown): this {
    return this.#add(name, null, [], null, resolve);
  }

  one(
    name: string,
    type: string,
    resolve: (source: Source, given: Given, context: Context) => unknown,
    options: { readonly arguments?: readonly string[]; readonly needs?: Need } = {},
  ): this {
    return this.#add(name, type, options.arguments ?? [], options.needs ?? null, resolve);
  }

  /** A list in GitHub's form: `first` or `last`, nodes, edges, and how many there are. */
  many(
    name: string,
    type: string,
    resolve: (source: Source, given: Given, context: Context) => readonly unknown[],
    options: { readonly arguments?: readonly string[]; readonly needs?: Need } = {},
  ): this {
    const names = ["first", "last", "after", "before", "orderBy", ...(options.arguments ?? [])];
    const page = (source: Source, given: Given, context: Context) =>
      pageOf(name, resolve(source, given, context), given);
    return this.#add(name, `${type}Connection`, names, options.needs ?? null, page);
  }

  #add(
    name: string,
    type: string | null,
    names: readonly string[],
    needs: Need | null,
    resolve: (source: Source, given: Given, context: Context) => unknown,
  ): this {
    this.fields[name] = {
      type,
      arguments: names,
      needs,
      // The schema only hands a field what its type gives.
      resolve: (source, given, context) => resolve(source as Source, given, context),
    };
    return this;
  }
}

interface Page {
  readonly nodes: readonly unknown[];
  readonly total: number;
  readonly start: number;
}

const most = 100;

function pageOf(name: string, all: readonly unknown[], given: Given): Page {
  const { first, last, after } = given;
  const size = first ?? last;
  if (typeof size !== "number") {
    const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
    throw new FieldProblem("MISSING_PAGINATION_BOUNDARIES", message);
  }
  if (size > most) {
    const message = `Requesting ${size} records on the \`${name}\` connection exceeds the \`first\` limit of ${most} records.`;
    throw new FieldProblem("EXCESSIVE_PAGINATION", message);
  }
  const from = typeof after === "string" ? Number(Buffer.from(after, "base64").toString().replace("cursor:", "")) : 0;
  const start = first === undefined ? Math.max(0, all.length - size) : from;
  return { nodes: all.slice(start, start + size), total: all.length, start };
}

export function connection(type: string): ObjectType {
  const cursor = (index: number) => Buffer.from(`cursor:${index}`).toString("base64");
  const fields = new Fields<Page>()
    .one("nodes", type, ({ nodes }) => nodes)
    .one("edges", `${type}Edge`, ({ nodes, start }) =>
      nodes.map((node, index) => ({ node, cursor: cursor(start + index + 1) })),
    )
    .one("pageInfo", "PageInfo", ({ nodes, total, start }) => ({
      hasNextPage: start + nodes.length < total,
      hasPreviousPage: start > 0,
      endCursor: nodes.length === 0 ? null : cursor(start + nodes.length),
    }))
    .plain("totalCount", ({ total }) => total);
  return { fields: fields.fields, typeOf: null };
}

export function edge(type: string): ObjectType {
  const fields = new Fields<{ readonly node: unknown; readonly cursor: string }>()
    .one("node", type, ({ node }) => node)
    .plain("cursor", ({ cursor }) => cursor);
  return { fields: fields.fields, typeOf: null };
}
