/**
 * How much the tests with chance in them try: everything in CI, and enough while somebody waits. `FULL=1` asks for all of
 * it anywhere.
 */
const full = Boolean(process.env.CI ?? process.env.FULL);

export function effort(all: number, usual: number): number {
  return full ? all : usual;
}

/** What the seed of a failed run is told with, so that it is tried as hard again. */
export function again(seed: number): string {
  return `run again with ${full ? "FULL=1 " : ""}CHAOS_SEED=${seed}`;
}

/** All of them, or the one that the seed says: over many runs each has its turn. */
export function sampled<T>(all: readonly T[], seed: number): readonly T[] {
  return full ? all : all.slice(seed % all.length).slice(0, 1);
}
