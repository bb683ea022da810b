/** JSON lines. What gets into one is chosen field by field: never a body, a token, or what an SDK hangs on its errors. */
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";

export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly at?: readonly string[];
  readonly cause?: ErrorDescription;
}

/** Only these: ioredis puts the whole command on its errors, and the Slack client the answer's body. */
function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error).slice(0, 200) };
  const frames = error.stack?.split("\n").filter((line) => line.startsWith("    at "));
  return {
    type: error.name,
    message: error.message.slice(0, 500),
    ...("code" in error && typeof error.code === "string" && { code: error.code }),
    ...(frames && { at: frames.slice(0, 4).map((line) => line.slice(7)) }),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}
