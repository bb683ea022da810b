/** Ids that look like Buildkite's and are the same in every run: UUIDs that count, one sequence per kind of thing. */

/** The first group of the UUID tells the kind, so that a person who reads a log knows what an id names. */
const kinds = {
  organization: "04a00000",
  user: "05e40000",
  cluster: "c1000000",
  queue: "c1900000",
  service: "5e40000e",
  pipeline: "919e0000",
  build: "b0000000",
  step: "57e90000",
  job: "10b00000",
  agent: "a6e00000",
  request: "4e900000",
} as const;

export type IdKind = keyof typeof kinds;

export class Ids {
  readonly #last = new Map<IdKind, number>();

  next(kind: IdKind): string {
    const count = (this.#last.get(kind) ?? 0) + 1;
    this.#last.set(kind, count);
    return `${kinds[kind]}-0000-4000-8000-${count.toString(16).padStart(12, "0")}`;
  }
}

/** GraphQL names things by `base64("<Type>---<uuid>")`. */
export function graphqlId(type: string, id: string): string {
  return Buffer.from(`${type}---${id}`).toString("base64");
}
