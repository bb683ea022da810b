/** Alerts, mutes and the like as lines of a list. */
import type { SectionBlock, SectionBlockAccessory } from "@slack/types";
import { type AnyMute, isFileMute } from "../../domain/file-mute.ts";
import type { Mute } from "../../domain/mute.ts";
import { actionIds } from "../action-ids.ts";
import { present, section } from "./blocks.ts";
import { button } from "./elements.ts";
import { messageUrl } from "./links.ts";
import { code, joined, link, type Mrkdwn, md } from "./mrkdwn.ts";
import { muterOf, muteTerms, scopeName, termsOf } from "./mutes.ts";
import { branchName, buildLink, pipelineName, slug } from "./parts.ts";
import { actorName } from "./people.ts";
import type { AlertView } from "./view.ts";
import { afterwards, dateTime } from "./words.ts";

export interface AlertRow extends Pick<AlertView, "alert" | "version" | "handling" | "silence"> {
  /** Where its message is, when Slack has told. */
  readonly permalink: string | null;
}

/** "`main` · Payments API · #1042 · since today at 10:42 · Ada is on it" */
export function alertLine({ alert, handling, silence, permalink }: AlertRow): Mrkdwn {
  const url = messageUrl(permalink);
  const since = dateTime(alert.since.at);
  const person = handling.kind === "open" ? null : actorName(handling.by);
  const parts = [
    md`${alert.status === "failing" ? md`:red_circle:` : md`:large_green_circle:`} ${branchName(alert)}`,
    pipelineName(alert),
    buildLink(alert, alert.newest.number),
    ...(alert.status === "failing"
      ? [
          since === null ? null : md`red since ${since}`,
          person === null ? md`nobody is on it` : md`:eyes: ${person} is on it`,
        ]
      : [md`fixed${afterwards(alert.fixed.at - alert.since.at)}`]),
    mutedPart(silence),
    url === null ? null : link(url, md`open`),
  ];
  return joined(present(parts), " · ");
}

function mutedPart(silence: readonly AnyMute[] | null): Mrkdwn | null {
  const first = silence?.[0];
  if (first === undefined) return null;
  // Of a job that never alerts there is no end to tell.
  if (isFileMute(first) && first.until === null) return md`:no_bell: muted`;
  return md`:no_bell: muted ${muteTerms({ until: first.until, reason: null })}`;
}

const longestKey = 100;

/** "*Specs* on `main` · by Ada, until today at 14:00: flaky" */
export function muteLine(mute: AnyMute): Mrkdwn {
  const { scope } = mute;
  // The other scopes name their pipeline.
  const where = scope.kind === "job" ? md`${scopeName(scope)} of ${slug(scope.pipeline)}` : scopeName(scope);
  // What is muted is the key, which a pipeline's file chooses as freely as the name that people see.
  const key = scope.kind === "branch" || scope.job === scope.name ? null : code(scope.job, longestKey);
  const what = key === null ? where : md`${where}, key ${key}`;
  return md`:no_bell: ${what} · by ${muterOf(mute)}, ${termsOf(mute)}`;
}

export function unmuteButton({ id }: Mute): SectionBlockAccessory {
  return button(actionIds.unmute, "Unmute", id);
}

export interface Row {
  readonly line: Mrkdwn;
  readonly accessory?: SectionBlockAccessory;
}

const longestSection = 2_900;

/**
 * As many rows as Slack takes, and how many there are besides. Rows without an accessory share their blocks.
 * @param most How many at the most. @param budget For all of them together, in characters.
 */
export function listing(rows: readonly Row[], most: number, budget = 9_000): SectionBlock[] {
  const blocks: SectionBlock[] = [];
  let text: Mrkdwn[] = [];
  let length = 0;
  let left = budget;
  let shown = 0;
  const flush = () => {
    if (text.length > 0) blocks.push(section(joined(text, "\n")));
    text = [];
    length = 0;
  };
  for (const { line, accessory } of rows.slice(0, most)) {
    const size = line.mrkdwn.length + 1;
    if (size > left || size > longestSection) break;
    if (accessory !== undefined || length + size > longestSection) flush();
    left -= size;
    shown += 1;
    if (accessory !== undefined) blocks.push({ ...section(line), accessory });
    else {
      text.push(line);
      length += size;
    }
  }
  flush();
  const more = rows.length - shown;
  return more > 0 ? [...blocks, section(md`… and ${more} more`)] : blocks;
}

export function numbered(line: Mrkdwn, index: number): Mrkdwn {
  return md`${index + 1}. ${line}`;
}
