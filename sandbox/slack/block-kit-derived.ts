/**
 * A second opinion on blocks and views: the shapes and limits that are derived from `@slack/types`, in which nobody had a
 * hand (`node scripts/block-kit-schema.ts`). It does not know what is unique, how long all is together, or which
 * block may stand where; and keys that the types do not have are no problem here.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Problem, tooLong } from "./block-kit-problems.ts";

const limits = {
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  itemMaxLength: z.number().optional(),
  itemMaxItems: z.number().optional(),
};

const ObjectShape = z.strictObject({
  get object() {
    return z.record(z.string(), z.strictObject({ shape: Shape, optional: z.boolean(), ...limits }));
  },
});
const UnionShape = z.strictObject({
  get union() {
    return z.array(Shape);
  },
});
const ArrayShape = z.strictObject({
  get array() {
    return Shape;
  },
});
const Shape: z.ZodType<Shape> = z.union([
  z.enum(["string", "number", "boolean", "unknown"]),
  z.strictObject({ literal: z.union([z.string(), z.number()]) }),
  z.strictObject({ ref: z.string() }),
  ArrayShape,
  UnionShape,
  ObjectShape,
]);

interface Limits {
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly itemMaxLength?: number | undefined;
  readonly itemMaxItems?: number | undefined;
}
interface Member extends Limits {
  readonly shape: Shape;
  readonly optional: boolean;
}
type Shape =
  | "string"
  | "number"
  | "boolean"
  | "unknown"
  | { readonly literal: string | number }
  | { readonly ref: string }
  | { readonly array: Shape }
  | { readonly union: readonly Shape[] }
  | { readonly object: Readonly<Record<string, Member>> };

const { shapes } = z
  .object({ shapes: z.record(z.string(), Shape) })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "block-kit-limits.json"), "utf8")));

export type DerivedType = "KnownBlock" | "ModalView" | "HomeView";

/** @param error What Slack would answer. */
export function derivedProblems(type: DerivedType, value: unknown, pointer: string, error: string): Problem[] {
  return problems({ ref: type }, value, pointer).map((problem) => ({ ...problem, error }));
}

type Found = Omit<Problem, "error">;

function problems(shape: Shape, value: unknown, pointer: string): Found[] {
  if (typeof shape === "string") {
    const fits = shape === "unknown" || typeof value === shape;
    return fits ? [] : [{ pointer, message: `must provide a ${shape}` }];
  }
  if ("ref" in shape) return problems(referred(shape.ref), value, pointer);
  if ("literal" in shape) {
    return value === shape.literal ? [] : [{ pointer, message: `must be ${JSON.stringify(shape.literal)}` }];
  }
  if ("array" in shape) {
    if (!Array.isArray(value)) return [{ pointer, message: "must provide an array" }];
    return value.flatMap((item, index) => problems(shape.array, item, `${pointer}/${index}`));
  }
  if ("union" in shape) return problemsOfBest(shape.union, value, pointer);
  return problemsOfObject(shape.object, value, pointer);
}

/** Of the members with that `type`, the one that fits best; of all, when none has it. */
function problemsOfBest(union: readonly Shape[], value: unknown, pointer: string): Found[] {
  const members = union.flatMap(expanded);
  const type = isObject(value) ? value.type : undefined;
  const meant = members.filter((member) => type !== undefined && typeOf(member) === type);
  const tried = (meant.length > 0 ? meant : members).map((member) => problems(member, value, pointer));
  return tried.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

function expanded(shape: Shape): readonly Shape[] {
  if (typeof shape === "string") return [shape];
  if ("ref" in shape) return expanded(referred(shape.ref));
  return "union" in shape ? shape.union.flatMap(expanded) : [shape];
}

function typeOf(shape: Shape): unknown {
  if (typeof shape === "string" || !("object" in shape)) return undefined;
  const type = shape.object.type?.shape;
  return typeof type === "object" && "literal" in type ? type.literal : undefined;
}

function problemsOfObject(members: Readonly<Record<string, Member>>, value: unknown, pointer: string): Found[] {
  if (!isObject(value)) return [{ pointer, message: "must provide an object" }];
  return Object.entries(members).flatMap(([name, member]) => {
    const inner = value[name];
    if (inner === undefined) return member.optional ? [] : [{ pointer, message: `missing required field: ${name}` }];
    const at = `${pointer}/${name}`;
    return [...problems(member.shape, inner, at), ...beyond(member, inner, at)];
  });
}

function beyond(limits: Limits, value: unknown, pointer: string): Found[] {
  if (Array.isArray(value)) {
    const { itemMaxItems: maxItems, itemMaxLength: maxLength } = limits;
    return [
      ...outside(value.length, limits.minItems, limits.maxItems, pointer, "items"),
      ...value.flatMap((item, index) => beyond({ maxItems, maxLength }, item, `${pointer}/${index}`)),
    ];
  }
  // The limit of a text object is of the text in it.
  const text = isObject(value) ? value.text : value;
  if (typeof text !== "string") return [];
  return outside(text.length, limits.minLength, limits.maxLength, pointer, "characters");
}

function outside(
  size: number,
  min: number | undefined,
  max: number | undefined,
  pointer: string,
  what: "items" | "characters",
): Found[] {
  const items = what === "items";
  if (min !== undefined && size < min) {
    return [{ pointer, message: items ? `no fewer than ${min} items allowed` : "must be more than 0 characters" }];
  }
  if (max !== undefined && size > max) {
    return [{ pointer, message: items ? `no more than ${max} items allowed` : tooLong(max) }];
  }
  return [];
}

function referred(name: string): Shape {
  const shape = shapes[name];
  if (shape === undefined)
    throw new Error(`Cannot check blocks: ${name} is not among the derived shapes; derive them again`);
  return shape;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
