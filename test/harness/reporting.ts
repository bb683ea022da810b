/** What GitHub shows of builds, as people see it. */
import type { CheckRun } from "../../sandbox/github/checks.ts";
import type { Pull } from "../../sandbox/github/pull.ts";
import type { GithubBot } from "./github.ts";

/** All check runs that were ever made for a commit, also those that another of the same name hides. */
export function checkRuns({ repository }: GithubBot, commit: string): readonly CheckRun[] {
  return repository.checks.of(commit);
}

/** "payments-api failure: 1 of 1 job failed (#1)" */
export function checks(bot: GithubBot, commit: string): string[] {
  return checkRuns(bot, commit).map(({ name, status, conclusion, title, externalId }) => {
    const build = externalId.slice(externalId.lastIndexOf("/") + 1);
    return `${name.replace("Signalbox: ", "")} ${conclusion ?? status}: ${title} (#${build})`;
  });
}

/** The bot's own comments that tell of builds, without the marker. */
export function reports({ repository }: GithubBot, pull: Pull): string[] {
  return repository.comments
    .of(pull)
    .filter(({ viaApp, body }) => viaApp && body.startsWith("<!-- signalbox:pull -->\n\n"))
    .map(({ body }) => body.slice("<!-- signalbox:pull -->\n\n".length));
}

/** Their first lines. */
export function headlines(bot: GithubBot, pull: Pull): string[] {
  return reports(bot, pull).map((body) => body.split("\n")[0] ?? "");
}
