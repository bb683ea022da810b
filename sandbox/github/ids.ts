/** Ids that look like GitHub's and are the same in every run: numbers that count, one sequence per kind of thing. */

/** Where each sequence begins, so that a person who reads a log knows what an id names. */
const first = {
  account: 1_000,
  repository: 100_000,
  installation: 50_000,
  pull: 2_000_000,
  comment: 300_000,
  review: 400_000,
  reaction: 500_000,
  label: 600_000,
  checkSuite: 7_000_000,
  checkRun: 8_000_000,
  delivery: 90_000_000_000,
  guid: 0,
} as const;

export type IdKind = keyof typeof first;

export class Ids {
  readonly #last = new Map<IdKind, number>();

  next(kind: IdKind): number {
    const count = (this.#last.get(kind) ?? 0) + 1;
    this.#last.set(kind, count);
    return first[kind] + count;
  }

  /** Names a webhook: a redelivery has the same. */
  guid(): string {
    return `d0000000-0000-11f0-8000-${this.next("guid").toString(16).padStart(12, "0")}`;
  }
}

/** GraphQL's name of a thing. */
export function nodeId(type: string, id: number | string): string {
  return Buffer.from(`0${String(type.length)}:${type}${id}`).toString("base64");
}
