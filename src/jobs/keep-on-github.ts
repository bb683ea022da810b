/** Has GitHub show something of ours, and says in the log what came of it. */
import type { Instant } from "../clock.ts";
import type { Thing } from "../github/keeper.ts";
import type { Run, Tools } from "./job.ts";

/** @param again Runs the job once more, at that time. */
export async function keepOnGithub(
  thing: Thing,
  what: "check run" | "comment",
  again: (at: Instant) => Promise<void>,
  { keeper }: Pick<Tools, "keeper">,
  { log }: Pick<Run, "log">,
): Promise<void> {
  const result = await keeper.keep(thing);
  switch (result.kind) {
    case "look again":
      return again(result.at);
    case "nowhere": {
      const why = { what, reason: result.why };
      if (result.surprising) log.warn(why, "GitHub does not take what it should show");
      else log.info(why, "GitHub lets us show nothing there");
      return;
    }
    case "shown":
      if (result.how !== "unchanged") log.info({ what, how: result.how }, "shown on GitHub");
  }
}
