/** The story goes on by hand: lines like `break` and `fix`, until `quit`, a signal, or for ever when nobody types. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Build } from "./buildkite/build.ts";
import type { CommandJob } from "./buildkite/command-job.ts";
import type { Stage } from "./story.ts";

const help = "Type break, fix, retry or quit.";

export async function playByHand(
  stage: Stage,
  input: NodeJS.ReadableStream,
  say: (line: string) => void,
  stopped: AbortSignal,
): Promise<void> {
  const { buildkite, pass, show } = stage;
  let broken: { readonly build: Build; readonly job: CommandJob } | null = null;

  async function act(command: string): Promise<void> {
    switch (command) {
      case "break": {
        const build = buildkite.build("payments-api", { branch: "main", message: "A change by hand" });
        pass(1);
        const job = build.job(":rspec: Specs").fail({ exitStatus: 1, log: "+++ Failures\n  1) it was you" });
        broken = { build, job };
        build.finish();
        return show("You break main.");
      }
      case "fix": {
        const build = buildkite.build("payments-api", { branch: "main", message: "A repair by hand" });
        pass(1);
        build.job(":rspec: Specs").pass();
        build.finish();
        broken = null;
        return show("You fix main.");
      }
      case "retry": {
        if (broken === null) return say("Nothing to retry: break it first.");
        pass(1);
        broken.job.retry({ type: "manual" }).pass();
        broken.build.finish();
        broken = null;
        return show("You retry the job, and it passes.");
      }
      default:
        return say(help);
    }
  }

  say(`\nStill running. ${help}`);
  const lines = createInterface({ input });
  stopped.addEventListener("abort", () => lines.close());
  for await (const line of lines) {
    if (line.trim() === "quit") return;
    await act(line.trim());
  }
  // Nobody types (any more), as in the background: stay until told to stop.
  if (!stopped.aborted) {
    const alive = setInterval(() => {}, 60_000);
    await once(stopped, "abort");
    clearInterval(alive);
  }
}
