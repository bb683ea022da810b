import type { Logger } from "pino";
import { createLog } from "../../src/log.ts";

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export const silentLog: Logger = createLog("silent");

/** Keeps every line. Warnings and errors must be looked at (`take`), or the harness fails the test. */
export class TestLog {
  readonly logger: Logger;
  readonly lines: LogLine[] = [];
  #warnings: LogLine[] = [];

  constructor() {
    const write = (text: string): void => {
      const line = JSON.parse(text);
      this.lines.push(line);
      if (["warn", "error", "fatal"].includes(line.level)) this.#warnings.push(line);
    };
    this.logger = createLog("trace", { write });
  }

  /** The warnings and errors since the last look. */
  take(): readonly string[] {
    const messages = this.#warnings.map((line) => line.msg);
    this.#warnings = [];
    return messages;
  }

  get text(): string {
    return this.lines.map((line) => JSON.stringify(line)).join("\n");
  }
}
