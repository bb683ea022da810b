/** Starts a server as a child process: an event loop and a CPU time of its own. It cannot outlive this process. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Question } from "./child.ts";

export interface Server extends AsyncDisposable {
  readonly url: string;
  ask(question: Question): Promise<number>;
}

export interface ServerOptions {
  /** A file of this folder. */
  readonly script: "floor-process.ts" | "probot-process.ts" | "bot-process.ts";
  readonly order?: unknown;
  /** Where its CPU profile goes, if anywhere. */
  readonly profile?: string | null;
}

export async function startServer({ script, order = {}, profile = null }: ServerOptions): Promise<Server> {
  const child = fork(join(import.meta.dirname, script), [JSON.stringify(order)], {
    execArgv: profile === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`],
    // Its log is written, as in production, but nobody reads it.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const url = String(await nextMessage(child, script));
  return {
    url,
    async ask(question) {
      const answer = nextMessage(child, script);
      child.send(question);
      return Number(await answer);
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.disconnect();
      await gone;
    },
  };
}

function nextMessage(child: ChildProcess, script: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    function answered(message: unknown): void {
      child.off("exit", ended);
      resolve(message);
    }
    function ended(code: number | null, signal: string | null): void {
      child.off("message", answered);
      reject(new Error(`Cannot measure: ${script} ended (${signal ?? code})`));
    }
    child.once("message", answered);
    child.once("exit", ended);
  });
}
