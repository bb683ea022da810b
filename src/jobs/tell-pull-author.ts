/** Tells whoever opened a pull request that it is red, in Slack, when they want it so: once for each commit. */
import { isRed } from "../domain/outcome.ts";
import { fullNameOf, type PullFacts } from "../domain/pull.ts";
import type { ReportedBuild } from "../github/messages/reported-build.ts";
import { SlackRefused } from "../slack/client.ts";
import { Shown } from "../slack/deliver.ts";
import { pullAuthorMessage } from "../slack/messages/pull-author.ts";
import type { Run, Tools } from "./job.ts";

/** While Slack cannot tell who is who. */
const askAgainAfterMs = 60_000;

export async function tellPullAuthor(
  pull: PullFacts,
  builds: readonly ReportedBuild[],
  tools: Tools,
  { log, signal }: Run,
): Promise<void> {
  const { github, slots, people, deliverer, clock } = tools;
  const { author, organization, repository, number, head } = pull;
  const red = builds.filter(({ verdict }) => isRed(verdict.outcome));
  if (github === null || red.length === 0 || author === null || author.type === "Bot" || signal.aborted) return;
  const name = `pull-author/${repository}/${number}/${head.sha}`;
  const slot = { organization, name };
  if ((await slots.read(slot, Shown)) !== null) return;
  const found = await people.resolve([{ username: author.login, name: null, email: null }], null);
  if (found.kind === "unavailable") {
    return tools.triggerAt("commentOnPull", { organization, repository, number }, clock.now() + askAgainAfterMs);
  }
  if (found.kind !== "found" || (await people.notify(found.value, null)) !== "dm") return;
  const url = `https://${github.host}/${fullNameOf(pull)}/pull/${number}`;
  const content = pullAuthorMessage({ number, title: pull.title, url }, red);
  try {
    // Slack opens the direct messages with a person by itself.
    const tag = { alert: `${fullNameOf(pull)}#${number}`, slot: name };
    await deliverer.deliverOnce({ slot, tag, channels: [found.value], content });
    log.info({ user: found.value }, "author of a red pull request told");
  } catch (error) {
    if (!(error instanceof SlackRefused)) throw error;
    log.info({ user: found.value, err: error }, "author of a red pull request cannot be written to");
  }
}
