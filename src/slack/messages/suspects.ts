/** The changes that may have broken a branch, by pull request and author. They are named, and nobody is pinged. */
import type { SectionBlock } from "@slack/types";
import type { Person } from "../../domain/build.ts";
import { culpritIn, type FoundSuspects, responsibleFor, type Suspect } from "../../domain/suspects.ts";
import { present, section } from "./blocks.ts";
import { commitUrl, compareUrl } from "./links.ts";
import { code, foreign, joined, link, type Mrkdwn, md } from "./mrkdwn.ts";
import { buildLink, pullRequestLink, withoutNumber } from "./parts.ts";
import type { FailingView } from "./view.ts";

type Failing = FailingView["alert"];

const longestTitle = 80;
const longestName = 40;
/** Slack allows a section 3,000. A line never has more than 2,000, so one always fits, and the one that counts the rest. */
const longestList = 2_400;

export function suspectsSection({ alert, suspects }: FailingView): SectionBlock[] {
  return suspects === null ? [] : [section(described(alert, suspects))];
}

/** Who must have done it, by name; null while that is not certain. */
export function culpritName(suspects: FoundSuspects): Mrkdwn | null {
  const culprit = culpritIn(suspects);
  const person = culprit === null ? null : responsibleFor(culprit);
  return person === null ? null : named(person);
}

/** null: there is one who could be addressed. */
export function whyNobody({ total, truncated }: FoundSuspects): Mrkdwn | null {
  if (total === 0) return md`nothing changed since the last green build`;
  if (truncated) return md`it may be any of ${total} or more changes`;
  return total === 1 ? null : md`it may be any of ${total} changes`;
}

function described(alert: Failing, suspects: FoundSuspects): Mrkdwn {
  const { list, total, truncated, green } = suspects;
  const [only] = list;
  if (only === undefined) {
    const build = green === null ? md`the last green build` : buildLink(alert, green, md`green build #${green}`);
    return md`*Suspects* none: ${build} had the same changes`;
  }
  if (culpritIn(suspects) !== null) return md`*Likely cause* ${suspectLine(alert, only)}`;
  if (total === 1) return md`*Suspect* ${suspectLine(alert, only)}`;
  const lines: Mrkdwn[] = [];
  let length = 0;
  for (const suspect of list) {
    const line = md`• ${suspectLine(alert, suspect)}`;
    length += line.mrkdwn.length + 1;
    if (length > longestList) break;
    lines.push(line);
  }
  const more = total - lines.length;
  if (more > 0 || truncated) lines.push(moreLine(alert, suspects, more));
  return md`*Suspects (${total}${truncated ? md` or more` : md``})*\n${joined(lines, "\n")}`;
}

function moreLine(alert: Failing, { base, head, truncated }: FoundSuspects, more: number): Mrkdwn {
  const words = more === 0 ? md`more` : truncated ? md`${more} or more besides` : md`${more} more`;
  const url = base === null ? null : compareUrl(alert.repository, base, head, alert.host);
  return md`• and ${link(url, words)}`;
}

/** "#123 Fix rounding by Ada Lovelace" */
function suspectLine(alert: Failing, suspect: Suspect): Mrkdwn {
  return joined([titleLink(alert, suspect), ...present([byLine(suspect), revertLine(alert, suspect)])], " ");
}

function titleLink(alert: Failing, suspect: Suspect): Mrkdwn {
  const { title, sha } = suspect;
  if (suspect.kind === "commit") {
    const words = md`${{ mrkdwn: sha.slice(0, 7) }} ${foreign(title, longestTitle) ?? md`no message`}`;
    return link(commitUrl(alert.repository, sha, alert.host), words);
  }
  const { number } = suspect;
  const words = foreign(withoutNumber(title, number), longestTitle);
  return pullRequestLink(alert, number, words === null ? md`#${number}` : md`#${number} ${words}`);
}

function byLine(suspect: Suspect): Mrkdwn | null {
  const { author, coAuthors, kind } = suspect;
  const answers = responsibleFor(suspect);
  const writer = author === null ? null : named(author);
  const other = answers === author || answers === null ? null : named(answers);
  const [first, ...rest] = coAuthors.flatMap((person) => named(person) ?? []);
  const more = rest.length === 0 ? md`` : md` and ${rest.length} more`;
  const parts = [
    writer === null ? null : md`by ${writer}${first === undefined ? md`` : md` with ${first}${more}`}`,
    other === null ? null : md`${kind === "pull" ? md`merged` : md`committed`} by ${other}`,
  ];
  return joined(present(parts), ", ");
}

function revertLine(alert: Failing, { reverts }: Suspect): Mrkdwn | null {
  if (reverts === null) return null;
  const { pull, commit } = reverts;
  if (pull !== null) return md`(reverts ${pullRequestLink(alert, pull)})`;
  if (commit === null) return md`(a revert)`;
  return md`(reverts ${link(commitUrl(alert.repository, commit, alert.host), { mrkdwn: commit.slice(0, 7) })})`;
}

/** Without a name their login, as code: after an `@`, Slack would look for a member of that name. */
function named({ name, username, email }: Person): Mrkdwn | null {
  const real = name === null ? null : foreign(name, longestName);
  return real ?? (username === null ? foreign(email ?? "", longestName) : code(`@${username}`, longestName));
}
