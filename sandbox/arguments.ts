import { parseArgs } from "node:util";

export const usage = `npm run sandbox             plays a story, and ends
npm run sandbox -- --stay   plays it, and goes on with what you type`;

/** @throws Error that says what there is. */
export function readArguments(args: readonly string[]): { readonly stay: boolean; readonly help: boolean } {
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({ args: [...args], options: { stay: flag, help: flag } }).values;
  } catch (error) {
    throw new Error(`Cannot start: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}
