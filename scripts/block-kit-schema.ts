/**
 * Writes `sandbox/slack/block-kit-limits.json`: what Slack's own types for Node say about blocks and views. The shapes come
 * from the declarations, the limits from the sentences above them, so nobody has typed in either.
 *
 *     node scripts/block-kit-schema.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Declarations, type Members, readDeclarations, type Shape } from "./declarations.ts";
import { limitsIn } from "./stated-limits.ts";

const root = join(import.meta.dirname, "..");
const types = join(root, "node_modules/@slack/types/dist");
const sources = ["composition-objects", "extensions", "block-elements", "blocks"].map((name) => `block-kit/${name}`);
const entries = ["KnownBlock", "ModalView", "HomeView"];

export const limitsFile = join(root, "sandbox/slack/block-kit-limits.json");

/** The text of the file as it should be. */
export function deriveLimits(): string {
  const declared: Declarations = new Map();
  for (const name of [...sources, "views"]) {
    for (const [key, shape] of readDeclarations(readFileSync(join(types, `${name}.d.ts`), "utf8"), limitsIn)) {
      declared.set(key, shape);
    }
  }
  // It lets any object through that has a type.
  declared.set("AnyBlock", { ref: "KnownBlock" });
  const shapes: Record<string, Shape> = {};
  for (const entry of entries) keep(entry, declared, shapes);
  return `${JSON.stringify({ version: versionOfTypes(), shapes }, null, 2)}\n`;
}

function versionOfTypes(): unknown {
  const { version } = JSON.parse(readFileSync(join(types, "../package.json"), "utf8"));
  return version;
}

/** With all that it refers to. */
function keep(name: string, declared: Declarations, kept: Record<string, Shape>): void {
  if (Object.hasOwn(kept, name)) return;
  const shape = declared.get(name);
  if (shape === undefined) throw new Error(`Cannot derive the limits: ${name} is declared nowhere; read its file too`);
  const whole = flat(shape, declared);
  kept[name] = whole;
  for (const reference of referencesIn(whole)) keep(reference, declared, kept);
}

/** Inherited members and intersections become one object; an intersection with a union becomes a union of objects. */
function flat(shape: Shape, declared: Declarations): Shape {
  if (typeof shape === "string" || !("all" in shape)) return shape;
  const variants = shape.all.reduce<Members[]>(
    (merged, part) => merged.flatMap((members) => variantsOf(part, declared).map((more) => joined(members, more))),
    [{}],
  );
  const [first, ...others] = variants.map((object): Shape => ({ object }));
  return first === undefined || others.length > 0 ? { union: first === undefined ? [] : [first, ...others] } : first;
}

/** The later counts, but a literal is never widened again: of `{ type: 'image' } & Block` the type is `'image'`. */
function joined(members: Members, more: Members): Members {
  const kept = Object.entries(members).filter(
    ([name, { shape }]) => typeof shape === "object" && "literal" in shape && name in more,
  );
  return { ...members, ...more, ...Object.fromEntries(kept) };
}

function variantsOf(shape: Shape, declared: Declarations): Members[] {
  if (typeof shape === "string") throw new Error(`Cannot join ${shape} with an object`);
  if ("ref" in shape) return variantsOf(declared.get(shape.ref) ?? "unknown", declared);
  if ("object" in shape) return [shape.object];
  if ("union" in shape) return shape.union.flatMap((part) => variantsOf(part, declared));
  const whole = flat(shape, declared);
  return whole === shape ? [] : variantsOf(whole, declared);
}

function referencesIn(shape: Shape): string[] {
  if (typeof shape === "string" || "literal" in shape) return [];
  if ("ref" in shape) return [shape.ref];
  if ("array" in shape) return referencesIn(shape.array);
  if ("object" in shape) return Object.values(shape.object).flatMap((member) => referencesIn(member.shape));
  return ("union" in shape ? shape.union : shape.all).flatMap(referencesIn);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeFileSync(limitsFile, deriveLimits());
