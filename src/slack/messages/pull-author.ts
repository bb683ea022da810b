/** What whoever opened a pull request is told directly when it turns red. */
import type { BuildFacts } from "../../domain/facts.ts";
import { buildUrl } from "../../domain/links.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { type Message, section } from "./blocks.ts";
import { actions, linkButton } from "./elements.ts";
import { foreign, joined, link, type Mrkdwn, md, spoken } from "./mrkdwn.ts";
import { jobName, slug } from "./parts.ts";
import { firstFew } from "./words.ts";

interface RedBuild {
  readonly facts: Pick<BuildFacts, "ref" | "pipelineName">;
  readonly verdict: Pick<Verdict, "causes">;
}

const mostBuilds = 5;
const mostNames = 3;

export function pullAuthorMessage(
  pull: { readonly number: number; readonly title: string; readonly url: string },
  red: readonly RedBuild[],
): Message {
  const title = foreign(pull.title, 120);
  const name = title === null ? md`#${pull.number}` : md`#${pull.number} ${title}`;
  const head = md`:red_circle: Your pull request ${link(pull.url, name)} is red.`;
  const lines = red.slice(0, mostBuilds).map(lineOf);
  const body = joined([head, ...lines], "\n");
  return {
    text: spoken(head),
    blocks: [section(body), ...actions([linkButton("Open the pull request", pull.url)])],
  };
}

function lineOf({ facts, verdict }: RedBuild): Mrkdwn {
  const { ref, pipelineName } = facts;
  const build = link(buildUrl(ref), md`${foreign(pipelineName ?? "", 60) ?? slug(ref.pipeline)} #${ref.number}`);
  const names = verdict.causes.map(({ name }) => jobName(name));
  return names.length === 0 ? md`• ${build}` : md`• ${build}: ${firstFew(names, mostNames)}`;
}
