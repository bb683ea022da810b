/** What GitHub refuses before it runs a query. One mistake, and nothing is run. */
import type { Document, Field, Operation, Selection } from "./parser.ts";
import type { Schema } from "./types.ts";

export interface Mistake {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export function mistakesIn(document: Document, operation: Operation, schema: Schema): Mistake[] {
  const mistakes: Mistake[] = [];

  function check(selections: readonly Selection[], type: string): void {
    for (const selection of selections) {
      if (selection.kind === "field") checkField(selection, type);
      else if (selection.kind === "inline") within(selection.selections, selection.on ?? type, type);
      else {
        const fragment = document.fragments.get(selection.fragment);
        if (fragment === undefined)
          mistakes.push({ message: `Fragment ${selection.fragment} was used, but not defined` });
        else within(fragment.selections, fragment.on, type);
      }
    }
  }

  function within(selections: readonly Selection[], type: string, outer: string): void {
    const possible = (name: string): readonly string[] => schema[name]?.types ?? [name];
    if (!Object.hasOwn(schema, type)) {
      mistakes.push({ message: `No such type ${type}, so it can't be a fragment condition` });
    } else if (!possible(type).some((each) => possible(outer).includes(each))) {
      mistakes.push({ message: `Fragment on ${type} can't be spread inside ${outer}` });
    } else check(selections, type);
  }

  function checkField(field: Field, type: string): void {
    if (field.name === "__typename") return;
    const locations = [field.location];
    const found = schema[type]?.fields[field.name];
    if (found === undefined) {
      mistakes.push({
        message: `Field '${field.name}' doesn't exist on type '${type}'`,
        locations,
        extensions: { code: "undefinedField", typeName: type, fieldName: field.name },
      });
      return;
    }
    for (const name of field.arguments.keys()) {
      if (found.arguments.includes(name)) continue;
      const message = `Field '${field.name}' doesn't accept argument '${name}'`;
      mistakes.push({ message, locations, extensions: { code: "argumentNotAccepted" } });
    }
    if (found.type === null) {
      if (field.selections === null) return;
      const message = `Selections can't be made on scalars (field '${field.name}' returns a scalar but has selections)`;
      mistakes.push({ message, locations });
    } else if (field.selections === null) {
      const message = `Field must have selections (field '${field.name}' returns ${found.type} but has no selections.)`;
      mistakes.push({ message, locations });
    } else check(field.selections, found.type);
  }

  check(operation.selections, "Query");
  return mistakes;
}
