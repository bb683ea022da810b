/** The raw log of a job as an agent writes it: each line opens with its time in an APC sequence and ends in CRLF. */
import type { Instant } from "../../src/clock.ts";

const timeStamped = /^\x1b_bk;t=\d+\x07/;
const header = /^(?:---|\+\+\+|~~~|\^\^\^) /;

export class JobLog {
  #text = "";
  readonly #headerTimes: number[] = [];

  /** Raw bytes as text; ANSI colours and bare `\r` are kept as they came. */
  get text(): string {
    return this.#text;
  }

  /** Of group headers, in nanoseconds: larger than a number can hold exactly, as in the original. */
  get headerTimes(): readonly number[] {
    return this.#headerTimes;
  }

  /** Appends lines; a line that carries its own time stamp keeps it. */
  print(text: string, at: Instant): void {
    for (const line of text.replace(/\r?\n$/, "").split(/\r?\n/)) {
      if (header.test(line)) this.#headerTimes.push(at * 1_000_000);
      this.#text += timeStamped.test(line) ? `${line}\r\n` : `\x1b_bk;t=${at}\x07${line}\r\n`;
    }
  }

  printStart(command: string, at: Instant): void {
    this.print(`~~~ Running commands\n\x1b[90m$\x1b[0m ${command}`, at);
  }

  /** What an agent adds when the command has failed: it opens the last group, so that people see the end. */
  printFailure(exitStatus: number, at: Instant): void {
    this.print(
      `^^^ +++\n\x1b[31m🚨 Error: The command exited with status ${exitStatus}\x1b[0m\nuser command error: exit status ${exitStatus}`,
      at,
    );
  }
}
