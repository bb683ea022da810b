/** The story goes on by hand: lines like `break` and `ack`, until `quit`, a signal, or for ever when nobody types. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type ActionId, actionIds, callbackIds } from "../src/slack/action-ids.ts";
import type { Build } from "./buildkite/build.ts";
import type { CommandJob } from "./buildkite/command-job.ts";
import { alerts, cast } from "./cast.ts";
import type { Stage } from "./stage.ts";
import { buildMain, land } from "./story.ts";

const help = [
  "You are Sam. In Buildkite: break, fix, retry. In Slack: ack, mute, unmute, rerun, or a command like /sb status.",
  "quit ends.",
].join("\n");

export async function playByHand(
  stage: Stage,
  input: NodeJS.ReadableStream,
  say: (line: string) => void,
  stopped: AbortSignal,
): Promise<void> {
  const { pass, settle, show } = stage;
  const you = stage.person("sam");
  let broken: { readonly build: Build; readonly job: CommandJob } | null = null;

  /** @returns whether there was such a button. */
  async function click(action: ActionId): Promise<boolean> {
    let button: ReturnType<typeof you.button>;
    try {
      button = you.button(alerts, action);
    } catch {
      say("No message has that button now: break it first.");
      return false;
    }
    pass(1);
    await button.press();
    await settle();
    return true;
  }

  async function act(line: string): Promise<void> {
    switch (line) {
      case "break": {
        land(stage, "sam", "A change by hand");
        const build = buildMain(stage);
        pass(1);
        const job = build.job(":rspec: Specs").fail({ exitStatus: 1, log: "+++ Failures\n  1) it was you" });
        broken = { build, job };
        build.finish();
        return show("You break main.");
      }
      case "fix": {
        land(stage, "sam", "A repair by hand");
        const build = buildMain(stage);
        pass(1);
        build.job(":rspec: Specs").pass();
        build.finish();
        broken = null;
        return show("You fix main.");
      }
      case "retry": {
        if (broken === null) return say("Nothing to retry: break it first.");
        pass(1);
        broken.job.retry({ type: "manual", by: { name: cast.sam.realName, email: cast.sam.email } }).pass();
        broken.build.finish();
        broken = null;
        return show("You retry the job in Buildkite, and it passes.");
      }
      case "ack":
        if (await click(actionIds.acknowledge)) await show("You click Acknowledge.");
        return;
      case "mute":
        if (!(await click(actionIds.mute))) return;
        // The dialog offers the failing job, on this branch, for an hour.
        if (you.view() !== undefined) await you.submit(callbackIds.mute);
        return show("You click Mute…, and take what the dialog offers.");
      case "unmute":
        if (await click(actionIds.unmute)) await show("You click Unmute.");
        return;
      case "rerun": {
        if (!(await click(actionIds.rerun))) return;
        const again = broken?.job.retriedIn?.job;
        if (broken === null || again === undefined) return show("You click Rerun failed jobs.");
        pass(1);
        again.pass();
        broken.build.finish();
        broken = null;
        return show("You click Rerun failed jobs, and the job passes.");
      }
      default: {
        const [, command, text] = /^(\/\w+) ?(.*)$/.exec(line) ?? [];
        if (command === undefined) return say(`Not known: ${line}.\n${help}`);
        pass(1);
        await you.command(alerts, command, text);
        return show(`You type ${line}`);
      }
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
