/** What may be logged of an error whose message nobody has checked. */

/**
 * Name, code and place, but not the message and no other property: JSON parsers quote their input, and Redis clients
 * attach the command with its arguments, which are the payload.
 */
export function describeFailure(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const frames = error.stack?.split("\n").filter((line) => /^ {4}at /.test(line));
  return { name: error.name, code, at: frames?.map((line) => line.trim()) };
}
