/** Bodies that are almost right. A mutation is plain data, so that a failure prints and shrinks as such. */
import fc from "fast-check";

/** Near the root are the fields that matter; anywhere are mostly fields that nobody reads. */
interface Place {
  readonly near: boolean;
  readonly index: number;
}

type ValueMutation =
  | { readonly kind: "replace"; readonly place: Place; readonly value: unknown }
  | { readonly kind: "delete"; readonly place: Place }
  | { readonly kind: "copy"; readonly from: Place; readonly place: Place }
  | { readonly kind: "nest"; readonly place: Place; readonly depth: number };

type ByteMutation =
  | { readonly kind: "flip"; readonly index: number; readonly bit: number }
  | { readonly kind: "cut"; readonly index: number; readonly length: number }
  | { readonly kind: "insert"; readonly index: number; readonly bytes: Uint8Array }
  /** In an object, before its own keys: a key twice when it has that key as well. */
  | { readonly kind: "add key"; readonly index: number; readonly key: string; readonly value: unknown };

interface Mutation {
  readonly values: readonly ValueMutation[];
  readonly bytes: readonly ByteMutation[];
}

const index = fc.nat({ max: 1_000_000 });
const place: fc.Arbitrary<Place> = fc.record({ near: fc.boolean(), index });
const address = "https://api.buildkite.com/v2/organizations/acme-inc/pipelines/payments-api/builds/9";
const numbers = [0, -0, -1, 1, 1.5, 1e308, 2 ** 53];
const texts = ["", " ", "0", "null", "HEAD", "\x00", "\ud800", "\u202e", "__proto__", "constructor", "ping", address];
const times = ["2026-13-41 25:61:61 UTC", "9999-12-31T23:59:59Z", "0000-00-00 00:00:00 UTC"];
const containers: readonly unknown[] = [{}, [], [null], { toString: 1 }, { length: -1 }, { id: {} }, { name: ["x"] }];
const value = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, "x".repeat(20_000), ...numbers, ...texts, ...times, ...containers),
  fc.jsonValue({ maxDepth: 2 }),
);
const key = fc.constantFrom("event", "build", "job", "agent", "pipeline", "id", "number", "state", "url", "__proto__");

function kind<const Kind extends string>(name: Kind): fc.Arbitrary<Kind> {
  return fc.constant(name);
}

const valueMutation: fc.Arbitrary<ValueMutation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: kind("replace"), place, value }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("delete"), place }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("copy"), from: place, place }) },
  { weight: 1, arbitrary: fc.record({ kind: kind("nest"), place, depth: fc.integer({ min: 1, max: 100 }) }) },
);
const byteMutation: fc.Arbitrary<ByteMutation> = fc.oneof(
  fc.record({ kind: kind("flip"), index, bit: fc.nat({ max: 7 }) }),
  fc.record({ kind: kind("cut"), index, length: fc.integer({ min: 1, max: 5_000 }) }),
  fc.record({ kind: kind("insert"), index, bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: kind("add key"), index, key, value }),
);

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ values: fc.array(valueMutation, { minLength: 1, maxLength: 3 }), bytes: fc.constant([]) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ values: fc.constant([]), bytes: fc.array(byteMutation, { minLength: 1, maxLength: 3 }) }),
  },
);

/** Applies mutations to one body, again and again. */
export function createMutator(original: Buffer): (mutation: Mutation) => Buffer {
  const text = original.toString();
  const paths = pathsIn(JSON.parse(text));
  const near = paths.filter((path) => path.length <= 2);

  function choose(place: Place): readonly string[] {
    const choices = place.near ? near : paths;
    return choices[place.index % choices.length] ?? [];
  }

  return ({ values, bytes }) => {
    if (values.length === 0) return bytes.reduce(mutateBytes, original);
    // Under a key, so that the root can be mutated like any other value.
    const holder = { root: JSON.parse(text) };
    for (const change of values) mutateValue(holder, change, choose);
    return bytes.reduce(mutateBytes, Buffer.from(JSON.stringify(holder.root) ?? ""));
  };
}

function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const children = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [path, ...children.flatMap(([key, child]) => pathsIn(child, [...path, key]))];
}

function mutateValue(holder: object, change: ValueMutation, choose: (place: Place) => readonly string[]): void {
  const path = ["root", ...choose(change.place)];
  const last = path.pop() ?? "root";
  const parent = get(holder, path);
  // An earlier mutation may have taken the parent away.
  if (typeof parent !== "object" || parent === null) return;
  switch (change.kind) {
    case "replace":
      Reflect.set(parent, last, copyOf(change.value));
      break;
    case "delete":
      // Left out by JSON.stringify, which is much slower with an object that has lost a property.
      Reflect.set(parent, last, undefined);
      break;
    case "copy":
      Reflect.set(parent, last, copyOf(get(holder, ["root", ...choose(change.from)])));
      break;
    case "nest": {
      let nested = get(parent, [last]);
      for (let depth = 0; depth < change.depth; depth += 1) nested = depth % 2 === 0 ? [nested] : { id: nested };
      Reflect.set(parent, last, nested);
    }
  }
}

function copyOf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? structuredClone(value) : value;
}

function get(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => {
    return typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined;
  }, value);
}

function mutateBytes(body: Buffer, change: ByteMutation): Buffer {
  if (body.length === 0) return body;
  const at = change.index % body.length;
  switch (change.kind) {
    case "flip": {
      const flipped = Buffer.from(body);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << change.bit), at);
      return flipped;
    }
    case "cut":
      return Buffer.concat([body.subarray(0, at), body.subarray(at + change.length)]);
    case "insert":
      return Buffer.concat([body.subarray(0, at), change.bytes, body.subarray(at)]);
    case "add key": {
      const inside = body.indexOf("{", at) + 1;
      const entry = `${JSON.stringify(change.key)}:${JSON.stringify(change.value)},`;
      return Buffer.concat([body.subarray(0, inside), Buffer.from(entry), body.subarray(inside)]);
    }
  }
}
