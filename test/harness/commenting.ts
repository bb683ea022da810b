/** Somebody writes a command under a pull request, or presses a button at its check, and looks at what came of it. */
import type { Build } from "../../sandbox/buildkite/build.ts";
import type { CheckRun } from "../../sandbox/github/checks.ts";
import type { Comment } from "../../sandbox/github/comments.ts";
import type { Pull } from "../../sandbox/github/pull.ts";
import { apiToken, type Bot } from "./bot.ts";
import { buildOf, type GithubBot, type GithubBotOptions, startGithubBot } from "./github.ts";
import { asked, red } from "./stories.ts";

/** Somebody in Slack, whom GitHub does not know. */
export const reader = "U0CYD";

export interface RedPull {
  readonly bot: GithubBot;
  readonly pull: Pull;
  readonly build: Build;
}

/** A pull request whose build is red, and GitHub knows. */
export async function breakPull(options: GithubBotOptions, jobs: readonly string[] = ["Specs"]): Promise<RedPull> {
  const bot = await startGithubBot({ ...options, env: { BUILDKITE_API_TOKEN: apiToken, ...options.env } });
  bot.slack.addUser({ id: reader, name: "cyd" });
  const pull = bot.repository.pull({ title: "Round amounts half-even" });
  const build = red(bot, jobs, buildOf(pull));
  await bot.settle();
  asked(bot);
  return { bot, pull, build };
}

/** Comments, and waits for what follows. */
export async function comment({ bot, pull }: RedPull, login: string, ...lines: string[]): Promise<Comment> {
  const written = bot.github.as(login).comment(pull, lines.join("\n"));
  await bot.settle();
  return written;
}

export function reactions({ reactions: all }: Comment): string[] {
  return all.map(({ content }) => content);
}

/** What the bot has answered, without the markers. */
export function answers({ bot, pull }: RedPull): string[] {
  const marker = /^<!-- signalbox:answer [^>]*-->\n/;
  return bot.repository.comments
    .of(pull)
    .filter(({ viaApp, body }) => viaApp && marker.test(body))
    .map(({ body }) => body.replace(marker, ""));
}

/** The check of the pull request's commit, as GitHub shows it. */
export function checkOf({ bot, pull }: RedPull): CheckRun {
  const run = bot.repository.checks.of(pull.headSha).at(-1);
  if (run === undefined) throw new Error("Cannot find the check: the commit has none");
  return run;
}

/** What Buildkite was asked to do since the last look. */
export function reruns(bot: Bot): string[] {
  return asked(bot).filter((call) => /retry|rebuild/i.test(call));
}
