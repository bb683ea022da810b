/** Somebody reruns a red build from its alert, and looks at what became of it. */
import type { Build } from "../../sandbox/buildkite/build.ts";
import type { CommandJob } from "../../sandbox/buildkite/command-job.ts";
import { apiToken, type Bot, type BotOptions, channelId, startBot } from "./bot.ts";
import { asked, red } from "./stories.ts";

export const people = ["U0ADA", "U0BOB", "U0CYD", "U0DAN", "U0EVE"] as const;
export const [ada, bob] = people;

/** Everybody in the channel may rerun. */
export async function startTeam(options: BotOptions): Promise<Bot> {
  const yml = "actions:\n  rerun: channel\n";
  const bot = await startBot({ yml, ...options, env: { BUILDKITE_API_TOKEN: apiToken, ...options.env } });
  for (const id of people) bot.slack.addUser({ id, name: id.slice(2).toLowerCase() });
  return bot;
}

/** Main is red, and its alert in the channel. */
export async function breakMain(bot: Bot): Promise<Build> {
  const build = red(bot);
  await bot.settle();
  bot.read();
  asked(bot);
  return build;
}

export async function clickRerun(bot: Bot, user: string = ada): Promise<void> {
  await bot.slack.as(user).click(channelId, "alert.rerun");
  await bot.settle();
}

/** The button where there is one, or else the option of the overflow menu. */
export async function clickRebuild(bot: Bot, action: "alert.rebuild" | "alert.more" = "alert.more"): Promise<void> {
  await bot.slack.as(ada).click(channelId, action);
  await bot.settle();
}

/** The newest attempt of a job. */
export function attempt(build: Build, name = "Specs"): CommandJob {
  const job = build.jobs.findLast((each) => each.type === "script" && each.name === name);
  if (job?.type !== "script") throw new Error(`Cannot find ${name}: the build has no such job`);
  return job;
}

/** What the message says about the rerun, without its icon. */
export function rerunLine(bot: Bot): string | undefined {
  return /:arrows_counterclockwise: (Re[^\n]*)/.exec(bot.read())?.[1];
}

/** What Buildkite was asked since the last look, logs apart. */
export function calls(bot: Bot): string[] {
  return asked(bot).filter((call) => !call.startsWith("jobs.log"));
}
