/**
 * How much the tests with chance in them try: everything in CI, and enough while somebody waits. `FULL=1` asks for all of
 * it anywhere.
 */
const full = Boolean(process.env.CI ?? process.env.FULL);

export function effort(all: number, usual: number): number {
  return full ? all : usual;
}
